import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkConditions } from "../src/conditions/check.ts";
import { readMachineFacts } from "../src/conditions/facts.ts";

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
