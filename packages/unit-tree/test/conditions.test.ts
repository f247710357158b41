import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkConditions } from "../src/conditions/check.ts";
import { readMachineFacts } from "../src/conditions/facts.ts";
import { pressureIsBelow } from "../src/conditions/pressure.ts";

const directory = mkdtempSync(join(tmpdir(), "conditions-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
writeFileSync(join(directory, "full"), "x");
writeFileSync(join(directory, "empty"), "");
writeFileSync(join(directory, "program"), "#!/bin/sh\n", { mode: 0o755 });
mkdirSync(join(directory, "folder"));
mkdirSync(join(directory, "void"));
writeFileSync(join(directory, "folder", "child"), "");
symlinkSync("full", join(directory, "link"));
symlinkSync("nowhere", join(directory, "dangling"));

const facts = readMachineFacts({
  machineId: "0".repeat(32),
  isPid1: false,
  environment: new Map([["A", "b"]]),
  userName: "root",
  cgroupBase: undefined,
});
const names = ["full", "empty", "program", "folder", "void", "link", "dangling", "absent"].map((name) =>
  join(directory, name),
);

const lines = [
  ...[
    "PathExists",
    "PathIsDirectory",
    "PathIsSymbolicLink",
    "PathIsReadWrite",
    "DirectoryNotEmpty",
    "FileNotEmpty",
    "FileIsExecutable",
    "PathExistsGlob",
  ].flatMap((type) => names.map((path) => [type, path] as const)),
  ["PathExistsGlob", `${directory}/f*`],
  ["PathIsMountPoint", "/"],
  ["PathIsMountPoint", directory],
  ["PathIsReadWrite", "/proc/sys"],
  ["Architecture", "x86-64"],
  ["Architecture", "native"],
  ["Architecture", "arm64"],
  ["Capability", "CAP_SYS_ADMIN"],
  ["Capability", "CAP_SYS_RESOURCE"],
  ["User", "root"],
  ["User", "0"],
  ["User", "@system"],
  ["User", "nobody"],
  ["Group", "root"],
  ["Memory", ">1K"],
  ["Memory", "<1K"],
  ["CPUs", ">=1"],
  ["CPUs", ">100000"],
  ["KernelVersion", ">1.0"],
  ["KernelVersion", "<1.0"],
  ["KernelVersion", "> 1.0"],
  ["KernelVersion", "> 1.0 < 2.0"],
  ["KernelVersion", "*"],
  ["Security", "selinux"],
  ["Security", "tomoyo"],
  ["FirstBoot", "no"],
  ["CPUFeature", "sse2"],
  ["CPUFeature", "nosuchfeature"],
  ["OSRelease", "ID=debian"],
  ["OSRelease", "ID=fedora"],
  ["OSRelease", "VERSION_ID>=10"],
  ["Host", "*"],
  ["Host", "no-such-host"],
  ["Virtualization", "yes"],
  ["Virtualization", "vm"],
  ["Virtualization", "container"],
  ["MemoryPressure", "100%"],
  ["MemoryPressure", "99.99%/1min"],
  ["CPUPressure", "100%/10s"],
  ["CPUPressure", "50%/2min"],
  ["IOPressure", "1000‰/5min"],
  ["IOPressure", "101%"],
  ["IOPressure", "nonsense"],
  ["PathIsEncrypted", "/"],
  ["PathIsEncrypted", join(directory, "absent")],
] as const;

const analyze = spawnSync("systemd-analyze", ["--version"]).status === 0 && process.getuid?.() === 0;

test.skipIf(!analyze)(
  "conditions hold where systemd-analyze says that they hold (needs systemd-analyze and root)",
  () => {
    const answers = lines.map(([type, parameter]) => {
      const ours =
        checkConditions([{ type: `Condition${type}`, parameter, negate: false, trigger: false }], facts)[0]?.result ===
        "succeeded";
      const theirs = spawnSync("systemd-analyze", ["condition", `Condition${type}=${parameter}`]).status === 0;
      return { line: `${type}=${parameter}`, ours, theirs };
    });
    expect(answers.filter(({ ours, theirs }) => ours !== theirs)).toEqual([]);
  },
);

test("the first failed line ends the look, a trigger does not", () => {
  const line = (parameter: string, trigger = false) => ({
    type: "ConditionPathExists",
    parameter,
    negate: false,
    trigger,
  });
  const results = (given: Parameters<typeof checkConditions>[0]) =>
    checkConditions(given, facts).map(({ result }) => result);
  expect(results([line("/absent"), line("/")])).toEqual(["failed", "untested"]);
  expect(results([line("/absent", true), line("/")])).toEqual(["failed", "succeeded"]);
});

describe("pressure conditions (systemd.unit(5), ConditionMemoryPressure=)", () => {
  const told = [
    "some avg10=90.00 avg60=50.00 avg300=20.00 total=1",
    "full avg10=9.00 avg60=5.00 avg300=2.00 total=1",
    "",
  ].join("\n");
  const read = (path: string): string =>
    path === "/proc/pressure/memory" || path === "/proc/pressure/cpu" ? told : "";
  test.each([
    ["memory", "2%", true],
    ["memory", "1.99%", false],
    ["memory", "5%/1min", true],
    ["memory", "4%/1min", false],
    ["memory", "90‰/10sec", true],
    ["memory", "899‱/10sec", false],
    ["cpu", "20%", true],
    ["cpu", "19%", false],
    // The kernel says nothing: there is no pressure to speak of.
    ["io", "0%", true],
    ["memory", "some-thing.slice:0%", true],
  ] as const)("%s %s: %s", (resource, parameter, holds) => {
    expect(pressureIsBelow(resource, parameter, read)).toBe(holds);
  });
  test.each(["", "2", "5%/60s", "101%", "5%/7min", "x:5%"])("%j is none", (parameter) => {
    expect(() => pressureIsBelow("memory", parameter, read)).toThrow("expected");
  });
});

test("newer types look at the machine too", () => {
  const holds = (type: string, parameter: string) =>
    checkConditions([{ type: `Condition${type}`, parameter, negate: false, trigger: false }], facts)[0]?.result;
  expect(holds("PathIsSocket", "/")).toBe("failed");
  expect(holds("KernelModuleLoaded", "no-such-module")).toBe("failed");
});

test.each([
  ["systemd >= 252", "succeeded"],
  ["systemd >= 258", "failed"],
  ["systemd >200 <253", "succeeded"],
  ["kernel >= 1.0", "succeeded"],
  ["kernel < 1.0", "failed"],
  ["glibc >= 2.0", "succeeded"],
  ["glibc < 2.0", "failed"],
  ["windows >= 11", "error"],
])("ConditionVersion=%s", (parameter, result) => {
  const line = { type: "ConditionVersion", parameter, negate: false, trigger: false };
  expect(checkConditions([line], facts)[0]?.result).toBe(result);
});
