/** Starts the real keeper with relays in the place of its Node processes: the test itself is manager and journal process. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import {
  decodeJournalInput,
  type ExecPlan,
  encodeJournalOutput,
  FrameDecoder,
  type JournalInput,
  KeeperClient,
  type KeeperEvent,
  type PlanStep,
} from "../src/index.ts";

const room = join(import.meta.dirname, "..");
const root = process.getuid?.() === 0;

/** Whether this machine can run the keeper as PID 1 of a namespace. */
export const canUnshare = root && works("unshare", ["--pid", "--fork", "--mount-proc", "true"]);

/** `test` where the machine has what it needs; else a skipped test that names what is missing. */
export function where(condition: boolean, what: string): (name: string, run: () => void | Promise<void>) => void {
  return (name, run) => {
    if (condition) test(name, run);
    else test.skip(`${name} (not run: needs ${what})`, run);
  };
}

function works(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A directory for one test file, with the programs that it needs built. */
export interface Bench {
  readonly directory: string;
  readonly keeper: string;
  /** The keeper that finds nothing of what newer kernels offer. */
  readonly oldKeeper: string;
  program(name: string): string;
  remove(): void;
}

/** Builds keeper and test programs with the machine's C compiler. */
export function openBench(): Bench {
  const directory = mkdtempSync(join(tmpdir(), "steward-pr-"));
  chmodSync(directory, 0o777);
  // STEWARD_TEST_KEEPER=checked runs the same tests on the keeper with sanitizers.
  const checked = process.env.STEWARD_TEST_KEEPER === "checked";
  execFileSync("sh", [join(room, "keeper/build.sh"), ...(checked ? ["fuzz"] : [])], { stdio: "inherit" });
  // The keeper of this run, where another user can execute it and a later build does not replace it.
  execFileSync("cp", [
    join(room, `keeper/bin/steward-keeper${checked ? "-checked" : ""}`),
    join(directory, "steward-keeper"),
  ]);
  execFileSync("sh", [join(room, "keeper/build.sh"), "old"], { stdio: "inherit" });
  execFileSync("cp", [join(room, "keeper/bin/steward-keeper-old"), directory]);
  for (const name of ["relay", "escape", "sockopts"])
    execFileSync("cc", ["-O1", "-o", join(directory, name), join(room, "test/programs", `${name}.c`)]);
  return {
    directory,
    keeper: join(directory, "steward-keeper"),
    oldKeeper: join(directory, "steward-keeper-old"),
    program: (name) => join(directory, name),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A queue that a test can wait on. */
export class Waiting<T> {
  readonly all: T[] = [];
  private listeners: (() => void)[] = [];
  private failure: Error | undefined;

  push(value: T): void {
    this.all.push(value);
    for (const listener of this.listeners.splice(0)) listener();
  }

  fail(error: Error): void {
    this.failure = error;
    for (const listener of this.listeners.splice(0)) listener();
  }

  /** The first value, from `from` on, that fits. */
  async find<S extends T>(fits: (value: T) => value is S, from?: number): Promise<S>;
  async find(fits: (value: T) => boolean, from?: number): Promise<T>;
  async find(fits: (value: T) => boolean, from = 0): Promise<T> {
    for (let at = from; ; ) {
      for (; at < this.all.length; at++) if (fits(this.all[at] as T)) return this.all[at] as T;
      if (this.failure !== undefined) throw this.failure;
      await new Promise<void>((resolve) => this.listeners.push(resolve));
    }
  }
}

/** One generation of the manager. */
export class Manager {
  readonly client: KeeperClient;
  readonly events = new Waiting<KeeperEvent>();
  readonly socket: Socket;

  constructor(client: KeeperClient, socket: Socket) {
    this.client = client;
    this.socket = socket;
    client.start((event) => this.events.push(event));
    client.onClose(() => this.events.fail(new Error("the manager's channel closed")));
  }

  /** The next event of a kind, for a token or group where given. */
  event<K extends KeeperEvent["kind"]>(
    kind: K,
    which: { token?: number; group?: string } = {},
  ): Promise<Extract<KeeperEvent, { kind: K }>> {
    return this.events.find(
      (event): event is Extract<KeeperEvent, { kind: K }> =>
        event.kind === kind &&
        (which.token === undefined || ("token" in event && event.token === which.token)) &&
        (which.group === undefined || ("group" in event && event.group === which.group)),
    );
  }

  /** Nobody is left in a group: said with the end of its last token, or by itself when others outlived the tokens. */
  empty(group: string, ...tokens: readonly number[]): Promise<KeeperEvent> {
    return this.events.find(
      (event): event is KeeperEvent =>
        (event.kind === "groupEmpty" && event.group === group) ||
        (event.kind === "exited" && event.lastOfGroup && tokens.includes(event.token)),
    );
  }

  /** Ends this generation as kill -9 does: nothing that it had read or meant to write comes further. */
  kill(): void {
    this.socket.destroy();
  }
}

/** One generation of the journal process. */
export class Journal {
  readonly messages = new Waiting<JournalInput>();
  readonly socket: Socket;
  private readonly acknowledge: boolean;

  constructor(socket: Socket, acknowledge: boolean) {
    this.socket = socket;
    this.acknowledge = acknowledge;
    const decoder = new FrameDecoder();
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      for (const frame of decoder.push(chunk)) {
        const message = decodeJournalInput(frame);
        this.messages.push(message);
        if (this.acknowledge) this.ack(message);
      }
    });
  }

  ack(message: JournalInput): void {
    if (message.kind === "streamData")
      this.send({ kind: "streamAck", stream: message.stream, offset: message.offset + message.data.length });
    if (message.kind === "streamEof") this.send({ kind: "streamAck", stream: message.stream, offset: message.offset });
    if (message.kind === "datagram") this.send({ kind: "datagramAck", source: message.source, seq: message.seq });
  }

  send(message: Parameters<typeof encodeJournalOutput>[0]): void {
    if (!this.socket.destroyed) this.socket.write(encodeJournalOutput(message));
  }

  /** Text of a stream so far. */
  text(stream: number): string {
    return this.messages.all
      .filter((m) => m.kind === "streamData" && m.stream === stream)
      .map((m) => (m.kind === "streamData" ? Buffer.from(m.data).toString() : ""))
      .join("");
  }

  kill(): void {
    this.socket.destroy();
  }
}

/** How the keeper is started. */
export type Mode = "subreaper" | "pid1" | "container" | "nobody" | "network";

/** What Docker leaves to root in a container. */
const containerCapabilities =
  "chown dac_override fsetid fowner mknod net_raw setgid setuid setfcap setpcap net_bind_service sys_chroot kill audit_write";

/** A running keeper. */
export class Keeper {
  readonly child: ChildProcess;
  readonly exited: Promise<number | string>;
  stderr = "";
  private readonly managers = new Waiting<Socket>();
  private readonly journals = new Waiting<Socket>();
  private readonly servers: Server[] = [];
  private managersTaken = 0;
  private journalsTaken = 0;

  private constructor(bench: Bench, mode: Mode, old: boolean, paths: { manager: string; journal: string | undefined }) {
    this.servers.push(this.listen(paths.manager, this.managers));
    if (paths.journal !== undefined) this.servers.push(this.listen(paths.journal, this.journals));
    const relay = bench.program("relay");
    const command = [old ? bench.oldKeeper : bench.keeper, "--manager", relay, paths.manager, "--end"];
    if (paths.journal !== undefined) command.push("--journal", relay, paths.journal, "--end");
    // What multiplies in there leaves pids for the machine (newer kernels count them for each namespace).
    const bounded = 'echo 4000 2>/dev/null >/proc/sys/kernel/pid_max; exec "$@"';
    const unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", bounded, "sh"];
    const bounding = `--bounding-set=-all,${containerCapabilities
      .split(" ")
      .map((name) => `+${name}`)
      .join(",")}`;
    const before = {
      subreaper: [],
      pid1: unshare,
      container: [...unshare, "setpriv", bounding],
      // A loopback of its own, so that ports are free.
      network: ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"],
      nobody: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
    }[mode];
    const [program, ...args] = [...before, ...command] as [string, ...string[]];
    this.child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.child.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
    this.exited = new Promise((resolve) => this.child.once("exit", (code, signal) => resolve(code ?? signal ?? "?")));
    void this.exited.then(() => {
      this.managers.fail(new Error(`the keeper ended: ${this.stderr}`));
      this.journals.fail(new Error(`the keeper ended: ${this.stderr}`));
    });
  }

  static start(bench: Bench, options: { mode?: Mode; journal?: boolean; old?: boolean } = {}): Keeper {
    const directory = mkdtempSync(join(bench.directory, "run-"));
    chmodSync(directory, 0o777);
    const journal = options.journal === true ? join(directory, "j") : undefined;
    return new Keeper(bench, options.mode ?? "subreaper", options.old === true, {
      manager: join(directory, "m"),
      journal,
    });
  }

  private listen(path: string, into: Waiting<Socket>): Server {
    const server = createServer((socket) => into.push(socket));
    server.listen(path, () => chmodSync(path, 0o777));
    return server;
  }

  /** The next generation of the manager, recovered. */
  async manager(): Promise<Manager> {
    const socket = await this.managerSocket();
    return new Manager(await KeeperClient.connect(socket), socket);
  }

  async managerSocket(): Promise<Socket> {
    const index = this.managersTaken++;
    await this.managers.find((_) => this.managers.all.length > index);
    return this.managers.all[index] as Socket;
  }

  async journal(acknowledge = true): Promise<Journal> {
    return new Journal(await this.journalSocket(), acknowledge);
  }

  async journalSocket(): Promise<Socket> {
    const index = this.journalsTaken++;
    await this.journals.find((_) => this.journals.all.length > index);
    return this.journals.all[index] as Socket;
  }

  /** Ends everything that this started. */
  async stop(): Promise<void> {
    for (const server of this.servers) server.close();
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    await this.exited;
    for (const socket of [...this.managers.all, ...this.journals.all]) socket.destroy();
  }
}

/** A plan that runs a program with the usual small environment; `log` connects stdout and stderr to stream number `log`. */
export function run(
  argv: readonly [string, ...string[]],
  options: { log?: number; steps?: PlanStep[]; env?: string[] } = {},
): ExecPlan {
  const { log } = options;
  const streams: PlanStep[] =
    log === undefined
      ? []
      : [
          { op: "dup", register: 3, fd: 1, exitStatus: 209 },
          { op: "dup", register: 3, fd: 2, exitStatus: 222 },
        ];
  return {
    inputs: log === undefined ? [] : [{ kind: "log", register: 3, stream: log, metadata: `_STREAM_ID=${log}\n` }],
    env: [
      { kind: "literal", text: "PATH=/usr/bin:/bin" },
      ...(options.env ?? []).map((text) => ({ kind: "literal", text }) as const),
    ],
    steps: [...streams, ...(options.steps ?? []), { op: "exec", path: argv[0], argv, exitStatus: 203 }],
  };
}

/** Whether a process is there and not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

/** A fresh directory in the bench. */
export function scratch(bench: Bench, name: string): string {
  const path = join(bench.directory, name);
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o777);
  return path;
}
