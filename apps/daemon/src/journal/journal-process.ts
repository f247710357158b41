import type { Server } from "node:net";
import type { JournalInput } from "@steward/process-runtime";
import { Intake } from "./intake.ts";
import type { Pending } from "./pending.ts";
import { parseSettings } from "./settings.ts";
import { JournalStore, type KeeperIdentity } from "./store.ts";
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
/** What cannot be written is held back and tried again so often; then it goes to stderr, so that services go on. */
const TRIES = 3;
const RETRY_MS = 1000;
/** The disk is asked to keep what was written at the latest so much later, as journald.conf(5), SyncIntervalSec=. */
const SYNC_MS = 5 * 60_000;
/** The keeper has sent all that it had when it is silent for so long. */
const SETTLE_MS = 20;

/** The journal process: what the keeper sends is written, then acknowledged. */
export class JournalProcess {
  readonly #outside: Outside;
  #keeper: KeeperIdentity = { instance: "", first: false };
  #settingsText = "";
  #store: JournalStore | undefined;
  #intake: Intake | undefined;
  #server: Server | undefined;
  /** What came before the settings. */
  #waiting: JournalInput[] = [];
  /** What could not be written and is to be tried again; all that came since waits behind it. */
  #held: Pending | undefined;
  #tries = 0;
  #retry: NodeJS.Timeout | undefined;
  #sync: NodeJS.Timeout | undefined;
  #scheduled = false;
  #received = 0;
  #complained = "";

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  /** Takes messages of the keeper, in order. */
  receive(messages: readonly JournalInput[]): void {
    this.#received += messages.length;
    for (const message of messages) {
      if (message.kind === "journalHello") {
        this.#keeper = { instance: this.#outside.instance(message.keeperPid), first: message.generation === 1 };
      } else if (message.kind === "config") this.#configure(message.config);
      else if (this.#intake === undefined) this.#waiting.push(message);
      else this.#take(this.#intake, message);
    }
    this.#schedule();
  }

  /** Begins another file (SIGUSR2, journalctl --rotate). */
  rotate(): void {
    this.flush();
    this.#attempt(() => this.#store?.rotate());
  }

  /** Brings what was written to the disk (SIGUSR1, journalctl --sync). */
  sync(): void {
    this.flush();
    clearTimeout(this.#sync);
    this.#sync = undefined;
    this.#attempt(() => this.#store?.sync());
  }

  /** Writes what waits. */
  flush(): void {
    this.#scheduled = false;
    if (this.#intake === undefined) return;
    if (this.#held !== undefined) {
      if (this.#retry === undefined) this.#write(this.#held);
      return;
    }
    const pending = this.#intake.takePending();
    const something = pending.entries.length + pending.positions.size + pending.streams.size + pending.datagrams.size;
    if (something > 0) this.#write(pending);
  }

  /** The keeper is gone: writes the rest and closes the file in good order. */
  end(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#tries = TRIES;
    // What is held, then what waited behind it.
    this.flush();
    this.flush();
    clearTimeout(this.#sync);
    this.#server?.close();
    this.#attempt(() => this.#store?.close());
  }

  #take(intake: Intake, message: JournalInput): void {
    intake.take(message);
    const { bytes, entries } = intake.pending;
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
    this.#attempt(() => this.#store?.close());
    const store = new JournalStore(settings, this.#keeper);
    this.#store = store;
    this.#attempt(() => void store.open());
    if (settings.varlinkPath !== undefined) this.#serve(settings.varlinkPath);
    const intake = new Intake(settings, (input) => store.position(input), this.#outside.colour);
    this.#intake = intake;
    for (const message of this.#waiting.splice(0)) this.#take(intake, message);
  }

  #write(pending: Pending): void {
    const store = this.#store!;
    try {
      store.write(pending);
      this.#held = undefined;
      this.#tries = 0;
      if (this.#complained !== "") this.#outside.complain("the journal is written again");
      this.#complained = "";
      if (pending.urgent) this.#attempt(() => store.sync());
      else this.#sync ??= setTimeout(() => this.sync(), SYNC_MS).unref();
    } catch (error) {
      this.#complain(`the journal cannot be written: ${text(error)}`);
      if (this.#tries++ < TRIES) {
        this.#hold(pending);
        return;
      }
      // Services must not stand still for this: what they say goes to stderr instead.
      this.#held = undefined;
      for (const entry of pending.entries) this.#outside.complain(plainText(entry.fields));
    }
    for (const [stream, offset] of pending.streams) this.#outside.streamAck(stream, offset);
    for (const [source, seq] of pending.datagrams) this.#outside.datagramAck(source, seq);
    if (pending.console.length > 0) this.#outside.print(pending.console.join(""));
    if (this.#intake !== undefined && this.#intake.pending.bytes > 0) this.#schedule();
  }

  #hold(pending: Pending): void {
    this.#held = pending;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.flush();
      this.#schedule();
    }, RETRY_MS);
  }

  #serve(path: string): void {
    this.#server?.close();
    const done = (action: () => void) => async (): Promise<void> => {
      await this.#settled();
      action();
      if (this.#complained !== "") throw new Error(this.#complained);
    };
    const sync = done(() => this.sync());
    this.#server = serveVarlink(
      path,
      {
        "io.systemd.Journal.Synchronize": sync,
        "io.systemd.Journal.Rotate": done(() => this.rotate()),
        // There is one place for the files, chosen at the start: nothing moves.
        "io.systemd.Journal.FlushToVar": sync,
        "io.systemd.Journal.RelinquishVar": sync,
      },
      (complaint) => this.#complain(complaint),
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

/** An entry that goes to stderr: its unit and its message. */
function plainText(fields: readonly (Uint8Array | { readonly bytes: Uint8Array })[]): string {
  let unit = "";
  let message = "";
  for (const field of fields) {
    const line = Buffer.from(field instanceof Uint8Array ? field : field.bytes).toString("utf8");
    if (line.startsWith("MESSAGE=")) message = line.slice(8);
    else if (/^_SYSTEMD_(?:USER_)?UNIT=/.test(line)) unit = `${line.slice(line.indexOf("=") + 1)}: `;
  }
  return unit + message;
}
