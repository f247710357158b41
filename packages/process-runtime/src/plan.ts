/**
 * The exec plan: data that the keeper's child performs in order (systemd.exec(5) tells what a service gets; the plan
 * says how). Three parts: inputs that the keeper resolves to descriptors before the fork, environment entries, steps.
 */
import { ByteWriter } from "./bytes.ts";

/** A descriptor that the keeper puts into a register (0 to 255) before the child begins. */
export type PlanInput =
  /** An AF_UNIX stream that the keeper reads for the journal; `metadata` goes to the journal process untouched. */
  | { readonly kind: "log"; readonly register: number; readonly stream: number; readonly metadata: string }
  /** A descriptor of the keeper's store, by its id. */
  | { readonly kind: "fd"; readonly register: number; readonly fd: number }
  /** A listening socket by its listener id. */
  | { readonly kind: "listener"; readonly register: number; readonly id: string };

/** One environment entry; the keeper's child completes those that it alone can know. */
export type PlanEnv =
  | { readonly kind: "literal"; readonly text: string }
  /** `text` is "NAME="; the child's own pid is appended (SYSTEMD_EXEC_PID, LISTEN_PID, WATCHDOG_PID). */
  | { readonly kind: "pid"; readonly text: string }
  /** `text` is "NAME="; device:inode of the register's descriptor is appended (JOURNAL_STREAM). */
  | { readonly kind: "inode"; readonly text: string; readonly register: number };

/** What a failing step does: exit status of the child, or nothing. */
interface StepCommon {
  /** Go on when the step fails; the keeper reports `stepIgnored`. */
  readonly ignoreFailure?: boolean;
  /** Exit status of the child when the step fails, systemd.exec(5) "Process Exit Codes". */
  readonly exitStatus: number;
}

/** What a step does. Modes, flags and masks are the kernel's numbers. */
export type PlanAction =
  | { readonly op: "setsid" }
  /** Signals to leave ignored (SIGPIPE under IgnoreSIGPIPE=); all others are at their default and none is blocked. */
  | { readonly op: "ignoreSignals"; readonly signals: readonly number[] }
  | { readonly op: "umask"; readonly mask: number }
  | { readonly op: "nice"; readonly nice: number }
  | { readonly op: "oomScoreAdjust"; readonly value: number }
  /** setrlimit(2) by resource number; `Infinity` is RLIM_INFINITY. A hard limit that may not be raised is lowered to what is allowed. */
  | { readonly op: "rlimit"; readonly resource: number; readonly soft: number; readonly hard: number }
  | { readonly op: "sched"; readonly policy: number; readonly priority: number; readonly resetOnFork: boolean }
  | { readonly op: "ioprio"; readonly value: number }
  | { readonly op: "affinity"; readonly cpus: readonly number[] }
  | { readonly op: "setgroups"; readonly gids: readonly number[] }
  | { readonly op: "setgid"; readonly gid: number }
  | { readonly op: "setuid"; readonly uid: number; readonly keepCapabilities?: boolean }
  | { readonly op: "chdir"; readonly path: string }
  | { readonly op: "chroot"; readonly path: string }
  | { readonly op: "noNewPrivileges" }
  | { readonly op: "capabilityBounding"; readonly keep: bigint }
  | { readonly op: "capabilityAmbient"; readonly set: bigint }
  | { readonly op: "secureBits"; readonly bits: number }
  | { readonly op: "personality"; readonly value: number }
  /** open(2) into a register; `safe` follows no symbolic link that another user could have placed. */
  | {
      readonly op: "open";
      readonly register: number;
      readonly path: string;
      readonly flags: number;
      readonly mode: number;
      readonly safe?: boolean;
    }
  /** dup2(2): a register or an inherited descriptor becomes descriptor `fd`. */
  | { readonly op: "dup"; readonly register: number; readonly fd: number }
  | { readonly op: "dupFd"; readonly from: number; readonly fd: number }
  /** Sets or clears O_NONBLOCK of descriptor `fd`. */
  | { readonly op: "nonBlock"; readonly fd: number; readonly on: boolean }
  /** Makes a terminal the controlling one and descriptor 0, 1 or 2 as told by later dups. */
  | {
      readonly op: "tty";
      readonly register: number;
      readonly path: string;
      readonly force: boolean;
      readonly fail: boolean;
    }
  /** Bytes to be read from a register: StandardInputText=, StandardInputData=. */
  | { readonly op: "data"; readonly register: number; readonly data: Uint8Array }
  /** mkdir -p of `path` below `base`; the last part gets mode and owner (uid or gid 0xffffffff: left alone). */
  | {
      readonly op: "makeDirectory";
      readonly base: string;
      readonly path: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      /** What is there already: gets mode and owner too, or also all below it where the owner differs, or stays as it is. */
      readonly existing?: "settle" | "chown" | "keep";
    }
  /** rm -r (or only the file) of `path` below `base`, following no link; what is not there is no failure. */
  | { readonly op: "remove"; readonly base: string; readonly path: string; readonly recursive: boolean }
  | { readonly op: "symlink"; readonly base: string; readonly path: string; readonly target: string }
  /** Makes a file of `path` below `base` where it is missing, and sets its times; directories on the way are made. */
  | {
      readonly op: "touch";
      readonly base: string;
      readonly path: string;
      readonly mode: number;
      /** Microseconds since 1970. */
      readonly usec: number;
    }
  /** Looks whether there is a program to execute, before what follows can fail for other reasons. */
  | { readonly op: "findExecutable"; readonly path: string; readonly search?: readonly string[] }
  /** Fails with this errno: what was wrong was known before the child began (an unknown user). */
  | { readonly op: "fail"; readonly errno: number }
  /** execve(2); a path without slash is looked for in `search`. */
  | {
      readonly op: "exec";
      readonly path: string;
      readonly argv: readonly string[];
      readonly search?: readonly string[];
    };

/** One step of a plan. */
export type PlanStep = StepCommon & PlanAction;

/** Everything that the keeper's child does between fork and execve. A plan without `exec` ends with status 0. */
export interface ExecPlan {
  readonly inputs: readonly PlanInput[];
  readonly env: readonly PlanEnv[];
  readonly steps: readonly PlanStep[];
}

/** Operation numbers, as in keeper/proto.h. */
export const opNumber = {
  setsid: 1,
  ignoreSignals: 2,
  umask: 3,
  nice: 4,
  oomScoreAdjust: 5,
  rlimit: 6,
  sched: 7,
  ioprio: 8,
  affinity: 9,
  setgroups: 10,
  setgid: 11,
  setuid: 12,
  chdir: 13,
  chroot: 14,
  noNewPrivileges: 15,
  capabilityBounding: 16,
  capabilityAmbient: 17,
  secureBits: 18,
  personality: 19,
  open: 20,
  dup: 21,
  dupFd: 22,
  tty: 23,
  data: 24,
  makeDirectory: 25,
  remove: 26,
  symlink: 27,
  nonBlock: 28,
  exec: 40,
  fail: 41,
  findExecutable: 42,
  touch: 50,
} as const satisfies Record<PlanAction["op"], number>;

const inputNumber = { log: 0, fd: 1, listener: 2 } as const;
const envNumber = { literal: 0, pid: 1, inode: 2 } as const;
const rlimInfinity = (1n << 64n) - 1n;

function putInput(writer: ByteWriter, input: PlanInput): void {
  writer.u8(inputNumber[input.kind]);
  writer.u8(input.register);
  switch (input.kind) {
    case "log":
      writer.u64(input.stream);
      writer.str(input.metadata);
      break;
    case "fd":
      writer.u64(input.fd);
      break;
    case "listener":
      writer.str(input.id);
      break;
  }
}

function limit(value: number): bigint {
  return value === Number.POSITIVE_INFINITY ? rlimInfinity : BigInt(value);
}

function putStrings(writer: ByteWriter, values: readonly string[]): void {
  writer.u32(values.length);
  for (const value of values) writer.str(value);
}

function putU32s(writer: ByteWriter, values: readonly number[]): void {
  writer.u32(values.length);
  for (const value of values) writer.u32(value);
}

function putAction(w: ByteWriter, step: PlanAction): void {
  switch (step.op) {
    case "setsid":
    case "noNewPrivileges":
      break;
    case "ignoreSignals":
      putU32s(w, step.signals);
      break;
    case "umask":
      w.u32(step.mask);
      break;
    case "nice":
      w.i32(step.nice);
      break;
    case "oomScoreAdjust":
      w.i32(step.value);
      break;
    case "rlimit":
      w.u32(step.resource);
      w.bits64(limit(step.soft));
      w.bits64(limit(step.hard));
      break;
    case "sched":
      w.u32(step.policy);
      w.u32(step.priority);
      w.u8(step.resetOnFork ? 1 : 0);
      break;
    case "ioprio":
    case "personality":
      w.u32(step.value);
      break;
    case "affinity":
      putU32s(w, step.cpus);
      break;
    case "setgroups":
      putU32s(w, step.gids);
      break;
    case "setgid":
      w.u32(step.gid);
      break;
    case "setuid":
      w.u32(step.uid);
      w.u8(step.keepCapabilities === true ? 1 : 0);
      break;
    case "chdir":
    case "chroot":
      w.str(step.path);
      break;
    case "capabilityBounding":
      w.bits64(step.keep);
      break;
    case "capabilityAmbient":
      w.bits64(step.set);
      break;
    case "secureBits":
      w.u32(step.bits);
      break;
    case "open":
      w.u8(step.register);
      w.u32(step.flags);
      w.u32(step.mode);
      w.u8(step.safe === true ? 1 : 0);
      w.str(step.path);
      break;
    case "dup":
      w.u8(step.register);
      w.u32(step.fd);
      break;
    case "dupFd":
      w.u32(step.from);
      w.u32(step.fd);
      break;
    case "nonBlock":
      w.u32(step.fd);
      w.u8(step.on ? 1 : 0);
      break;
    case "tty":
      w.u8(step.register);
      w.u8(step.force ? 1 : 0);
      w.u8(step.fail ? 1 : 0);
      w.str(step.path);
      break;
    case "data":
      w.u8(step.register);
      w.bytes(step.data);
      break;
    case "makeDirectory":
      w.str(step.base);
      w.str(step.path);
      w.u32(step.mode);
      w.u32(step.uid);
      w.u32(step.gid);
      w.u8(step.existing === "chown" ? 1 : step.existing === "keep" ? 2 : 0);
      break;
    case "remove":
      w.str(step.base);
      w.str(step.path);
      w.u8(step.recursive ? 1 : 0);
      break;
    case "symlink":
      w.str(step.base);
      w.str(step.path);
      w.str(step.target);
      break;
    case "touch":
      w.str(step.base);
      w.str(step.path);
      w.u32(step.mode);
      w.u64(step.usec);
      break;
    case "findExecutable":
      w.str(step.path);
      putStrings(w, step.search ?? []);
      break;
    case "fail":
      w.u32(step.errno);
      break;
    case "exec":
      w.str(step.path);
      putStrings(w, step.argv);
      putStrings(w, step.search ?? []);
      break;
  }
}

/** The plan as the bytes that `spawn` carries. */
export function encodePlan(plan: ExecPlan): Buffer {
  const writer = new ByteWriter(1024);
  writer.u32(plan.inputs.length);
  for (const input of plan.inputs) putInput(writer, input);
  writer.u32(plan.env.length);
  for (const entry of plan.env) {
    writer.u8(envNumber[entry.kind]);
    writer.u8(entry.kind === "inode" ? entry.register : 0);
    writer.str(entry.text);
  }
  writer.u32(plan.steps.length);
  for (const step of plan.steps) {
    writer.u8(opNumber[step.op]);
    writer.u8(step.ignoreFailure === true ? 1 : 0);
    writer.u8(step.exitStatus);
    const at = writer.length;
    writer.u32(0);
    putAction(writer, step);
    writer.patchU32(at, writer.length - at - 4);
  }
  return writer.finish();
}
