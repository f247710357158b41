import {
  armedTimers,
  checksPending,
  exits,
  failedUnits,
  forever,
  knownTokens,
  systemState,
} from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

const second = 1_000_000;
const replies = (world: World) => world.effects.flatMap((e) => (e.kind === "reply" ? [e.result] : []));
const actions = (world: World) =>
  world.effects.flatMap((e) => (e.kind === "systemAction" ? [`${e.action} ${e.status} ${e.source}`] : []));

describe("requests", () => {
  test("an unknown unit, a masked unit, a refused unit", () => {
    const world = new World({ "manual.service": service("ExecStart=/a", "RefuseManualStart=yes") });
    world.request("nothing.service", "start");
    world.deliver({ kind: "enqueue", request: 2, unit: "manual.service", job: "start", mode: "replace", manual: true });
    expect(replies(world)).toMatchObject([
      { error: "org.freedesktop.systemd1.NoSuchUnit", message: "Unit nothing.service not found." },
      { error: "org.freedesktop.systemd1.OnlyByDependency" },
    ]);
  });

  test("an alias means its unit", () => {
    const world = new World({ "a.service": service("ExecStart=/a") }, { programs: { "a.service": forever } });
    world.start("a.service").run();
    expect(world.stateOf("a.service")).toBe("active running");
  });

  test("cancelling a job ends it and those that depend on it", () => {
    const texts = {
      "slow.service": service("Type=notify\nExecStart=/s"),
      "top.service": service("ExecStart=/t", "Requires=slow.service\nAfter=slow.service"),
    };
    const world = new World(texts, { programs: { "slow.service": forever } });
    world.start("top.service").run(second);
    const slow = world.state.units.get("slow.service")!.job!;
    world.deliver({ kind: "cancelJob", request: 7, job: slow });
    expect(world.results).toEqual([
      "sysinit.target/start done",
      "slow.service/start canceled",
      "top.service/start dependency",
    ]);
    world.deliver({ kind: "cancelJob", request: 8, job: 9999 });
    expect(replies(world).slice(1)).toEqual([
      {},
      { error: "org.freedesktop.systemd1.NoSuchJob", message: "Job 9999 does not exist." },
    ]);
  });

  test("kill: whom, and nobody", () => {
    const world = new World({ "a.service": service("ExecStart=/a") }, { programs: { "a.service": { ignores: [10] } } });
    const kill = (whom: "main" | "control" | "all" | "all-fail") =>
      world.deliver({ kind: "kill", request: 1, unit: "a.service", whom, signal: 10 });
    kill("all-fail");
    world.start("a.service").run(second);
    kill("main");
    kill("control");
    kill("all");
    expect(replies(world)).toEqual([
      { error: "org.freedesktop.systemd1.NoSuchProcess", message: "No matching processes to kill" },
      { job: expect.any(Number) },
      {},
      { error: "org.freedesktop.systemd1.NoSuchProcess", message: "No control process to kill" },
      {},
    ]);
    const { token } = world.service("a.service").main!;
    expect(world.effects.filter((e) => e.kind === "signal" || e.kind === "signalGroup")).toEqual([
      { kind: "signal", unit: "a.service", token, signal: 10, why: "client-main" },
      { kind: "signal", unit: "a.service", token, signal: 10, why: "client-main" },
      { kind: "signalGroup", unit: "a.service", signal: 10, except: [token], why: "client-process" },
    ]);
  });

  test("reset-failed forgets the failure, the restarts and the start limit", () => {
    const texts = { "a.service": service("ExecStart=/a\nRestart=always\nRestartSec=0") };
    const world = new World(texts, { programs: { "a.service": exits(1) } });
    world.start("a.service").run();
    expect([world.stateOf("a.service"), failedUnits(world.state)]).toEqual(["failed failed", 1]);
    world.deliver({ kind: "resetFailed", request: 5 });
    expect([world.stateOf("a.service"), failedUnits(world.state)]).toEqual(["inactive dead", 0]);
    expect(world.service("a.service").nRestarts).toBe(0);
    world.start("a.service").run(2_000);
    expect(world.results.at(-1)).toBe("a.service/start done");
  });
});

describe("units that steward serves itself", () => {
  test("become active and run nothing", () => {
    const texts = {
      "journal.service": service("ExecStart=/j"),
      "journal.socket": "[Socket]\nListenStream=/run/j\n",
      "boot.target": "[Unit]\nRequires=journal.service journal.socket\nAfter=journal.service journal.socket\n",
    };
    const builtin = { "journal.service": "own", "journal.socket": "own" };
    const world = new World(texts, { builtin });
    world.start("boot.target").run();
    expect(["journal.service", "journal.socket", "boot.target"].map((unit) => world.stateOf(unit))).toEqual([
      "active exited",
      "active running",
      "active active",
    ]);
    expect(world.effects.some((e) => e.kind === "spawn")).toBe(false);
    world.request("journal.service", "stop");
    expect(world.stateOf("journal.service")).toBe("inactive dead");
  });
});

describe("the manager's end", () => {
  test.each([
    ["SuccessAction=exit", 0, "exit 0 a.service"],
    ["SuccessAction=exit\nSuccessActionExitStatus=7", 0, "exit 7 a.service"],
    ["FailureAction=exit", 3, "exit 3 a.service"],
    ["FailureAction=reboot-force", 3, "reboot-force 3 a.service"],
  ])("%s", (lines, status, action) => {
    const world = new World(
      { "a.service": service("ExecStart=/a", lines) },
      { programs: { "a.service": exits(status) } },
    );
    world.start("a.service").run();
    expect(actions(world)).toEqual([action]);
  });

  test("StartLimitAction= and JobTimeoutAction=", () => {
    const texts = {
      "a.service": service("ExecStart=/a\nRestart=always\nRestartSec=0", "StartLimitAction=reboot"),
      "b.service": service("Type=notify\nExecStart=/b", "JobTimeoutSec=1\nJobTimeoutAction=poweroff"),
    };
    const world = new World(texts, { programs: { "a.service": exits(1), "b.service": forever } });
    world.start("a.service").start("b.service").run();
    expect(actions(world)).toEqual(["reboot -1 a.service", "poweroff -1 b.service"]);
  });

  test("a unit without a program does it by its SuccessAction= alone, as systemd-exit.service does", () => {
    const texts = {
      "systemd-exit.service":
        "[Unit]\nDefaultDependencies=no\nRequires=shutdown.target\nAfter=shutdown.target\nSuccessAction=exit-force\n",
      "exit.target": "[Unit]\nDefaultDependencies=no\nRequires=systemd-exit.service\nAfter=systemd-exit.service\n",
      "web.service": service("ExecStart=/web"),
    };
    const world = new World(texts, { programs: { "web.service": forever } });
    world.start("web.service").run(second);
    world.deliver({ kind: "startupFinished" });
    expect(systemState(world.state)).toBe("running");
    world.deliver({ kind: "shutdown", target: "exit.target", mode: "replace-irreversibly" });
    expect(systemState(world.state)).toBe("stopping");
    world.run();
    expect(world.stateOf("web.service")).toBe("inactive dead");
    expect(actions(world)).toEqual(["exit-force -1 systemd-exit.service"]);
    const stopped = world.effects.findIndex(
      (e) => e.kind === "jobRemoved" && e.job.unit === "web.service" && e.job.type === "stop",
    );
    expect(world.effects.findIndex((e) => e.kind === "systemAction")).toBeGreaterThan(stopped);
  });
});

test("what a recovery has to know: timers, checks, tokens", () => {
  const texts = {
    "a.service": service("Type=notify\nExecStart=/a\nTimeoutStartSec=5", "JobTimeoutSec=9"),
    "b.service": service("ExecStart=/b", "ConditionPathExists=/x"),
  };
  const world = new World(texts, { programs: { "a.service": forever }, latencyUsec: second });
  world.start("a.service").start("b.service");
  const { token } = world.service("a.service").main!;
  expect([...knownTokens(world.state)]).toEqual([[token, "a.service"]]);
  expect(checksPending(world.state)).toEqual([{ unit: "b.service", check: 1 }]);
  expect(armedTimers(world.state)).toEqual({
    units: [{ unit: "a.service", slot: "state", clock: "monotonic", atUsec: 6 * second }],
    jobs: [{ job: expect.any(Number), slot: "timeout", atUsec: 10 * second }],
  });
});
