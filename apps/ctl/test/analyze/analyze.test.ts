import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { genuine, own } from "../own-kit.ts";

const hasGenuine = existsSync("/usr/bin/systemd-analyze");

/** What passes between two looks at the clock is not compared. */
function still(text: string): string {
  return text.replace(/From now: .*/g, "From now: …");
}

test
  .runIf(hasGenuine)
  .each([
    ["unit-paths"],
    ["exit-status"],
    ["exit-status", "0", "SUCCESS", "77", "200", "9", "150"],
    ["exit-status", "3000"],
    ["exit-status", "bad"],
    ["capability"],
    ["capability", "cap_chown", "5", "CAP_SYS_ADMIN"],
    ["capability", "foo"],
    ["syscall-filter", "@io-event", "@pkey", "@system-service", "default"],
    ["syscall-filter", "@nope"],
    ["timespan", "5min", "1y3h4s", "1.5us", "infinity"],
    ["timespan", "1h", "foo", "5"],
    ["timestamp", "2024-01-01 UTC", "bad", "@5", "2050-01-01 12:00:00.5"],
    ["calendar", "--base-time=2024-01-01 UTC", "daily", "Mon..Fri 12:00 Europe/Berlin", "2020-01-01", "oops", "*-*~1"],
    ["calendar", "--base-time=2024-01-01 UTC", "--iterations=4", "weekly", "*:0/7:13"],
    ["cat-config", "systemd/system.conf"],
    ["cat-config", "systemd/system.conf", "systemd/journald.conf"],
    ["cat-config", "tmpfiles.d"],
    ["cat-config", "sysctl.d"],
    ["cat-config", "nope.conf"],
    ["cat-config", "udev/rules.d"],
    ["condition", "ConditionPathExists=/etc", "AssertPathExists=!/etc", "ConditionKernelVersion = >=5.0"],
    ["condition", "ConditionUser=nobody", "ConditionPathExists=|/nope"],
    ["condition", "ConditionPathExists=|/nope", "ConditionPathExists=|/etc", "ConditionPathIsDirectory=!/etc"],
    ["condition", "AssertUser=root"],
    ["condition", "Foo=/etc"],
    ["condition", "ConditionFoo=/etc"],
    ["condition", "ConditionPathExists=relative"],
    ["condition"],
  ])("as systemd-analyze %j %j %j", async (...args) => {
  const [ours, theirs] = [await own("analyze", ...args), genuine("systemd-analyze", ...args)];
  expect({ ...ours, out: still(ours.out) }).toEqual({ ...theirs, out: still(theirs.out) });
});

test.runIf(hasGenuine).each([[], ["*ssh*"], ["default.target"]])("unit-files %j, in any order", async (...patterns) => {
  const names = (line: string): string => line.replace(/(?<=← ).*/, (list) => list.split(", ").sort().join(", "));
  const sorted = ({ out }: { out: string }): string[] => out.split("\n").map(names).sort();
  const [ours, theirs] = [
    await own("analyze", "unit-files", ...patterns),
    genuine("systemd-analyze", "unit-files", ...patterns),
  ];
  expect(sorted(ours)).toEqual(sorted(theirs));
});

test.each([
  ["unit-paths"],
  ["exit-status", "0"],
  ["capability"],
  ["syscall-filter", "@clock"],
  ["timespan", "5min"],
  ["timestamp", "@5"],
  ["calendar", "daily"],
  ["cat-config", "systemd/system.conf"],
  ["condition", "ConditionPathExists=/etc"],
  ["unit-files"],
])("%j as JSON", async (...args) => {
  const { out } = await own("analyze", ...args, "-o", "json");
  expect(() => JSON.parse(out)).not.toThrow();
});

test("dot draws requirements alone", async () => {
  const { out, code } = await own("analyze", "dot", "--require", "--from-pattern=sysinit.target");
  expect(code).toBe(0);
  expect(out).toMatch(/^digraph systemd \{\n/);
  expect(out).not.toContain('color="green"');
});
