import { forever, type Program } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

const policies = ["no", "always", "on-success", "on-failure", "on-abnormal", "on-abort", "on-watchdog"] as const;

const exited = (status: number): Program => ({ runsUsec: 1_000, end: { code: "exited", status } });
const killed = (status: number): Program => ({ runsUsec: 1_000, end: { code: "killed", status } });

/** The ways to end, and which policies restart after them: the table of systemd.service(5), Restart=. */
const ways: readonly (readonly [string, Program, string, readonly (typeof policies)[number][]])[] = [
  ["a clean exit code", exited(0), "", ["always", "on-success"]],
  ["a clean signal", killed(15), "", ["always", "on-success"]],
  ["an unclean exit code", exited(1), "", ["always", "on-failure"]],
  ["an unclean signal", killed(9), "", ["always", "on-failure", "on-abnormal", "on-abort"]],
  [
    "a core dump",
    { runsUsec: 1_000, end: { code: "dumped", status: 11 } },
    "",
    ["always", "on-failure", "on-abnormal", "on-abort"],
  ],
  ["a time-out", {}, "Type=notify\nTimeoutStartSec=1", ["always", "on-failure", "on-abnormal"]],
  ["the watchdog", {}, "WatchdogSec=1", ["always", "on-failure", "on-abnormal", "on-watchdog"]],
  ["an exit code that is a success", exited(3), "SuccessExitStatus=3", ["always", "on-success"]],
  ["a signal that is a success", killed(9), "SuccessExitStatus=KILL", ["always", "on-success"]],
  ["an exit code that prevents a restart", exited(7), "RestartPreventExitStatus=7", []],
  ["a signal that prevents a restart", killed(9), "RestartPreventExitStatus=SIGKILL", []],
  ["an exit code that forces a restart", exited(0), "RestartForceExitStatus=0", policies],
];

describe.each(ways)("after %s", (_name, program, lines, restarted) => {
  test.each(policies)("Restart=%s", (policy) => {
    const texts = { "a.service": service(`ExecStart=/a\nRestart=${policy}\nRestartSec=5\n${lines}`) };
    const world = new World(texts, { programs: { "a.service": program } });
    world.start("a.service").run(4_000_000);
    const expected = restarted.includes(policy);
    expect(world.stateOf("a.service") === "activating auto-restart").toBe(expected);
    world.run(3_000_000);
    expect(world.service("a.service").nRestarts > 0).toBe(expected);
  });
});

test("ExecCondition= that is not met restarts nothing", () => {
  const texts = { "a.service": service("ExecCondition=/no\nExecStart=/a\nRestart=always") };
  const world = new World(texts, { programs: { "a.service ExecCondition": exited(1) } });
  world.start("a.service").run();
  expect(world.stateOf("a.service")).toBe("inactive dead");
  expect(world.service("a.service").result).toBe("exec-condition");
});

test("a stop by hand ends it, also while it waits to be restarted", () => {
  const texts = { "a.service": service("ExecStart=/a\nRestart=always\nRestartSec=5") };
  const world = new World(texts, { programs: { "a.service": exited(1) } });
  world.start("a.service").run(1_000_000);
  expect(world.stateOf("a.service")).toBe("activating auto-restart");
  world.request("a.service", "stop");
  world.run();
  expect(world.stateOf("a.service")).toBe("inactive dead");
  expect(world.results.at(-1)).toBe("a.service/stop done");
});

test("RestartSteps= and RestartMaxDelaySec= stretch the pause", () => {
  const lines = "ExecStart=/a\nRestart=always\nRestartSec=1\nRestartSteps=3\nRestartMaxDelaySec=8";
  const world = new World(
    { "a.service": service(lines, "StartLimitIntervalSec=0") },
    { programs: { "a.service": exited(1) } },
  );
  world.start("a.service").run(60_000_000);
  const pauses = world.effects.flatMap((effect, at) =>
    effect.kind === "armTimer" && effect.slot === "restart" ? [{ at, atUsec: effect.atUsec }] : [],
  );
  const gaps = pauses.slice(1, 6).map(({ atUsec }, i) => Math.round((atUsec - pauses[i]!.atUsec) / 1_000_000));
  expect(gaps).toEqual([2, 4, 8, 8, 8]);
});

test("RestartSec=0 goes on in the same turn", () => {
  const world = new World(
    { "a.service": service("ExecStart=/a\nRestart=always\nRestartSec=0") },
    { programs: { "a.service": forever } },
  );
  world.start("a.service").run(1_000_000);
  const { token, pid } = world.service("a.service").main!;
  world.kernel.table.vanish(pid);
  const usage = { cpuUsec: 0 };
  const effects = world.deliver({
    kind: "exited",
    unit: "a.service",
    token,
    pid,
    code: "killed",
    status: 9,
    usage,
    lastOfGroup: true,
  });
  expect(effects.some((effect) => effect.kind === "spawn")).toBe(true);
  expect(world.service("a.service").nRestarts).toBe(1);
});
