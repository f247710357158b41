/** Random messages of the protocol's tables, and random plans. */
import * as fc from "fast-check";
import type { ExecPlan, PlanStep, SocketPort, SocketSpec } from "../src/index.ts";
import { commandTable } from "../src/index.ts";

const text = fc.string({ maxLength: 40, unit: "grapheme" }).map((value) => value.replaceAll("\0", ""));
const u32 = fc.nat({ max: 0xffff_ffff });
const byType = {
  u8: fc.nat({ max: 255 }),
  u32,
  i32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  u64: fc.maxSafeNat(),
  bool: fc.boolean(),
  lateBool: fc.boolean(),
  str: text,
  bytes: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  u64s: fc.array(fc.maxSafeNat(), { maxLength: 20 }),
};

/** A message of one of the tables; `header` are u64 fields before its own. */
export function message(
  table: Readonly<Record<string, { fields: Readonly<Record<string, keyof typeof byType>> }>>,
  header: readonly string[] = [],
): fc.Arbitrary<Record<string, unknown>> {
  const kinds = Object.entries(table).map(([kind, { fields }]) =>
    fc.record({
      kind: fc.constant(kind),
      ...Object.fromEntries(header.map((name) => [name, fc.maxSafeNat()])),
      ...Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, byType[type]])),
    }),
  );
  return fc.oneof(...kinds) as fc.Arbitrary<Record<string, unknown>>;
}

export const command = message(commandTable);

const exitStatus = fc.nat({ max: 255 });
const register = fc.nat({ max: 255 });
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const small = fc.nat({ max: 100_000 });
const numbers = fc.array(u32, { maxLength: 8 });

const step = (op: string, fields: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<PlanStep> =>
  fc.record({
    op: fc.constant(op),
    ignoreFailure: fc.boolean(),
    exitStatus,
    ...fields,
  }) as unknown as fc.Arbitrary<PlanStep>;

/** Any step of a plan. Never performed: only encoded and checked. */
export const planStep: fc.Arbitrary<PlanStep> = fc.oneof(
  step("setsid"),
  step("ignoreSignals", { signals: numbers }),
  step("umask", { mask: u32 }),
  step("nice", { nice: fc.integer({ min: -20, max: 19 }) }),
  step("oomScoreAdjust", { value: fc.integer({ min: -1000, max: 1000 }) }),
  step("rlimit", { resource: fc.nat({ max: 15 }), soft: small, hard: fc.constant(Number.POSITIVE_INFINITY) }),
  step("sched", { policy: u32, priority: u32, resetOnFork: fc.boolean() }),
  step("ioprio", { value: u32 }),
  step("affinity", { cpus: numbers }),
  step("setgroups", { gids: numbers }),
  step("setgid", { gid: u32 }),
  step("setuid", { uid: u32, keepCapabilities: fc.boolean() }),
  step("chdir", { path: text }),
  step("chroot", { path: text }),
  step("noNewPrivileges"),
  step("capabilityBounding", { keep: u64 }),
  step("capabilityAmbient", { set: u64 }),
  step("secureBits", { bits: u32 }),
  step("personality", { value: u32 }),
  step("open", { register, path: text, flags: u32, mode: u32, safe: fc.boolean() }),
  step("dup", { register, fd: u32 }),
  step("dupFd", { from: u32, fd: u32 }),
  step("nonBlock", { fd: u32, on: fc.boolean() }),
  step("tty", { register, path: text, force: fc.boolean(), fail: fc.boolean() }),
  step("data", { register, data: byType.bytes }),
  step("touch", { base: text, path: text, mode: u32, usec: fc.maxSafeNat() }),
  step("makeDirectory", {
    base: text,
    path: text,
    mode: u32,
    uid: u32,
    gid: u32,
    existing: fc.constantFrom("settle", "chown", "keep"),
  }),
  step("remove", { base: text, path: text, recursive: fc.boolean() }),
  step("symlink", { base: text, path: text, target: text }),
  step("fail", { errno: u32 }),
  step("findExecutable", { path: text, search: fc.array(text, { maxLength: 3 }) }),
  step("exec", {
    path: text,
    argv: fc.array(text, { minLength: 1, maxLength: 5 }),
    search: fc.array(text, { maxLength: 3 }),
  }),
);

/** Any plan. */
export const plan: fc.Arbitrary<ExecPlan> = fc.record({
  inputs: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("log" as const), register, stream: fc.maxSafeNat(), metadata: text }),
      fc.record({ kind: fc.constant("fd" as const), register, fd: fc.maxSafeNat() }),
      fc.record({ kind: fc.constant("listener" as const), register, id: text }),
    ),
    { maxLength: 4 },
  ),
  env: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("literal" as const), text }),
      fc.record({ kind: fc.constant("pid" as const), text }),
      fc.record({ kind: fc.constant("inode" as const), text, register }),
    ),
    { maxLength: 6 },
  ),
  steps: fc.array(planStep, { maxLength: 10 }),
});

const path = text.map((name) => `/${name}`);
const option = fc.record({
  label: fc.constant("option"),
  level: u32,
  name: u32,
  value: fc.uint8Array({ maxLength: 32 }),
  otherwise: fc.boolean(),
  required: fc.boolean(),
});
const options = fc.array(option, { maxLength: 6 });

/** One Listen…= of a socket unit. Never opened: only encoded and checked. */
const socketPort: fc.Arbitrary<SocketPort> = fc.oneof(
  fc.record({
    kind: fc.constant("socket" as const),
    domain: u32,
    type: u32,
    protocol: u32,
    address: fc.uint8Array({ minLength: 2, maxLength: 128 }),
    path: fc.oneof(path, fc.constant("")),
    backlog: fc.option(u32, { nil: undefined }),
    before: options,
    after: options,
  }),
  fc.record({ kind: fc.constant("fifo" as const), path, pipeSize: u32 }),
  fc.record({ kind: fc.constant("special" as const), path, writable: fc.boolean() }),
  fc.record({ kind: fc.constant("queue" as const), path, maxMessages: small, messageSize: small }),
  fc.record({ kind: fc.constant("fail" as const), errno: small }),
);

export const socketSpec: fc.Arbitrary<SocketSpec> = fc.record({
  directoryMode: small,
  mode: small,
  owner: fc.oneof(
    fc.record({ uid: fc.option(small, { nil: undefined }), gid: fc.option(small, { nil: undefined }) }),
    fc.record({ error: small }),
  ),
  accept: fc.boolean(),
  links: fc.array(path, { maxLength: 3 }),
  replacesLinks: fc.boolean(),
  ports: fc.array(socketPort, { minLength: 1, maxLength: 5 }),
});
