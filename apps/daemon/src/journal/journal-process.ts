import type { Server } from "node:net";
import { JournalError, JournalWriter } from "@steward/journal";
import type { JournalInput } from "@steward/process-runtime";
import { Intake, type Pending } from "./intake.ts";
import { type JournalSettings, parseSettings } from "./settings.ts";
import { serveVarlink } from "./varlink.ts";

/** Where the process' words go: acknowledgements to the keeper, lines to its own output, complaints. */
export interface Outside {
  streamAck(stream: number, offset: number): void;
  datagramAck(source: number, seq: number): void;
  print(text: string): void;
  complain(text: string): void;
  readonly colour: boolean;
  /** A name of the keeper that sends; see keeper-instance.ts. */
  readonly instance: (keeperPid: number) => string;
}

/** This much is written without waiting for the event loop's turn to end. */
const ENOUGH_BYTES = 256 * 1024;
const ENOUGH_ENTRIES = 4096;
/** Positions of streams that ended are kept so long: until the keeper has surely taken the acknowledgement. */
const FORGET_AFTER_USEC = 30_000_000;
const KEPT_ENDED = 4096;
/** What cannot be written is held back and tried again so often; then it goes to stderr, so that services go on. */
const TRIES = 3;
const RETRY_MS = 1000;
/** The disk is asked to keep what was written at the latest so much later, as journald.conf(5), SyncIntervalSec=. */
const SYNC_MS = 5 * 60_000;
const SETTLE_MS = 20;

/** The journal process: what the keeper sends is written, then acknowledged. */
export class JournalProcess {
  readonly #outside: Outside;
  #settings: JournalSettings | undefined;
  #settingsText = "";
  #writer: JournalWriter | undefined;
  #intake: Intake | undefined;
  #instance = "";
  #firstOfKeeper = false;
  #waiting: JournalInput[] = [];
  #held: Pending | undefined;
  #tries = 0;
  #scheduled = false;
  #retry: NodeJS.Timeout | undefined;
  #sync: NodeJS.Timeout | undefined;
  #ended: { readonly input: string; readonly atUsec: number }[] = [];
  #complained = "";
  #server: Server | undefined;
  #received = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** Takes messages of the keeper, in order. */
  receive(messages: readonly JournalInput[]): void {
    this.#received += messages.length;
    for (const message of messages) {
      if (message.kind === "journalHello") this.#greet(message);
      else if (message.kind === "config") this.#configure(message.config);
      else if (this.#intake === undefined) this.#waiting.push(message);
      else this.#take(message);
    }
    this.#schedule();
  }

  #greet(message: Extract<JournalInput, { kind: "journalHello" }>): void {
    this.#instance = this.#outside.instance(message.keeperPid);
    this.#firstOfKeeper = message.generation === 1;
  }

  /** Begins another file (SIGUSR2, journalctl --rotate). */
  rotate(): void {
    this.flush();
    this.#attempt(() => this.#writer?.rotate());
  }

  /** Brings what was written to the disk (journalctl --sync). */
  sync(): void {
    this.flush();
    clearTimeout(this.#sync);
    this.#sync = undefined;
    this.#attempt(() => this.#writer?.sync());
  }

  /** Writes what waits. */
  flush(): void {
    this.#scheduled = false;
    const intake = this.#intake;
    if (intake === undefined) return;
    if (this.#held !== undefined) {
      // Something could not be written: what came since waits behind it, in order.
      if (this.#retry === undefined) this.#write(this.#held);
      return;
    }
    const pending = intake.takePending();
    if (
      pending.entries.length > 0 ||
      pending.positions.size > 0 ||
      pending.streams.size > 0 ||
      pending.datagrams.size > 0
    )
      this.#write(pending);
  }

  /** The keeper is gone: writes the rest and closes the file in good order. */
  end(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#tries = TRIES;
    this.flush();
    this.flush();
    clearTimeout(this.#sync);
    this.#server?.close();
    this.#attempt(() => this.#writer?.close());
    this.#writer = undefined;
  }

  #serve(path: string): void {
    this.#server?.close();
    const done = (action: () => void) => async (): Promise<void> => {
      await this.#settled();
      action();
      if (this.#complained !== "") throw new Error(this.#complained);
    };
    this.#server = serveVarlink(
      path,
      {
        "io.systemd.Journal.Synchronize": done(() => this.sync()),
        "io.systemd.Journal.Rotate": done(() => this.rotate()),
        // There is one place for the files, chosen at the start: nothing moves.
        "io.systemd.Journal.FlushToVar": done(() => this.sync()),
        "io.systemd.Journal.RelinquishVar": done(() => this.sync()),
      },
      (text) => this.#complain(text),
    );
  }

  /** What was sent before is here once the keeper has been silent for a moment. */
  async #settled(): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      const before = this.#received;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      if (this.#received === before) return;
    }
  }

  #take(message: JournalInput): void {
    this.#intake!.take(message);
    const { bytes, entries } = this.#intake!.pending;
    if ((bytes >= ENOUGH_BYTES || entries.length >= ENOUGH_ENTRIES) && this.#held === undefined) this.flush();
  }

  #schedule(): void {
    if (this.#scheduled || this.#intake === undefined) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn(this.#received));
  }

  /** While more keeps coming, turn after turn, it is written together. */
  #turn(before: number): void {
    const pending = this.#intake?.pending;
    if (pending !== undefined && this.#received !== before && pending.bytes < ENOUGH_BYTES) {
      const now = this.#received;
      setImmediate(() => this.#turn(now));
    } else this.flush();
  }

  #configure(config: Uint8Array): void {
    const text = Buffer.from(config).toString("utf8");
    if (text === this.#settingsText) return;
    const settings = parseSettings(config);
    if ("problem" in settings) {
      this.#complain(settings.problem);
      return;
    }
    this.#settingsText = text;
    this.flush();
    this.#attempt(() => this.#writer?.close());
    this.#writer = undefined;
    this.#settings = settings;
    this.#open();
    if (settings.varlinkPath !== undefined) this.#serve(settings.varlinkPath);
    this.#intake = new Intake(
      settings,
      (input) => this.#writer?.positions.get(this.#key(input)) ?? 0,
      this.#outside.colour,
    );
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#take(message);
  }

  #open(): JournalWriter | undefined {
    const settings = this.#settings;
    if (this.#writer !== undefined || settings === undefined) return this.#writer;
    try {
      const writer = JournalWriter.open({
        directory: settings.directory,
        machineId: settings.machineId,
        bootId: settings.bootId,
        writeAheadPath: settings.writeAheadPath,
      });
      this.#writer = writer;
      // Positions of a keeper that is gone mean nothing; the first journal process of a keeper has none of its own.
      const old = [...writer.positions.keys()].filter(
        (key) => this.#firstOfKeeper || !key.startsWith(`${this.#instance}/`),
      );
      if (old.length > 0) writer.commit({ entries: [], positions: old.map((key) => [key, undefined] as const) });
      this.#firstOfKeeper = false;
      return writer;
    } catch (error) {
      this.#complain(`the journal cannot be opened: ${text(error)}`);
      return undefined;
    }
  }

  #write(pending: Pending): void {
    try {
      const writer = this.#open();
      if (writer === undefined) throw new Error("the journal is not open");
      writer.commit({ entries: pending.entries, positions: this.#positions(pending) });
      this.#held = undefined;
      this.#tries = 0;
      if (this.#complained !== "") this.#outside.complain("the journal is written again");
      this.#complained = "";
      if (pending.urgent) this.#attempt(() => writer.sync());
      else this.#sync ??= setTimeout(() => this.sync(), SYNC_MS).unref();
    } catch (error) {
      this.#complain(`the journal cannot be written: ${text(error)}`);
      if (error instanceof JournalError && isFull(error)) this.#attempt(() => void this.#writer?.vacuum());
      if (this.#tries++ < TRIES) {
        this.#held = pending;
        this.#retry ??= setTimeout(() => {
          this.#retry = undefined;
          this.flush();
          this.#schedule();
        }, RETRY_MS);
        return;
      }
      // Services must not stand still for this: what they say goes to stderr instead.
      this.#held = undefined;
      for (const entry of pending.entries) this.#outside.complain(plainText(entry.fields));
    }
    this.#acknowledge(pending);
  }

  #positions(pending: Pending): [string, number | undefined][] {
    const moves: [string, number | undefined][] = [...pending.positions].map(([input, position]) => [
      this.#key(input),
      position,
    ]);
    const nowUsec = pending.entries.at(-1)?.monotonicUsec ?? 0;
    for (const input of pending.ended) this.#ended.push({ input, atUsec: nowUsec });
    while (
      this.#ended.length > 0 &&
      (this.#ended[0]!.atUsec + FORGET_AFTER_USEC < nowUsec || this.#ended.length > KEPT_ENDED)
    ) {
      moves.push([this.#key(this.#ended.shift()!.input), undefined]);
    }
    return moves;
  }

  #acknowledge(pending: Pending): void {
    for (const [stream, offset] of pending.streams) this.#outside.streamAck(stream, offset);
    for (const [source, seq] of pending.datagrams) this.#outside.datagramAck(source, seq);
    if (pending.console.length > 0) this.#outside.print(pending.console.join(""));
    if (this.#intake !== undefined && this.#intake.pending.bytes > 0) this.#schedule();
  }

  #key(input: string): string {
    return `${this.#instance}/${input}`;
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#complain(`the journal: ${text(error)}`);
    }
  }

  /** Each complaint once, until something was written again. */
  #complain(complaint: string): void {
    if (complaint === this.#complained) return;
    this.#complained = complaint;
    this.#outside.complain(complaint);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isFull(error: JournalError): boolean {
  return (error.cause as { code?: unknown } | undefined)?.code === "ENOSPC";
}

function plainText(fields: readonly (Uint8Array | { readonly bytes: Uint8Array })[]): string {
  let unit = "";
  let message = "";
  for (const field of fields) {
    const line = Buffer.from(field instanceof Uint8Array ? field : field.bytes).toString("utf8");
    if (line.startsWith("MESSAGE=")) message = line.slice(8);
    else if (line.startsWith("_SYSTEMD_UNIT=") || line.startsWith("_SYSTEMD_USER_UNIT="))
      unit = `${line.slice(line.indexOf("=") + 1)}: `;
  }
  return unit + message;
}
