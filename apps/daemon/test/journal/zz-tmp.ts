import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { decodeJournalOutput, encodeJournalInput, FrameDecoder, type JournalInput } from "@steward/process-runtime";

const main = join(import.meta.dirname, "../../src/journal-main.ts");

type Kept = {
  readonly message: JournalInput;
  readonly stream?: number;
  readonly source?: number;
  readonly end: number;
};

/**
 * The keeper's side of the journal's channel, with the real journal process behind it: keeps what is not acknowledged, and
 * sends it again to the next process.
 */
export class FakeKeeper {
  readonly directory = mkdtempSync(join(tmpdir(), "steward-journal-process-"));
  readonly config: Uint8Array;
  output = "";
  complaints = "";
  readonly #instance = process.pid;
  #child: ChildProcess | undefined;
  #generation = 0;
  #channel: Duplex | undefined;
  #kept: Kept[] = [];
  readonly #offsets = new Map<number, number>();
  #seq = 0;
  readonly #metadata = new Map<number, string>();
  #idle: (() => void)[] = [];
  acknowledgements = 0;
  onAcknowledged: (() => void) | undefined;

  constructor(
    options: { readonly console?: boolean; readonly directory?: string; readonly scope?: "system" | "user" } = {},
  ) {
    this.config = Buffer.from(
      JSON.stringify({
        directory: options.directory ?? `${this.directory}/journal`,
        writeAhead: `${this.directory}/journal.ahead`,
        machineId: "3d1219c7c4c5404aaa1f6d2a48adfda4",
        bootId: "00112233445566778899aabbccddeeff",
        hostname: "testhost",
        scope: options.scope ?? "system",
        console: options.console === true,
        varlink: `${this.directory}/varlink`,
      }),
    );
  }

  start(): void {
    const child = spawn(process.execPath, ["--conditions=source", "--disable-warning=ExperimentalWarning", process.env.JMAIN ?? main], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: { PATH: process.env.PATH, TZ: "UTC", ...(process.env.JENV ? JSON.parse(process.env.JENV) : {}) },
    });
    this.#child = child;
    child.stdout!.on("data", (text) => {
      this.output += String(text);
    });
    child.stderr!.on("data", (text) => {
      this.complaints += String(text);
    });
    const channel = child.stdio[3] as Duplex;
    this.#channel = channel;
    channel.on("error", () => {});
    const decoder = new FrameDecoder();
    channel.on("data", (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        const ack = decodeJournalOutput(frame);
        this.acknowledgements++;
        this.#kept = this.#kept.filter((kept) =>
          ack.kind === "streamAck"
            ? kept.stream !== ack.stream || kept.end > ack.offset
            : kept.source !== ack.source || kept.end > ack.seq,
        );
      }
      this.onAcknowledged?.();
      if (this.#kept.length === 0) for (const resolve of this.#idle.splice(0)) resolve();
    });
    this.#write({
      kind: "journalHello",
      protocol: 1,
      generation: ++this.#generation,
      bootId: "00112233445566778899aabbccddeeff",
      keeperPid: this.#instance,
    });
    this.#write({ kind: "config", config: this.config });
    const announced = new Set<number>();
    for (const { message, stream } of this.#kept) {
      if (stream !== undefined && !announced.has(stream)) {
        announced.add(stream);
        this.#write({ kind: "streamOpen", stream, metadata: Buffer.from(this.#metadata.get(stream)!) });
      }
      this.#write(message);
    }
    // Streams that have nothing waiting are announced with their next bytes, as the keeper does.
    for (const stream of this.#metadata.keys()) if (!announced.has(stream)) this.#unannounced.add(stream);
  }

  readonly #unannounced = new Set<number>();

  /** The journal process that lives now. */
  pid(): number {
    return this.#child!.pid!;
  }

  openStream(stream: number, metadata: string): void {
    this.#metadata.set(stream, metadata);
    this.#offsets.set(stream, 0);
    this.#unannounced.add(stream);
  }

  write(stream: number, text: string | Buffer, sender: { pid?: number; comm?: string } = {}): void {
    const data = Buffer.from(text);
    const offset = this.#offsets.get(stream)!;
    this.#offsets.set(stream, offset + data.length);
    this.#announce(stream);
    const message: JournalInput = {
      kind: "streamData",
      stream,
      offset,
      pid: sender.pid ?? process.pid,
      uid: process.getuid!(),
      gid: process.getgid!(),
      comm: sender.comm ?? "tester",
      group: "web.service",
      realtimeUsec: Date.now() * 1000,
      monotonicUsec: Math.round(performance.now() * 1000),
      data,
    };
    this.#keep({ message, stream, end: offset + data.length });
  }

  endStream(stream: number): void {
    const offset = this.#offsets.get(stream)!;
    this.#announce(stream);
    this.#keep({ message: { kind: "streamEof", stream, offset }, stream, end: offset });
  }

  datagram(source: number, text: string | Buffer, group = "web.service"): void {
    const seq = ++this.#seq;
    const message: JournalInput = {
      kind: "datagram",
      source,
      seq,
      pid: process.pid,
      uid: process.getuid!(),
      gid: process.getgid!(),
      comm: "tester",
      group,
      realtimeUsec: Date.now() * 1000,
      monotonicUsec: Math.round(performance.now() * 1000),
      data: Buffer.from(text),
    };
    this.#keep({ message, source, end: seq });
  }

  /** A new keeper takes this one's place: its numbers start anew, and what was not acknowledged is gone with it. */
  reborn(): void {
    this.#generation = 0;
    this.#kept = [];
    this.#offsets.clear();
    this.#metadata.clear();
    this.#unannounced.clear();
    this.#seq = 0;
  }

  /** Everything is acknowledged. */
  idle(): Promise<void> {
    if (this.#kept.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Kills the process (by its pid) and waits for its end. */
  async kill(): Promise<void> {
    const child = this.#child!;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    this.#channel!.destroy();
  }

  /** Closes the channel, as a keeper that ends, and waits until the process has ended too. */
  async close(): Promise<void> {
    const child = this.#child!;
    const ended =
      child.exitCode !== null || child.signalCode !== null
        ? Promise.resolve()
        : new Promise<void>((resolve) => child.once("exit", () => resolve()));
    this.#channel!.end();
    await ended;
  }

  remove(): void {
    if (existsSync(this.directory)) rmSync(this.directory, { recursive: true, force: true });
  }

  #announce(stream: number): void {
    if (!this.#unannounced.delete(stream)) return;
    this.#write({ kind: "streamOpen", stream, metadata: Buffer.from(this.#metadata.get(stream)!) });
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept);
    this.#write(kept.message);
  }

  #write(message: JournalInput): void {
    if (this.#channel !== undefined && !this.#channel.destroyed) this.#channel.write(encodeJournalInput(message));
  }
}
