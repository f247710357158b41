import { JournalError, JournalWriter } from "@steward/journal";
import type { Pending } from "./pending.ts";
import type { JournalSettings } from "./settings.ts";

/** Positions of streams that ended are kept so long: until the keeper has surely taken the acknowledgement. */
const FORGET_AFTER_USEC = 30_000_000;
const KEPT_ENDED = 4096;

/** Which keeper's numbers the positions are of; see keeper-instance.ts. */
export interface KeeperIdentity {
  readonly instance: string;
  /** This is the first journal process that the keeper started: nothing of its streams is written yet. */
  readonly first: boolean;
}

/** The journal's files and the positions of the keeper's streams in them. Opened when it can be, and again after trouble. */
export class JournalStore {
  readonly #settings: JournalSettings;
  readonly #keeper: KeeperIdentity;
  #writer: JournalWriter | undefined;
  #cleaned = false;
  #ended: { readonly input: string; readonly atUsec: number }[] = [];

  constructor(settings: JournalSettings, keeper: KeeperIdentity) {
    this.#settings = settings;
    this.#keeper = keeper;
  }

  /** Opens the files. Throws JournalError. */
  open(): JournalWriter {
    if (this.#writer !== undefined) return this.#writer;
    const { directory, machineId, bootId, writeAheadPath } = this.#settings;
    const writer = JournalWriter.open({ directory, machineId, bootId, writeAheadPath });
    this.#writer = writer;
    if (!this.#cleaned) {
      // Positions of a keeper that is gone mean nothing.
      const old = [...writer.positions.keys()].filter(
        (key) => this.#keeper.first || !key.startsWith(`${this.#keeper.instance}/`),
      );
      if (old.length > 0) writer.commit({ entries: [], positions: old.map((key) => [key, undefined] as const) });
      this.#cleaned = true;
    }
    return writer;
  }

  /** How far an input of the keeper has been written. */
  position(input: string): number {
    return this.#writer?.positions.get(this.#key(input)) ?? 0;
  }

  /** Writes what is pending, with its positions. Throws JournalError; a full disk is cleared of old files for the next try. */
  write(pending: Pending): void {
    const writer = this.open();
    try {
      writer.commit({ entries: pending.entries, positions: this.#moves(pending) });
    } catch (error) {
      if (error instanceof JournalError && isFull(error)) writer.vacuum();
      throw error;
    }
  }

  sync(): void {
    this.#writer?.sync();
  }

  rotate(): void {
    this.#writer?.rotate();
  }

  close(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.close();
  }

  #moves(pending: Pending): [string, number | undefined][] {
    const moves: [string, number | undefined][] = [...pending.positions].map(([input, position]) => [
      this.#key(input),
      position,
    ]);
    const nowUsec = pending.entries.at(-1)?.monotonicUsec ?? 0;
    for (const input of pending.ended.splice(0)) this.#ended.push({ input, atUsec: nowUsec });
    while (
      this.#ended.length > 0 &&
      (this.#ended[0]!.atUsec + FORGET_AFTER_USEC < nowUsec || this.#ended.length > KEPT_ENDED)
    ) {
      moves.push([this.#key(this.#ended.shift()!.input), undefined]);
    }
    return moves;
  }

  #key(input: string): string {
    return `${this.#keeper.instance}/${input}`;
  }
}

function isFull(error: JournalError): boolean {
  return (error.cause as { code?: unknown } | undefined)?.code === "ENOSPC";
}
