/** Steps that connect descriptors 0, 1 and 2 (systemd.exec(5), "Logging and Standard Input/Output"). */
import { constants } from "node:fs";
import type { ExecContext, StandardStream } from "./exec-context.ts";
import { execStatus } from "./exec-status.ts";
import type { PlanInput, PlanStep } from "./plan.ts";

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_APPEND, O_TRUNC, O_NOCTTY } = constants;

/** Registers that these steps use. */
const registers = { stdin: 0, stdout: 1, stderr: 2, log: 3, errorLog: 4, firstPassed: 16 } as const;

/** Where passed descriptors (sockets, the fd store) begin: register `firstPassed` + index. */
export const firstPassedRegister = registers.firstPassed;

/** What the streams of one process need besides the context. */
export interface StreamInput {
  readonly context: ExecContext;
  /** A number for a new stream to the journal, never used before in the life of the keeper. */
  readonly nextStream: () => number;
  /** The blob that the journal process gets with the stream; `console` for journal+console. */
  readonly metadata: (options: { readonly console: boolean }) => string;
  /** Descriptors of the keeper's store that a client gave for the streams (systemd-run(1), --pipe), by their ids. */
  readonly given?: Readonly<Partial<Record<"stdin" | "stdout" | "stderr", number>>> | undefined;
  /** Names of the passed descriptors, in order, for `fd:NAME` and `socket`. */
  readonly fdNames: readonly string[];
  /** Defaults of the manager: DefaultStandardOutput=, DefaultStandardError=. */
  readonly defaultOutput: StandardStream;
  readonly defaultError: StandardStream;
  /** What a child inherits as its stdout is the keeper's; as PID 1 systemd gives /dev/null. */
  readonly isPid1: boolean;
}

/** The streams' inputs and steps, and the register of the stream that JOURNAL_STREAM names. */
export interface StreamPlan {
  readonly inputs: readonly PlanInput[];
  readonly steps: readonly PlanStep[];
  readonly journalRegister: number | undefined;
  /** A terminal is connected: TERM is set. */
  readonly terminal: boolean;
}

const isLog = (mode: string): boolean =>
  ["journal", "journal+console", "syslog", "syslog+console", "kmsg", "kmsg+console"].includes(mode);
const isTerminal = (mode: string): boolean => ["tty", "tty-force", "tty-fail"].includes(mode);

const nullStream: StandardStream = { mode: "null", target: "" };
const inherited: StandardStream = { mode: "inherit", target: "" };

/** Two outputs that are one and the same share a descriptor. */
function sameOutput(a: StandardStream, b: StandardStream): boolean {
  return a.mode === b.mode && a.target === b.target;
}

/**
 * "inherit" and "null" are also what stands for "not set": unless stdin is a terminal or a descriptor, an inherited output is
 * the manager's default, and data given for stdin make stdin data.
 */
function resolveStreams({ context, defaultOutput, defaultError }: StreamInput): {
  readonly stdin: StandardStream;
  readonly stdout: StandardStream;
  readonly stderr: StandardStream;
} {
  const given = context.standardInput ?? nullStream;
  const hasData = (context.standardInputData?.length ?? 0) > 0;
  const stdin = given.mode === "null" && hasData ? { mode: "data", target: "" } : given;
  const stdout = context.standardOutput ?? inherited;
  const stderr = context.standardError ?? inherited;
  if (isTerminal(stdin.mode) || stdin.mode === "socket" || stdin.mode === "fd") return { stdin, stdout, stderr };
  const isInherited = stdout.mode === "inherit";
  return {
    stdin,
    stdout: isInherited ? defaultOutput : stdout,
    stderr: isInherited && stderr.mode === "inherit" ? defaultError : stderr,
  };
}

/** Plans all three streams. */
export function planStreams(input: StreamInput): StreamPlan {
  const { context } = input;
  const inputs: PlanInput[] = [];
  const steps: PlanStep[] = [];
  const { stdin, stdout, stderr } = resolveStreams(input);
  const tty = context.ttyPath || "/dev/console";
  const mode = 0o666 & ~(context.umask ?? 0o022);

  const named = (name: string): number => {
    const index = input.fdNames.indexOf(name);
    return registers.firstPassed + (index < 0 ? 0xef : index); // an empty register fails as EBADF
  };
  const open = (register: number, path: string, flags: number, exitStatus: number, fd: number): void => {
    steps.push({ op: "open", register, path, flags, mode, exitStatus }, { op: "dup", register, fd, exitStatus });
  };
  const log = (register: number, console: boolean): void => {
    inputs.push({ kind: "log", register, stream: input.nextStream(), metadata: input.metadata({ console }) });
  };

  /** Sockets are opened O_NONBLOCK; nobody expects that of a stream. */
  const socket = (fd: number, exitStatus: number): void => {
    steps.push(
      { op: "dup", register: registers.firstPassed, fd, exitStatus },
      { op: "nonBlock", fd, on: false, exitStatus },
    );
  };

  const sharesFile =
    stdin.mode === "file" &&
    stdin.target !== "" &&
    [stdout, stderr].some((out) => out.mode === "file" && out.target === stdin.target);
  const exitIn = execStatus.stdin;
  /** What the file says of a stream goes before what a client gave for stdin, and after what it gave for the others, as in systemd. */
  const { stdin: givenIn, stdout: givenOut, stderr: givenError } = input.given ?? {};
  const give = (register: number, id: number, fd: number, exitStatus: number): void => {
    inputs.push({ kind: "fd", register, fd: id });
    steps.push({ op: "dup", register, fd, exitStatus });
  };
  if (givenIn !== undefined && stdin.mode === "null") give(registers.stdin, givenIn, 0, exitIn);
  else
    switch (stdin.mode) {
      case "tty":
      case "tty-force":
      case "tty-fail":
        steps.push(
          {
            op: "tty",
            register: registers.stdin,
            path: tty,
            force: stdin.mode === "tty-force",
            fail: stdin.mode === "tty-fail",
            exitStatus: exitIn,
          },
          { op: "dup", register: registers.stdin, fd: 0, exitStatus: exitIn },
        );
        break;
      case "socket":
        socket(0, exitIn);
        break;
      case "fd":
        steps.push({ op: "dup", register: named(stdin.target || "stdin"), fd: 0, exitStatus: exitIn });
        break;
      case "data":
        steps.push(
          {
            op: "data",
            register: registers.stdin,
            data: Uint8Array.from(context.standardInputData ?? []),
            exitStatus: exitIn,
          },
          { op: "dup", register: registers.stdin, fd: 0, exitStatus: exitIn },
        );
        break;
      case "file":
        open(registers.stdin, stdin.target, sharesFile ? O_RDWR | O_CREAT : O_RDONLY, exitIn, 0);
        break;
      default:
        open(registers.stdin, "/dev/null", O_RDONLY, exitIn, 0);
    }

  let journalRegister: number | undefined;
  const output = (stream: StandardStream, fd: 1 | 2): void => {
    const exitStatus = fd === 1 ? execStatus.stdout : execStatus.stderr;
    const register = fd === 1 ? registers.stdout : registers.stderr;
    const given = fd === 1 ? givenOut : givenError;
    if (given !== undefined) {
      give(register, given, fd, exitStatus);
      return;
    }
    if (isLog(stream.mode)) {
      const at = fd === 1 ? registers.log : registers.errorLog;
      log(at, stream.mode.endsWith("+console"));
      steps.push({ op: "dup", register: at, fd, exitStatus });
      journalRegister = at;
      return;
    }
    switch (stream.mode) {
      case "inherit":
        if (stdin.mode !== "null" && stdin.mode !== "data") steps.push({ op: "dupFd", from: 0, fd, exitStatus });
        else if (input.isPid1) open(register, "/dev/null", O_WRONLY, exitStatus, fd);
        break;
      case "tty":
        if (isTerminal(stdin.mode)) steps.push({ op: "dupFd", from: 0, fd, exitStatus });
        else open(register, tty, O_WRONLY | O_NOCTTY, exitStatus, fd);
        break;
      case "socket":
        socket(fd, exitStatus);
        break;
      case "fd":
        steps.push({ op: "dup", register: named(stream.target || (fd === 1 ? "stdout" : "stderr")), fd, exitStatus });
        break;
      case "file":
      case "append":
      case "truncate":
        if (stream.mode === "file" && sharesFile && stream.target === stdin.target)
          steps.push({ op: "dupFd", from: 0, fd, exitStatus });
        else {
          const extra = stream.mode === "append" ? O_APPEND : stream.mode === "truncate" ? O_TRUNC : 0;
          open(register, stream.target, O_WRONLY | O_CREAT | extra, exitStatus, fd);
        }
        break;
      default:
        open(register, "/dev/null", O_WRONLY, exitStatus, fd);
    }
  };
  output(stdout, 1);
  if (givenError !== undefined) output(stderr, 2);
  else if (stderr.mode === "inherit" || sameOutput(stderr, stdout)) {
    // Where stdout stays what the keeper's is, so does stderr.
    const untouched = stderr.mode === "inherit" && stdout.mode === "inherit" && stdin.mode === "null" && !input.isPid1;
    if (!untouched) steps.push({ op: "dupFd", from: 1, fd: 2, exitStatus: execStatus.stderr });
  } else output(stderr, 2);

  return {
    inputs,
    steps,
    journalRegister,
    terminal: isTerminal(stdin.mode) || stdout.mode === "tty" || stderr.mode === "tty",
  };
}

/** What every entry of a stream gets, as the journal process reads it: fields, and lines with a dot for itself. */
export function streamMetadata(stream: {
  readonly unit: string;
  readonly scope: "system" | "user";
  readonly invocationId: string | undefined;
  /** 32 hexadecimal digits, fresh for each stream. */
  readonly streamId: string;
  /** SyslogIdentifier=, by default the name of the executed program. */
  readonly identifier: string;
  readonly context: ExecContext;
  readonly cgroup?: string | undefined;
  readonly slice?: string | undefined;
  readonly console: boolean;
}): string {
  const { context } = stream;
  const user = stream.scope === "user" ? "USER_" : "";
  const lines = [
    "_TRANSPORT=stdout",
    `_STREAM_ID=${stream.streamId}`,
    `SYSLOG_IDENTIFIER=${stream.identifier}`,
    `PRIORITY=${context.syslogLevel ?? 6}`,
    `SYSLOG_FACILITY=${context.syslogFacility ?? 3}`,
    `_SYSTEMD_${user}UNIT=${stream.unit}`,
    ...(stream.invocationId === undefined ? [] : [`_SYSTEMD_INVOCATION_ID=${stream.invocationId}`]),
    ...(stream.cgroup === undefined ? [] : [`_SYSTEMD_CGROUP=${stream.cgroup}`]),
    ...(stream.slice === undefined ? [] : [`_SYSTEMD_${user}SLICE=${stream.slice}`]),
    ...(context.logExtraFields ?? []).filter((field) => !field.includes("\n")),
    `.level-prefix=${context.syslogLevelPrefix === false ? 0 : 1}`,
    `.console=${stream.console ? 1 : 0}`,
  ];
  return `${lines.join("\n")}\n`;
}
