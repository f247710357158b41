/** Which options go together, in the words of the genuine systemd-run. */
import { spawnSync } from "node:child_process";
import { variant } from "@steward/ipc";
import { describe, expect, test } from "vitest";
import { parseArguments } from "../../src/command-line.ts";
import { Failure } from "../../src/failure.ts";
import { readRunOptions, runOptionTable } from "../../src/run/options.ts";
import { requestOf } from "../../src/run/request.ts";
import { endSummary, exitCodeOf } from "../../src/run/summary.ts";

const here = { env: { LANG: "C" }, directory: "/srv", onTerminal: false, shell: "/bin/sh" };
const read = (...args: readonly string[]) => {
  const { words, options, problem } = parseArguments(args, runOptionTable, "any");
  expect(problem).toBeUndefined();
  return readRunOptions(options, words, here);
};
const facts = { random: "0".repeat(32), pid: 7, term: "xterm", path: "/bin/x", slice: undefined, terminal: undefined };
const hasSystemdRun = spawnSync("systemd-run", ["--version"]).error === undefined;

describe("what does not go together", () => {
  const refused = [
    [],
    ["--scope", "--remain-after-exit", "true"],
    ["--scope", "--service-type=exec", "true"],
    ["--pty", "--scope", "true"],
    ["--pipe", "--on-active=1", "true"],
    ["--pty", "--no-block", "true"],
    ["--scope", "--on-active=1", "true"],
    ["--wait", "--no-block", "true"],
    ["--wait", "--on-active=1", "true"],
    ["--wait", "--scope", "true"],
    ["--nice=99", "true"],
    ["--nice=x", "true"],
  ];
  const say = (args: readonly string[]): string => {
    try {
      read(...args);
      return "";
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      return (error as Failure).message;
    }
  };

  test.each(refused)("%j", (...args: string[]) => {
    expect(say(args)).not.toBe("");
  });

  test.skipIf(!hasSystemdRun).each(refused)("%j as the genuine program says it", (...args: string[]) => {
    const { stderr } = spawnSync("systemd-run", args, { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
    // The reason behind the colon is the C library's.
    expect(stderr.trim().replace(/: Invalid argument$|: Numerical result out of range$/, "")).toBe(say(args));
  });
});

test("what follows the command is the command's", () => {
  expect(read("-u", "x", "ls", "-l", "--wait")).toMatchObject({
    unit: "x",
    wait: false,
    command: ["ls", "-l", "--wait"],
  });
});

test("--shell is short for many", () => {
  expect(read("-S")).toMatchObject({
    command: ["/bin/sh"],
    streams: "pty",
    wait: true,
    collect: true,
    serviceType: "exec",
    workingDirectory: "/srv",
  });
});

test("--setenv passes a variable on, and both -t and -P are what suits the place", () => {
  expect(read("-E", "LANG", "-E", "A=b=c", "-t", "-P", "true")).toMatchObject({
    environment: ["LANG=C", "A=b=c"],
    streams: "pipe",
  });
  expect(() => read("-E", "NONE", "true")).toThrow("Cannot assign environment variable NONE");
});

test("a timer brings its service along, and goes when it has elapsed", () => {
  const { unit, auxiliary } = requestOf(read("--on-active=5", "-u", "x", "-G", "date", "+%s"), facts);
  expect(unit.name).toBe("x.timer");
  expect(unit.properties).toEqual([
    ["Description", variant("s", "date +%s")],
    ["CollectMode", variant("s", "inactive-or-failed")],
    ["TimersMonotonic", variant("a(stt)", [["OnActiveUSec", 5_000_000n, 0n]])],
    ["RemainAfterElapse", variant("b", false)],
  ]);
  expect(auxiliary.map(({ name }) => name)).toEqual(["x.service"]);
  expect(auxiliary[0]?.properties.at(-1)).toEqual([
    "ExecStart",
    variant("a(sasb)", [["/bin/x", ["/bin/x", "+%s"], false]]),
  ]);
});

test("a timer for a unit that is there brings none", () => {
  expect(requestOf(read("--on-calendar=daily", "-u", "x"), facts).auxiliary).toEqual([]);
});

describe("what is said at the end", () => {
  const ended = (code: number, status: number, result: string) =>
    new Map(
      Object.entries({
        Result: variant("s", result),
        ExecMainCode: variant("i", code),
        ExecMainStatus: variant("i", status),
        InactiveExitTimestampMonotonic: variant("t", 1_000_000n),
        InactiveEnterTimestampMonotonic: variant("t", 2_013_000n),
        CPUUsageNSec: variant("t", 2_000_001n),
        IPIngressBytes: variant("t", 0xffff_ffff_ffff_ffffn),
        IOReadBytes: variant("t", 4096n),
      }),
    );

  test.each([
    [ended(1, 3, "exit-code"), 3, "code=exited/status=3"],
    [ended(2, 9, "signal"), 1, "code=killed/status=KILL"],
    [ended(1, 11, "success"), 0, "code=exited/status=11"],
  ])("%#", (properties, code, words) => {
    expect(exitCodeOf(properties)).toBe(code);
    expect(endSummary(properties)).toEqual([
      `Finished with result: ${properties.get("Result")?.value}`,
      `Main processes terminated with: ${words}`,
      "Service runtime: 1.013s",
      "CPU time consumed: 2ms",
      "IO bytes read: 4.0K",
    ]);
  });
});
