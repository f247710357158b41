import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { groupMode, tokenState } from "../src/index.ts";
import {
  type Bench,
  canUnshare,
  isAlive,
  Keeper,
  type Manager,
  type Mode,
  openBench,
  run,
  scratch,
  where,
} from "./harness.ts";

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.remove());

const root = process.getuid?.() === 0;
/** A writable place in the cgroup v2 hierarchy, unified or hybrid. */
const cgroupRoot = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find(
  (path) => root && existsSync(`${path}/cgroup.procs`),
);

async function start(
  options: { mode?: Mode; journal?: boolean; old?: boolean } = {},
): Promise<{ keeper: Keeper; manager: Manager }> {
  const keeper = Keeper.start(bench, options);
  onTestFinished(() => keeper.stop());
  const manager = await keeper.manager();
  return { keeper, manager };
}

/** What the keeper or its guardian removes at the same time is gone already. */
function unlessGone(work: () => void): void {
  try {
    work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ENODEV")
      throw error;
  }
}

function removeCgroups(directory: string): void {
  unlessGone(() => {
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) removeCgroups(join(directory, entry.name));
    rmdirSync(directory);
  });
}

let groups = 0;
/** A cgroup directory of this test's own, for keepers that use it. */
function cgroupBase(): string {
  const base = `${cgroupRoot}/steward-test-${process.pid}-${++groups}`;
  mkdirSync(base);
  onTestFinished(() => {
    unlessGone(() => {
      writeFileSync(`${base}/cgroup.kill`, "1");
      while (!readFileSync(`${base}/cgroup.events`, "utf8").includes("populated 0"));
    });
    removeCgroups(base);
  });
  return base;
}

describe("one process", () => {
  test("spawned, exec ok, exited as the last of its group, in this order", async () => {
    const { manager } = await start();
    manager.client.spawn(1, "a.service", run(["/bin/sh", "-c", "exit 7"]));
    expect(await manager.event("exited")).toMatchObject({ token: 1, code: 1, status: 7, lastOfGroup: true });
    expect(manager.events.all.map((event) => event.kind)).toEqual(["spawned", "execOk", "exited"]);
    const sequence = manager.events.all.map((event) => event.seq);
    expect(sequence).toEqual([1, 2, 3]);
  });

  test("a signal reaches it and is told", async () => {
    const { manager } = await start();
    manager.client.spawn(1, "a.service", run(["/bin/sleep", "1000"]));
    await manager.event("execOk");
    manager.client.send({ kind: "signal", token: 1, signo: 15, hasValue: false, value: 0 });
    expect(await manager.event("exited")).toMatchObject({ code: 2, status: 15 });
  });

  test("a missing program is 203 with its errno", async () => {
    const { manager } = await start();
    manager.client.spawn(1, "a.service", run(["/no/such/program"]));
    expect(await manager.event("execFailed")).toMatchObject({ status: 203, errno: 2, step: 0 });
    expect(await manager.event("exited")).toMatchObject({ code: 1, status: 203 });
    expect(manager.events.all.some((event) => event.kind === "execOk")).toBe(false);
  });

  test("a step may fail without consequence, and that is told", async () => {
    const { manager } = await start();
    const steps = [{ op: "chdir", path: "/no/such/place", ignoreFailure: true, exitStatus: 200 }] as const;
    manager.client.spawn(1, "a.service", run(["/bin/true"], { steps: [...steps] }));
    expect(await manager.event("stepIgnored")).toMatchObject({ status: 200, errno: 2, step: 0 });
    expect(await manager.event("exited")).toMatchObject({ status: 0 });
  });

  test("a plan without exec ends with 0", async () => {
    const { manager } = await start();
    manager.client.spawn(1, "a.service", { inputs: [], env: [], steps: [{ op: "setsid", exitStatus: 220 }] });
    await manager.event("execOk");
    expect(await manager.event("exited")).toMatchObject({ code: 1, status: 0 });
  });

  test("a malformed plan is refused without a process", async () => {
    const { manager } = await start();
    manager.client.send({ kind: "spawn", token: 1, group: "a.service", plan: Buffer.from([1, 2, 3]) });
    expect(await manager.event("execFailed")).toMatchObject({ errno: 71, step: 0xffff_ffff, status: 255 });
    expect(await manager.event("exited")).toMatchObject({ pid: 0, code: 1, status: 255 });
  });

  test("a token spawns once, a command number counts once", async () => {
    const { manager } = await start();
    manager.client.spawn(1, "a.service", run(["/bin/sleep", "1000"]));
    manager.client.spawn(1, "a.service", run(["/bin/sleep", "1000"]));
    manager.client.spawn(2, "a.service", run(["/bin/true"]), 1); // a number that was executed
    manager.client.spawn(3, "a.service", run(["/bin/true"]));
    await manager.event("exited", { token: 3 });
    expect(
      manager.events.all
        .filter((event) => event.kind === "spawned")
        .map((event) => event.kind === "spawned" && event.token),
    ).toEqual([1, 3]);
  });

  test("files, environment, identity as the steps say", async () => {
    const { manager } = await start();
    const directory = scratch(bench, "steps");
    const out = join(directory, "out");
    manager.client.spawn(1, "a.service", {
      inputs: [],
      env: [
        { kind: "literal", text: "A=1" },
        { kind: "pid", text: "SYSTEMD_EXEC_PID=" },
      ],
      steps: [
        { op: "setsid", exitStatus: 220 },
        { op: "open", register: 0, path: out, flags: 0o1101, mode: 0o640, exitStatus: 209 },
        { op: "dup", register: 0, fd: 1, exitStatus: 209 },
        { op: "data", register: 1, data: Buffer.from("given\n"), exitStatus: 208 },
        { op: "dup", register: 1, fd: 0, exitStatus: 208 },
        { op: "umask", mask: 0o027, exitStatus: 203 },
        { op: "rlimit", resource: 7, soft: 77, hard: 99, exitStatus: 205 },
        {
          op: "makeDirectory",
          base: directory,
          path: "deep/er",
          mode: 0o711,
          uid: 0xffff_ffff,
          gid: 0xffff_ffff,
          exitStatus: 233,
        },
        { op: "symlink", base: directory, path: "link", target: "deep", exitStatus: 233 },
        { op: "chdir", path: directory, exitStatus: 200 },
        { op: "noNewPrivileges", exitStatus: 227 },
        { op: "ignoreSignals", signals: [13], exitStatus: 207 },
        {
          op: "exec",
          path: "sh",
          search: ["/no/such", "/bin"],
          argv: [
            "sh",
            "-c",
            'cat; pwd; umask; ulimit -n; ulimit -Hn; echo "$A $$ $SYSTEMD_EXEC_PID"; grep NoNewPrivs /proc/self/status; ps -o sess= -p $$; env | wc -l',
          ],
          exitStatus: 203,
        },
      ],
    });
    const { pid } = await manager.event("spawned");
    expect(await manager.event("exited")).toMatchObject({ status: 0 });
    const lines = readFileSync(out, "utf8").split("\n");
    expect(lines.slice(0, 7)).toEqual(["given", directory, "0027", "77", "99", `1 ${pid} ${pid}`, "NoNewPrivs:\t1"]);
    expect(statSync(out).mode & 0o777).toBe(0o640);
    expect(statSync(join(directory, "deep/er")).mode & 0o777).toBe(0o711);
    expect(existsSync(join(directory, "link/er"))).toBe(true);
  });

  test("no descriptor of the keeper's leaks into a process", async () => {
    const { manager } = await start({ journal: true });
    const out = join(scratch(bench, "leak"), "out");
    manager.client.spawn(
      1,
      "a.service",
      run(["/bin/ls", "/proc/self/fd"], {
        log: 1,
        steps: [
          { op: "open", register: 0, path: out, flags: 0o1101, mode: 0o644, exitStatus: 209 },
          { op: "dup", register: 0, fd: 1, exitStatus: 209 },
        ],
      }),
    );
    await manager.event("exited");
    expect(readFileSync(out, "utf8").trim().split("\n")).toEqual(["0", "1", "2", "3"]); // 3: the directory that ls reads
  });

  where(root, "root")("changes user and groups, and keeps ambient capabilities", async () => {
    const { manager } = await start();
    const out = join(scratch(bench, "identity"), "out");
    manager.client.spawn(1, "a.service", {
      inputs: [],
      env: [{ kind: "literal", text: "PATH=/bin:/usr/bin" }],
      steps: [
        { op: "open", register: 0, path: out, flags: 0o1101, mode: 0o644, exitStatus: 209 },
        { op: "dup", register: 0, fd: 1, exitStatus: 209 },
        { op: "setgroups", gids: [33, 44], exitStatus: 216 },
        { op: "setgid", gid: 33, exitStatus: 216 },
        { op: "capabilityBounding", keep: (1n << 10n) | (1n << 5n), exitStatus: 218 },
        { op: "setuid", uid: 12345, keepCapabilities: true, exitStatus: 217 },
        { op: "capabilityAmbient", set: 1n << 10n, exitStatus: 218 },
        {
          op: "exec",
          path: "/bin/sh",
          argv: ["sh", "-c", "id -u; id -g; id -G; grep -E 'Cap(Bnd|Amb|Eff)' /proc/self/status"],
          exitStatus: 203,
        },
      ],
    });
    expect(await manager.event("exited")).toMatchObject({ status: 0 });
    expect(readFileSync(out, "utf8").split("\n")).toEqual([
      "12345",
      "33",
      "33 44",
      "CapEff:\t0000000000000400",
      "CapBnd:\t0000000000000420",
      "CapAmb:\t0000000000000400",
      "",
    ]);
  });

  where(root, "root")("a privileged step follows no link that a user made", async () => {
    const { manager } = await start();
    const directory = scratch(bench, "links");
    const { chownSync, symlinkSync, lchownSync } = await import("node:fs");
    mkdirSync(join(directory, "theirs"));
    writeFileSync(join(directory, "victim"), "");
    symlinkSync(directory, join(directory, "theirs", "out"));
    lchownSync(join(directory, "theirs", "out"), 12345, 12345);
    chownSync(join(directory, "theirs"), 12345, 12345);
    const make = {
      op: "makeDirectory",
      base: directory,
      path: "theirs/out/new",
      mode: 0o755,
      uid: 12345,
      gid: 12345,
      exitStatus: 233,
    } as const;
    const remove = {
      op: "remove",
      base: directory,
      path: "theirs/out/victim",
      recursive: true,
      exitStatus: 1,
    } as const;
    const up = {
      op: "makeDirectory",
      base: directory,
      path: "theirs/../new",
      mode: 0o755,
      uid: 1,
      gid: 1,
      exitStatus: 233,
    } as const;
    manager.client.spawn(1, "a", { inputs: [], env: [], steps: [make] });
    manager.client.spawn(2, "a", { inputs: [], env: [], steps: [remove] });
    manager.client.spawn(3, "a", { inputs: [], env: [], steps: [up] });
    expect(await manager.event("exited", { token: 1 })).toMatchObject({ status: 233 });
    expect(await manager.event("exited", { token: 2 })).toMatchObject({ status: 1 });
    expect(await manager.event("exited", { token: 3 })).toMatchObject({ status: 233 });
    expect(existsSync(join(directory, "new"))).toBe(false);
    expect(existsSync(join(directory, "victim"))).toBe(true);
  });
});

describe.each([
  ["by reaper", {}, false],
  ["by reaper, as an ordinary user", { mode: "nobody" }, false],
  ["by reaper, as PID 1", { mode: "pid1" }, false],
  ["by reaper, as PID 1 with a container's capabilities", { mode: "container" }, false],
  ["by cgroup", {}, true],
  ["by reaper, on an old kernel", { old: true }, false],
  ["by cgroup, on an old kernel", { old: true }, true],
] as const)("a group %s", (_, options, cgroup) => {
  const needed = cgroup ? "root and a writable cgroup v2 tree" : "root";
  const possible = cgroup
    ? cgroupRoot !== undefined
    : "mode" in options
      ? options.mode !== "nobody"
        ? canUnshare
        : root
      : true;

  async function begin(): Promise<Manager> {
    const base = cgroup ? cgroupBase() : undefined;
    const { keeper, manager } = await start(options);
    onTestFinished(() => keeper.stop());
    if (base !== undefined) {
      manager.client.send({ kind: "groupMode", cgroupBase: base });
      manager.client.send({ kind: "groupCreate", group: "a.service", path: "test.slice/a.service" });
      expect(await manager.event("groupCreated")).toMatchObject({ errno: 0 });
    }
    return manager;
  }

  /** Spawns what wants to get away, and waits until it says that it has. */
  async function escapees(manager: Manager, mode: string): Promise<void> {
    const log = join(scratch(bench, `escape-${++groups}`), "out");
    manager.client.spawn(
      1,
      "a.service",
      run([bench.program("escape"), mode, "leave"], {
        steps: [
          { op: "open", register: 0, path: log, flags: 0o2101, mode: 0o644, exitStatus: 209 },
          { op: "dup", register: 0, fd: 1, exitStatus: 209 },
        ],
      }),
    );
    await manager.event("execOk");
    if (mode !== "bomb") await manager.event("exited");
    // Asked of another process of the same group, so that no clock of ours is in it.
    const wanted = mode === "bomb" ? 128 : 1;
    const wait = `until [ "$(wc -l < ${log})" -ge ${wanted} ]; do sleep 0.01; done`;
    manager.client.spawn(2, "waiter", run(["/bin/sh", "-c", wait]));
    await manager.event("exited", { token: 2 });
  }

  for (const mode of ["fork", "breed", "swarm", "bomb"])
    where(possible, needed)(`ends whole when it is killed: ${mode}`, async () => {
      const manager = await begin();
      await escapees(manager, mode);
      manager.client.spawn(3, "b.service", run(["/bin/sleep", "1000"]));
      await manager.event("execOk", { token: 3 });
      expect(manager.events.all.some((event) => event.kind === "groupEmpty" && event.group === "a.service")).toBe(
        false,
      );
      manager.client.send({ kind: "groupSignal", group: "a.service", signo: 9, exceptTokens: [] });
      await manager.empty("a.service", 1);
      // Nothing of another's: b still lives and hears.
      manager.client.send({ kind: "signal", token: 3, signo: 15, hasValue: false, value: 0 });
      expect(await manager.event("exited", { token: 3 })).toMatchObject({ code: 2, status: 15 });
      manager.client.send({ kind: "groupSignal", group: "waiter", signo: 9, exceptTokens: [] });
      for (const token of [1, 2, 3]) manager.client.send({ kind: "release", token });
      for (const group of ["a.service", "b.service", "waiter"]) manager.client.send({ kind: "groupRemove", group });
      manager.client.send({ kind: "lock", path: join(bench.directory, `done-${++groups}`) });
      await manager.event("locked");
      manager.client.send({ kind: "exit", status: 0 });
    });

  where(possible, needed)("says with an end whether it was the last", async () => {
    const manager = await begin();
    manager.client.spawn(3, "a.service", run(["/bin/true"]));
    expect(await manager.event("exited", { token: 3 })).toMatchObject({ lastOfGroup: true });
    await escapees(manager, "fork");
    expect(await manager.event("exited", { token: 1 })).toMatchObject({ lastOfGroup: false });
    manager.client.send({ kind: "exit", status: 0 });
  });

  where(possible, needed)("hears a signal, but for the tokens spared", async () => {
    const manager = await begin();
    manager.client.spawn(1, "a.service", run(["/bin/sleep", "1000"]));
    manager.client.spawn(2, "a.service", run(["/bin/sh", "-c", "sleep 1000 & wait"]));
    await manager.event("execOk", { token: 1 });
    await manager.event("execOk", { token: 2 });
    manager.client.send({ kind: "groupSignal", group: "a.service", signo: 15, exceptTokens: [1] });
    expect(await manager.event("exited", { token: 2 })).toMatchObject({ code: 2, status: 15 });
    manager.client.send({ kind: "groupSignal", group: "a.service", signo: 15, exceptTokens: [] });
    await manager.event("exited", { token: 1 });
    manager.client.send({ kind: "groupSignal", group: "a.service", signo: 9, exceptTokens: [] });
    await manager.empty("a.service", 1, 2);
    manager.client.send({ kind: "exit", status: 0 });
  });

  where(possible, needed)("adopts a daemon that forked, and tells its status", async () => {
    const manager = await begin();
    const file = join(scratch(bench, `adopt-${++groups}`), "pid");
    const daemon = `(setsid sh -c 'echo $$ > ${file}.new; mv ${file}.new ${file}; read line < ${file}.fifo; exit 5' </dev/null &)`;
    manager.client.spawn(
      1,
      "a.service",
      run(["/bin/sh", "-c", `mkfifo ${file}.fifo; ${daemon}; until [ -e ${file} ]; do sleep 0.01; done`]),
    );
    await manager.event("exited", { token: 1 });
    const pid = Number(readFileSync(file, "utf8"));
    manager.client.send({ kind: "adopt", token: 2, group: "a.service", pid, force: false });
    expect(await manager.event("adopted")).toMatchObject({ token: 2, pid, errno: 0 });
    manager.client.spawn(3, "b.service", run(["/bin/sh", "-c", `echo > ${file}.fifo`]));
    expect(await manager.event("exited", { token: 2 })).toMatchObject({ pid, code: 1, status: 5 });
    await manager.empty("a.service", 1, 2);
    manager.client.send({ kind: "adopt", token: 4, group: "a.service", pid: 1, force: false });
    expect(await manager.events.find((event) => event.kind === "adopted" && event.token === 4)).toMatchObject({
      errno: 1,
    });
    manager.client.send({ kind: "exit", status: 0 });
  });
});

describe("processes of others", () => {
  /** A process that is no child of the keeper, with what names it. */
  function foreign(script: string): {
    readonly pid: number;
    readonly startTicks: number;
    readonly child: ChildProcess;
  } {
    const child = spawn("/bin/sh", ["-c", `${script}`], { stdio: ["pipe", "pipe", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const pid = child.pid as number;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const startTicks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    return { pid, startTicks, child };
  }
  const line = (child: ChildProcess): Promise<string> =>
    new Promise((resolve) => child.stdout?.once("data", (bytes) => resolve(String(bytes).trim())));

  test("are held by pidfd where there are no cgroups, and ended with their descendants", async () => {
    const { manager } = await start();
    const { pid, startTicks, child } = foreign("sleep 1000 & echo $!; wait");
    const grandchild = Number(await line(child));
    manager.client.send({ kind: "attach", token: 1, group: "a.scope", pid, startTicks });
    expect(await manager.event("adopted")).toMatchObject({ token: 1, pid, errno: 0 });
    manager.client.send({ kind: "groupSignal", group: "a.scope", signo: 15, exceptTokens: [] });
    // Whichever of the two ends last says so.
    await manager.empty("a.scope", 1);
    expect(isAlive(grandchild)).toBe(false);
  });

  test("a descendant that was seen is waited for, also when its parent ends first", async () => {
    const { manager } = await start();
    const { pid, startTicks, child } = foreign("(trap '' TERM; echo ready; exec sleep 1000) & wait");
    await line(child);
    manager.client.send({ kind: "attach", token: 1, group: "a.scope", pid, startTicks });
    await manager.event("adopted");
    manager.client.send({ kind: "groupSignal", group: "a.scope", signo: 15, exceptTokens: [] });
    await manager.event("exited", { token: 1 });
    expect(manager.events.all.some((event) => event.kind === "groupEmpty")).toBe(false);
    manager.client.send({ kind: "groupSignal", group: "a.scope", signo: 9, exceptTokens: [] });
    await manager.event("groupEmpty", { group: "a.scope" });
  });

  test("a number that another process has by now is not taken, nor is the keeper", async () => {
    const { manager } = await start();
    const { keeperPid } = manager.client.recovery.hello;
    const { pid, startTicks } = foreign("exec sleep 1000");
    manager.client.send({ kind: "attach", token: 1, group: "a.scope", pid, startTicks: startTicks + 1 });
    expect(await manager.event("adopted")).toMatchObject({ token: 1, errno: 3 });
    const stat = readFileSync(`/proc/${keeperPid}/stat`, "utf8");
    const began = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    manager.client.send({ kind: "attach", token: 2, group: "a.scope", pid: keeperPid, startTicks: began });
    expect(await manager.events.find((event) => event.kind === "adopted" && event.token === 2)).toMatchObject({
      errno: 1,
    });
  });

  where(cgroupRoot !== undefined, "needs root and a cgroup v2 hierarchy")("move into the unit's cgroup", async () => {
    const base = cgroupBase();
    const { manager } = await start();
    manager.client.send({ kind: "groupMode", cgroupBase: base });
    manager.client.send({ kind: "groupCreate", group: "a.scope", path: "system.slice/a.scope" });
    const { pid, startTicks } = foreign("exec sleep 1000");
    manager.client.send({ kind: "attach", token: 1, group: "a.scope", pid, startTicks });
    expect(await manager.event("adopted")).toMatchObject({ token: 1, errno: 0 });
    expect(readFileSync(`${base}/system.slice/a.scope/cgroup.procs`, "utf8").trim()).toBe(String(pid));
    manager.client.send({ kind: "groupSignal", group: "a.scope", signo: 9, exceptTokens: [] });
    await manager.empty("a.scope", 1);
  });
});

describe("the keeper's own life", () => {
  test("a new manager finds what is there", async () => {
    const { keeper, manager } = await start();
    manager.client.spawn(1, "a.service", run(["/bin/sleep", "1000"]));
    manager.client.spawn(2, "b.service", run(["/bin/sh", "-c", "exit 3"]));
    const { pid } = await manager.event("spawned", { token: 1 });
    await manager.event("execOk", { token: 1 });
    await manager.empty("b.service", 2);
    manager.kill();
    const next = await keeper.manager();
    const { hello, tokens, groups: rows } = next.client.recovery;
    expect(hello).toMatchObject({ generation: 2, lastCommand: 2, oldestSeq: 1 });
    expect(tokens.find((row) => row.token === 1)).toMatchObject({
      pid,
      state: tokenState.alive,
      exec: 1,
      group: "a.service",
    });
    expect(tokens.find((row) => row.token === 2)).toMatchObject({ state: tokenState.exited, code: 1, status: 3 });
    expect(rows.find((row) => row.group === "a.service")).toMatchObject({ mode: groupMode.reaper, empty: false });
    const again = manager.events.all.map((event) => event.seq);
    await next.events.find((event) => event.seq === again.at(-1));
    expect(next.events.all).toEqual(manager.events.all);
    expect(isAlive(pid)).toBe(true);
  });

  test("reapers and children before execve do not look like the keeper", async () => {
    const { manager } = await start();
    manager.client.spawn(
      1,
      "a.service",
      run(["/bin/sh", "-c", "cat /proc/$PPID/cmdline /proc/$PPID/comm > $OUT"], {
        env: [`OUT=${bench.directory}/title`],
      }),
    );
    await manager.event("exited");
    expect(readFileSync(`${bench.directory}/title`, "utf8").replace(/\0+/, "|")).toBe(
      "steward-reaper a.service|steward-reaper\n",
    );
  });

  test("a manager that breaks the protocol is replaced, services stay", async () => {
    const { keeper, manager } = await start();
    manager.client.spawn(1, "a.service", run(["/bin/sleep", "1000"]));
    const { pid } = await manager.event("spawned");
    manager.socket.write(Buffer.from([255, 255, 255, 255, 1]));
    const next = await keeper.manager();
    expect(next.client.recovery.tokens).toHaveLength(1);
    expect(isAlive(pid)).toBe(true);
  });

  test.each([
    ["cannot be executed", ["/no/such/manager"], 127],
    ["ends at once, again and again", ["/bin/sh", "-c", "exit 5"], 5],
  ])("a manager that %s ends the keeper with its status", async (_, command, status) => {
    const { spawn } = await import("node:child_process");
    const child = spawn(bench.keeper, ["--manager", ...command, "--end"], { stdio: "ignore" });
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(status);
  });

  test.each([[[]], [["--manager"]], [["--manager", "--end"]], [["--what"]]])("is not started by %j", async (args) => {
    const { spawn } = await import("node:child_process");
    const child = spawn(bench.keeper, args, { stdio: "ignore" });
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(2);
  });

  test("exit gives its status and leaves nothing", async () => {
    const { keeper, manager } = await start();
    manager.client.spawn(1, "a.service", run([bench.program("escape"), "fork"]));
    const { pid } = await manager.event("spawned");
    await manager.event("execOk");
    manager.client.send({ kind: "exit", status: 42 });
    expect(await keeper.exited).toBe(42);
    expect(isAlive(pid)).toBe(false);
  });

  test("when the keeper is killed, reapers end their units", async () => {
    const { keeper, manager } = await start();
    // The pipe's end is held by the service alone: it closes when the last process of it is gone.
    const fifo = join(scratch(bench, "orphaned"), "fifo");
    const { execFileSync, spawn } = await import("node:child_process");
    execFileSync("mkfifo", [fifo]);
    const reader = spawn("cat", [fifo], { stdio: ["ignore", "pipe", "inherit"] });
    manager.client.spawn(1, "a.service", run(["/bin/sh", "-c", `exec > ${fifo}; echo started; sleep 1000 & wait`]));
    await new Promise<void>((resolve) => reader.stdout.once("data", () => resolve()));
    keeper.child.kill("SIGKILL");
    await new Promise<void>((resolve) => reader.once("close", () => resolve()));
    expect(await keeper.exited).toBe("SIGKILL");
  });

  where(cgroupRoot !== undefined, "root and a writable cgroup v2 tree")(
    "when it is killed, its guardian ends units in cgroups",
    async () => {
      const base = cgroupBase();
      const { keeper, manager } = await start();
      manager.client.send({ kind: "groupMode", cgroupBase: base });
      manager.client.send({ kind: "groupCreate", group: "a.service", path: "system.slice/a.service" });
      const fifo = join(scratch(bench, "guarded"), "fifo");
      const { execFileSync, spawn } = await import("node:child_process");
      execFileSync("mkfifo", [fifo]);
      const reader = spawn("cat", [fifo], { stdio: ["ignore", "pipe", "inherit"] });
      manager.client.spawn(
        1,
        "a.service",
        run(["/bin/sh", "-c", `exec > ${fifo}; echo started; setsid sleep 1000 & wait`]),
      );
      await new Promise<void>((resolve) => reader.stdout.once("data", () => resolve()));
      keeper.child.kill("SIGKILL");
      await new Promise<void>((resolve) => reader.once("close", () => resolve()));
    },
  );

  test("a second keeper learns who holds the lock", async () => {
    const path = join(bench.directory, "lock");
    const first = await start();
    const second = await start();
    first.manager.client.send({ kind: "lock", path });
    expect(await first.manager.event("locked")).toMatchObject({ ok: true });
    second.manager.client.send({ kind: "lock", path });
    const { keeperPid } = first.manager.client.recovery.hello;
    expect(await second.manager.event("locked")).toMatchObject({ ok: false, holderPid: keeperPid });
  });

  test("signals are told with their sender", async () => {
    const { keeper, manager } = await start();
    keeper.child.kill("SIGHUP");
    expect(await manager.event("signalled")).toMatchObject({ signo: 1, pid: process.pid });
  });

  test("a path that changes is told once", async () => {
    const { manager } = await start();
    const directory = scratch(bench, "watch");
    manager.client.send({ kind: "watchPath", id: "w", path: directory, mask: 0x380 });
    manager.client.send({ kind: "watchPath", id: "missing", path: join(directory, "not-here"), mask: 0x380 });
    expect(await manager.event("pathChanged")).toMatchObject({ id: "missing", errno: 2 });
    writeFileSync(join(directory, "a"), "");
    writeFileSync(join(directory, "b"), "");
    await manager.events.find((event) => event.kind === "pathChanged" && event.id === "w");
    manager.client.send({ kind: "lock", path: join(directory, "c") });
    await manager.event("locked");
    expect(manager.events.all.filter((event) => event.kind === "pathChanged" && event.id === "w")).toHaveLength(1);
  });

  where(canUnshare, "root and unshare")("as PID 1 it reaps what is nobody's and ends the rest", async () => {
    const { keeper, manager } = await start({ mode: "pid1" });
    expect(manager.client.recovery.hello).toMatchObject({ isPid1: true, keeperPid: 1 });
    manager.client.spawn(1, "a.service", run([bench.program("escape"), "bomb"]));
    await manager.event("execOk");
    manager.client.send({ kind: "exit", status: 3 });
    expect(await keeper.exited).toBe(3);
  });
});
