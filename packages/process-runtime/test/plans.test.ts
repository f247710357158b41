/**
 * Plans as values, and what they do when the keeper performs them. What systemd 252 does with the same settings was asked in the lab
 * (`test-fixtures/lab/lab boot ref`, units with these settings, `systemctl show -p ExecMainStatus`, `journalctl -o cat`).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  bitNumbers,
  buildPlan,
  directoryTargets,
  type ExecContext,
  type NameLookup,
  type PlanRequest,
  removalPlan,
  resolveCredentials,
  streamMetadata,
  systemDirectories,
  systemNames,
} from "../src/index.ts";
import { type Bench, Keeper, openBench, scratch } from "./harness.ts";

const root = process.getuid?.() === 0;

const names: NameLookup = {
  user: (key) =>
    key === "www-data" || key === "33"
      ? { name: "www-data", uid: 33, gid: 33, home: "/var/www", shell: "/usr/sbin/nologin" }
      : undefined,
  group: (key) =>
    key === "adm" ? { name: "adm", gid: 4 } : key === "www-data" ? { name: "www-data", gid: 33 } : undefined,
  groupsOf: (name) => (name === "www-data" ? [44] : []),
};

let streams = 0;

function request(
  context: ExecContext,
  command: string | Partial<PlanRequest["command"]> = "/bin/true",
  more: Partial<PlanRequest> = {},
): PlanRequest {
  const given = typeof command === "string" ? { path: command, argv: [command] } : command;
  return {
    context,
    command: {
      path: "/bin/true",
      argv: ["/bin/true"],
      ignoreFailure: false,
      noEnvExpand: false,
      fullPrivileges: false,
      noSetuid: false,
      ...given,
    },
    credentials: resolveCredentials(context, names),
    scope: "system",
    self: { uid: 0, home: "/root", isPid1: true },
    managerVariables: new Map([["LANG", "C.UTF-8"]]),
    facts: {},
    bases: systemDirectories,
    nextStream: () => ++streams,
    metadata: () => "",
    ...more,
  };
}

const ops = (given: PlanRequest): string[] =>
  buildPlan(given).plan.steps.map((step) => `${step.op} ${step.exitStatus}`);

describe("as values", () => {
  test("an empty context", () => {
    expect(ops(request({}))).toEqual([
      "setsid 220",
      "open 208",
      "dup 208",
      "dup 209",
      "dupFd 222",
      "umask 203",
      "findExecutable 203",
      "chdir 200",
      "ignoreSignals 207",
      "exec 203",
    ]);
  });

  test("everything, in systemd's order", () => {
    const context: ExecContext = {
      user: "www-data",
      supplementaryGroups: ["adm"],
      workingDirectory: { path: "/srv", missingOk: true },
      rootDirectory: "/srv/root",
      nice: 5,
      oomScoreAdjust: -5,
      limits: { LimitNOFILE: { soft: 5, hard: Number.POSITIVE_INFINITY } },
      standardInput: { mode: "file", target: "/in" },
      standardOutput: { mode: "append", target: "/out" },
      standardError: { mode: "journal", target: "" },
      noNewPrivileges: true,
      capabilityBoundingSet: bitNumbers(1n << 10n),
      ambientCapabilities: [10],
      secureBits: 1,
      cpuSchedulingPolicy: 3,
      cpuAffinity: [0],
      ioSchedulingClass: 3,
      personality: 8,
      ignoreSigpipe: false,
      directories: {
        runtime: { paths: [{ path: "x", symlinks: ["y"] }], mode: 0o700 },
        configuration: { paths: [{ path: "c", symlinks: [] }], mode: 0o755 },
      },
    };
    expect(ops(request(context))).toEqual([
      "setsid 220",
      "open 208",
      "dup 208",
      "open 209",
      "dup 209",
      "dup 222",
      "oomScoreAdjust 206",
      "nice 201",
      "sched 214",
      "affinity 215",
      "ioprio 211",
      "personality 230",
      "makeDirectory 233",
      "symlink 233",
      "makeDirectory 241",
      "umask 203",
      "rlimit 205",
      "chroot 226",
      "setgroups 216",
      "setgid 216",
      "findExecutable 203",
      "capabilityBounding 218",
      "setuid 217",
      "capabilityAmbient 218",
      "chdir 200",
      "secureBits 213",
      "noNewPrivileges 227",
      "exec 203",
    ]);
    const { steps } = buildPlan(request(context)).plan;
    expect(steps.find((step) => step.op === "setgroups")).toMatchObject({ gids: [33, 44, 4] });
    expect(steps.find((step) => step.op === "chdir")).toMatchObject({ ignoreFailure: true });
    expect(steps.find((step) => step.op === "oomScoreAdjust")).toMatchObject({ ignoreFailure: true });
  });

  test.each([
    ["+ keeps identity and sandbox away, groups come", { fullPrivileges: true }, ["setgroups 216"]],
    ["! keeps identity away", { noSetuid: true }, ["setgroups 216", "noNewPrivileges 227"]],
  ])("%s", (_, command, wanted) => {
    const steps = ops(request({ user: "www-data", noNewPrivileges: true }, command));
    expect(steps.filter((step) => /^(set(groups|gid|uid)|noNew)/.test(step))).toEqual(wanted);
  });

  test("a user's manager takes no privileged step", () => {
    const self = { uid: 1000, home: "/home/me", isPid1: false };
    const given = request({}, "/bin/true", { scope: "user", self });
    expect(ops(given).filter((step) => /^(set(groups|gid|uid)|chroot|cap)/.test(step))).toEqual([]);
    expect(buildPlan(given).plan.steps).toContainEqual({
      op: "chdir",
      path: "/home/me",
      ignoreFailure: false,
      exitStatus: 200,
    });
  });

  test("passed descriptors begin at 3 and are named", () => {
    const passedFds = [
      { name: "web", source: { kind: "listener", id: "l" } },
      { name: "stored", source: { kind: "fd", fd: 9 }, stored: true },
    ] as const;
    const { plan } = buildPlan(request({ nonBlocking: true }, "/bin/true", { passedFds }));
    expect(plan.inputs.slice(1)).toEqual([
      { kind: "listener", id: "l", register: 16 },
      { kind: "fd", fd: 9, register: 17 },
    ]);
    expect(plan.steps.filter((step) => step.exitStatus === 202)).toMatchObject([
      { op: "dup", register: 16, fd: 3 },
      { op: "nonBlock", fd: 3, on: true },
      { op: "dup", register: 17, fd: 4 },
    ]);
    expect(plan.env).toEqual(
      expect.arrayContaining([
        { kind: "pid", text: "LISTEN_PID=" },
        { kind: "literal", text: "LISTEN_FDS=2" },
        { kind: "literal", text: "LISTEN_FDNAMES=web:stored" },
      ]),
    );
  });

  test("a process whose stream is the socket gets no other descriptors, and waits on it", () => {
    const passedFds = [{ name: "connection", source: { kind: "fd", fd: 9 } }] as const;
    const context = { standardInput: { mode: "socket", target: "" } };
    const { plan } = buildPlan(request(context, "/bin/true", { passedFds }));
    expect(plan.steps.filter((step) => step.exitStatus === 202)).toEqual([]);
    expect(plan.steps.filter((step) => step.exitStatus === 208)).toMatchObject([
      { op: "dup", register: 16, fd: 0 },
      { op: "nonBlock", fd: 0, on: false },
    ]);
    expect(plan.env.filter((entry) => entry.text.startsWith("LISTEN_"))).toEqual([]);
  });

  test("what is not applied is named", () => {
    expect(buildPlan(request({ otherSettings: ["PrivateTmp"] })).notApplied).toEqual(["PrivateTmp"]);
  });

  test("streams: who shares a descriptor with whom", () => {
    const shape = (context: ExecContext): string[] =>
      buildPlan(request(context))
        .plan.steps.filter((step) => [208, 209, 222].includes(step.exitStatus))
        .map((step) =>
          step.op === "dup"
            ? `${step.register}>${step.fd}`
            : step.op === "dupFd"
              ? `fd${step.from}>${step.fd}`
              : step.op === "open"
                ? step.path
                : step.op,
        );
    const stream = (mode: string, target = "") => ({ mode, target });
    expect(shape({ standardOutput: stream("null"), standardError: stream("null") })).toEqual([
      "/dev/null",
      "0>0",
      "/dev/null",
      "1>1",
      "fd1>2",
    ]);
    expect(shape({ standardOutput: stream("file", "/a"), standardError: stream("file", "/b") })).toEqual([
      "/dev/null",
      "0>0",
      "/a",
      "1>1",
      "/b",
      "2>2",
    ]);
    expect(shape({ standardInput: stream("file", "/a"), standardOutput: stream("file", "/a") })).toEqual([
      "/a",
      "0>0",
      "fd0>1",
      "fd1>2",
    ]);
    expect(shape({ standardInput: stream("socket") })).toEqual(["16>0", "nonBlock", "fd0>1", "fd1>2"]);
    expect(shape({ standardInputData: [1] })).toEqual(["data", "0>0", "3>1", "fd1>2"]);
    expect(shape({ standardOutput: stream("inherit"), standardError: stream("inherit") })).toEqual([
      "/dev/null",
      "0>0",
      "3>1",
      "fd1>2",
    ]);
    expect(shape({ standardError: stream("null") })).toEqual(["/dev/null", "0>0", "3>1", "/dev/null", "2>2"]);
  });

  test("what is removed at stop", () => {
    const context: ExecContext = { directories: { runtime: { paths: [{ path: "x", symlinks: ["y"] }], mode: 0o755 } } };
    expect(removalPlan(directoryTargets(context, systemDirectories, ["runtime"])).steps).toMatchObject([
      { op: "remove", base: "/run", path: "y", recursive: false },
      { op: "remove", base: "/run", path: "x", recursive: true },
    ]);
  });

  test("the metadata of a stream", () => {
    const given = { unit: "a.service", invocationId: "i", streamId: "s", identifier: "sh", console: false } as const;
    expect(
      streamMetadata({
        ...given,
        scope: "system",
        context: { syslogLevelPrefix: false, logExtraFields: ["A=1"] },
      }).split("\n"),
    ).toEqual([
      "_TRANSPORT=stdout",
      "_STREAM_ID=s",
      "SYSLOG_IDENTIFIER=sh",
      "PRIORITY=6",
      "SYSLOG_FACILITY=3",
      "_SYSTEMD_UNIT=a.service",
      "_SYSTEMD_INVOCATION_ID=i",
      "A=1",
      ".level-prefix=0",
      ".console=0",
      "",
    ]);
    expect(streamMetadata({ ...given, scope: "user", context: {} })).toContain("_SYSTEMD_USER_UNIT=a.service\n");
  });
});

describe.runIf(root)("performed, as systemd 252 does", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = openBench();
  });
  afterAll(() => bench.remove());

  async function perform(given: (out: string) => PlanRequest): Promise<{ status: number; output: string }> {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal();
    const made = given(scratch(bench, `out-${++streams}`));
    manager.client.spawn(1, "a.service", buildPlan(made).plan);
    const { status } = await manager.event("exited");
    await manager.empty("a.service", 1);
    manager.client.send({ kind: "log", entry: Buffer.from("end") });
    await journal.messages.find((message) => message.kind === "datagram");
    const output = journal.messages.all
      .map((message) => (message.kind === "streamData" ? Buffer.from(message.data).toString() : ""))
      .join("");
    return { status, output };
  }

  const file = (target: string) => ({ mode: "file", target });
  const at = (path: string) => ({ path, missingOk: false });
  test.each<[string, ExecContext, string, number]>([
    ["a missing program before a missing directory", { workingDirectory: at("/nonexist") }, "/no/such", 203],
    ["stdin before the program", { standardInput: file("/nonexist") }, "/no/such", 208],
    ["a name that is nowhere", {}, "no-such-program-here", 203],
    ["a directory is no program", {}, "/tmp", 203],
    ["an unknown user before an unknown group", { user: "nosuch", group: "nosuch" }, "/bin/true", 217],
    ["an unknown group before stdin", { group: "nosuch", standardInput: file("/nonexist") }, "/bin/true", 216],
    [
      "unknown supplementary groups before stdin",
      { supplementaryGroups: ["nosuch"], standardInput: file("/nonexist") },
      "/bin/true",
      216,
    ],
    ["a number that is no user", { user: "4711" }, "/bin/true", 217],
    ["a number that is no group", { group: "4711" }, "/bin/true", 216],
    [
      "stdin before the directory",
      { standardInput: file("/nonexist"), workingDirectory: at("/nonexist") },
      "/bin/true",
      208,
    ],
    ["stdout", { standardOutput: file("/nonexist/x"), workingDirectory: at("/nonexist") }, "/bin/true", 209],
    ["stderr", { standardError: file("/nonexist/x") }, "/bin/true", 222],
    [
      "a terminal that is none",
      { standardInput: { mode: "tty", target: "" }, ttyPath: "/dev/nonexistent" },
      "/bin/true",
      208,
    ],
    ["a missing root", { rootDirectory: "/nonexist" }, "/no/such", 226],
    ["a directory", { workingDirectory: at("/nonexist") }, "/bin/true", 200],
    ["a home that nobody has", { user: "nobody", workingDirectory: at("~") }, "/bin/true", 200],
    ["a directory that may be missing", { workingDirectory: { path: "/nonexist", missingOk: true } }, "/bin/true", 0],
    [
      "a limit above what is allowed",
      { limits: { LimitNOFILE: { soft: 100_000, hard: 2_000_000_000 } } },
      "/bin/true",
      0,
    ],
  ])("%s", async (_, context, program, status) => {
    expect(
      (await perform(() => request(context, program, { credentials: resolveCredentials(context, systemNames()) })))
        .status,
    ).toBe(status);
  });

  test("with `-`, a program that is missing is passed over", async () => {
    const command = { path: "/no/such", argv: ["/no/such"], ignoreFailure: true };
    expect((await perform(() => request({}, command))).status).toBe(0);
  });

  test("identity, streams, signals as a service sees them", async () => {
    const script =
      "env | cut -d= -f1 | sort | tr '\\n' ' '; id -u; id -g; id -G; pwd; umask; grep -E '^Sig[IB]' /proc/self/status; readlink /proc/self/fd/0";
    const context: ExecContext = { user: "daemon", group: "nogroup", supplementaryGroups: ["adm"] };
    const { output } = await perform(() =>
      request(
        context,
        { path: "/bin/sh", argv: ["/bin/sh", "-c", script] },
        { credentials: resolveCredentials(context, systemNames()), facts: { invocationId: "1" } },
      ),
    );
    expect(output.split("\n")).toEqual([
      "HOME INVOCATION_ID JOURNAL_STREAM LANG LOGNAME PATH PWD SYSTEMD_EXEC_PID USER 1",
      "65534",
      "65534 4",
      "/",
      "0022",
      "SigBlk:\t0000000000000000",
      "SigIgn:\t0000000000001000",
      "/dev/null",
      "",
    ]);
  });

  test("capabilities of a user's process", async () => {
    const context: ExecContext = {
      user: "www-data",
      capabilityBoundingSet: [10, 5],
      ambientCapabilities: [10],
      noNewPrivileges: true,
    };
    const { output } = await perform(() =>
      request(
        context,
        { path: "/bin/grep", argv: ["grep", "-E", "Cap|NoNew", "/proc/self/status"] },
        { credentials: resolveCredentials(context, systemNames()) },
      ),
    );
    expect(output.replace(/:\t0*/g, ":").split("\n")).toEqual([
      "CapInh:400",
      "CapPrm:400",
      "CapEff:400",
      "CapBnd:420",
      "CapAmb:400",
      "NoNewPrivs:1",
      "",
    ]);
  });

  test("directories belong to the user; configuration that is there is left alone", async () => {
    const { statSync, mkdirSync } = await import("node:fs");
    let base = "";
    const paths = (...list: string[]) => list.map((path) => ({ path, symlinks: [] }));
    const context: ExecContext = {
      user: "www-data",
      directories: {
        runtime: { paths: paths("xx", "yy/zz"), mode: 0o755 },
        state: { paths: paths("ss"), mode: 0o700 },
        configuration: { paths: paths("old", "new"), mode: 0o700 },
      },
    };
    const { output } = await perform((out) => {
      base = out;
      mkdirSync(join(base, "etc/old"), { recursive: true, mode: 0o755 });
      const bases = {
        ...systemDirectories,
        runtime: join(base, "run"),
        state: join(base, "var/lib"),
        configuration: join(base, "etc"),
      };
      return request(
        context,
        { path: "/bin/sh", argv: ["sh", "-c", 'echo "$RUNTIME_DIRECTORY $STATE_DIRECTORY"'] },
        { bases, credentials: resolveCredentials(context, systemNames()) },
      );
    });
    expect(output).toBe(`${base}/run/xx:${base}/run/yy/zz ${base}/var/lib/ss\n`);
    const look = (path: string): string => {
      const { uid, mode } = statSync(join(base, path));
      return `${uid} ${(mode & 0o777).toString(8)}`;
    };
    expect(["run/xx", "run/yy", "run/yy/zz", "var/lib/ss", "etc/old", "etc/new"].map(look)).toEqual([
      "33 755",
      "0 755",
      "33 755",
      "33 700",
      "0 755",
      "33 700",
    ]);
  });

  test("stdin and stdout are one file, data are read to their end", async () => {
    const one = join(scratch(bench, "one-file"), "f");
    const { writeFileSync } = await import("node:fs");
    writeFileSync(one, "in");
    await perform(() =>
      request(
        { standardInput: file(one), standardOutput: file(one) },
        { path: "/bin/sh", argv: ["sh", "-c", "echo x"] },
      ),
    );
    expect(readFileSync(one, "utf8")).toBe("x\n");
    const data = await perform(() =>
      request({ standardInputData: [...Buffer.from("hello\n")] }, { path: "/bin/cat", argv: ["cat"] }),
    );
    expect(data.output).toBe("hello\n");
  });
});
