import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { cgroup2Mounts, ownCgroupDirectory } from "../src/cgroup.ts";
import { listProcesses, measure, systemNames, unitCgroupPath } from "../src/index.ts";

describe("cgroups", () => {
  const unified = "29 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw";
  const hybrid =
    "30 29 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n31 29 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw";
  const container = "29 22 0:26 /docker/abc /sys/fs/cgroup\\040x rw - cgroup2 cgroup2 rw";
  test.each([
    [unified, "0::/system.slice/x.service\n", "/sys/fs/cgroup/system.slice/x.service"],
    [unified, "0::/\n", "/sys/fs/cgroup"],
    [hybrid, "4:cpu:/a\n0::/b\n", "/sys/fs/cgroup/unified/b"],
    [container, "0::/docker/abc/in\n", "/sys/fs/cgroup x/in"],
    [container, "0::/elsewhere\n", undefined],
    [container, "0::/../other\n", undefined],
    ["", "0::/\n", undefined],
    [unified, "1:name=systemd:/\n", undefined],
  ])("where this process is: %s %s", (mounts, cgroups, wanted) => {
    expect(ownCgroupDirectory(mounts, cgroups)).toBe(wanted);
  });
  test("v1 is not v2", () => expect(cgroup2Mounts(hybrid)).toHaveLength(1));

  test.each([
    ["a.service", "system.slice", "system.slice/a.service"],
    ["a.service", "system-foo-bar.slice", "system.slice/system-foo.slice/system-foo-bar.slice/a.service"],
    ["init.scope", "-.slice", "init.scope"],
    ["_x.service", undefined, "__x.service"],
    ["cpu.service", undefined, "_cpu.service"],
  ])("the path of %s in %s", (unit, slice, path) => {
    expect(unitCgroupPath(unit, slice)).toBe(path);
  });
});

describe("names", () => {
  test("from files, read again when they change", () => {
    const etc = mkdtempSync(join(tmpdir(), "steward-etc-"));
    onTestFinished(() => rmSync(etc, { recursive: true }));
    writeFileSync(join(etc, "passwd"), "me:x:4001:4002:Me,,:/home/me:/bin/sh\nbroken\n:x:1:1::/:\n");
    writeFileSync(join(etc, "group"), "mine:x:4002:\nours:x:4003:you,me\n");
    const names = systemNames(etc);
    const me = { name: "me", uid: 4001, gid: 4002, home: "/home/me", shell: "/bin/sh" };
    expect(names.user("me")).toEqual(me);
    expect(names.user("4001")).toEqual(me);
    expect(names.group("ours")).toMatchObject({ gid: 4003 });
    expect(names.groupsOf("me")).toEqual([4003]);
    expect(names.user("no-such-user-anywhere")).toBeUndefined();
    writeFileSync(join(etc, "passwd"), "you:x:5001:5001::/:/bin/sh\n");
    expect(names.user("you")).toMatchObject({ uid: 5001 });
  });
});

describe("accounting", () => {
  test("by descent: the processes, their command lines, what they use", async () => {
    const shell = spawn("/bin/sh", ["-c", 'sleep 1000 & sleep 1001 & echo "$!"; wait'], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => {
      for (const { pid } of listProcesses({ kind: "reaper", pid: shell.pid as number })) process.kill(pid, "SIGKILL");
      shell.kill("SIGKILL");
    });
    await new Promise((resolve) => shell.stdout.once("data", resolve));
    const source = { kind: "reaper", pid: shell.pid as number } as const;
    // A child shows its own command line only after its execve.
    let lines: string[] = [];
    while (!lines.every((line) => line.startsWith("sleep")) || lines.length < 2) {
      lines = listProcesses(source).map((one) => one.commandLine);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(lines.sort()).toEqual(["sleep 1000", "sleep 1001"]);
    const use = measure(source);
    expect(use).toMatchObject({ tasks: 2, counted: { memory: false, cpu: false } });
    expect(use?.memoryBytes).toBeGreaterThan(0);
  });

  test("nothing is measured where nothing is", () => {
    expect(measure({ kind: "pids", pids: [] })).toBeUndefined();
    expect(measure({ kind: "cgroup", directory: "/no/such/cgroup" })).toBeUndefined();
    expect(listProcesses({ kind: "pids", pids: [2 ** 30] })).toEqual([]);
  });
});
