import { runtimeProperties } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { fixedRandom } from "../src/timer/random-delay.ts";
import { siphash } from "../src/timer/siphash.ts";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

const second = 1_000_000;
const day = 86_400 * second;
const oneshot = service("Type=oneshot\nExecStart=/job", "StartLimitIntervalSec=0");

function machine(timer: string, more: Readonly<Record<string, string>> = {}): World {
  return new World({ "t.timer": `[Timer]\nAccuracySec=1us\n${timer}\n`, "t.service": oneshot, ...more });
}

/** When the unit was started, in seconds after the timer. */
function starts(world: World, usec: number, unit = "t.service"): number[] {
  const began = world.kernel.nowUsec;
  const at: number[] = [];
  world.watch((event, { effects }) => {
    if (effects.some((effect) => effect.kind === "spawn" && effect.unit === unit))
      at.push(Math.round((event.now.monotonicUsec - began) / 100_000) / 10);
  });
  world.start("t.timer").run(usec);
  return at;
}

const property = (world: World, name: string): unknown =>
  runtimeProperties(world.state, "t.timer").find((one) => one.name === name)?.value;
const never = 0xffff_ffff_ffff_ffffn;

describe("what a timer counts from (systemd.timer(5))", () => {
  test.each([
    ["OnActiveSec=2", [2], "elapsed"],
    ["OnActiveSec=2\nOnActiveSec=5", [2, 5], "elapsed"],
    ["OnActiveSec=2\nRemainAfterElapse=no", [2], "dead"],
    ["OnStartupSec=10", [10], "elapsed"],
    ["OnActiveSec=1\nOnUnitActiveSec=4", [1, 5, 9, 13, 17], "waiting"],
    ["OnActiveSec=1\nOnUnitActiveSec=4\nRemainAfterElapse=no", [1, 5, 9, 13, 17], "waiting"],
    // It never ran, so there is nothing to count from; another may start it.
    ["OnUnitInactiveSec=4", [], "elapsed"],
    ["OnUnitActiveSec=4\nRemainAfterElapse=no", [], "elapsed"],
    ["OnCalendar=2020-01-01", [], "elapsed"],
    ["OnCalendar=2020-01-01\nRemainAfterElapse=no", [], "dead"],
    ["OnClockChange=yes", [], "waiting"],
    ["OnTimezoneChange=yes", [], "waiting"],
  ])("%s", (timer, expected, state) => {
    const world = machine(timer);
    expect(starts(world, 19.5 * second)).toEqual(expected);
    expect(world.stateOf("t.timer").split(" ")[1]).toBe(state);
  });

  test("OnUnitInactiveSec= counts from the unit's end, OnUnitActiveSec= from its start", () => {
    const programs = { "t.service": { runsUsec: 3 * second, end: { code: "exited", status: 0 } as const } };
    const texts = (timer: string) => ({ "t.timer": `[Timer]\nOnActiveSec=1\n${timer}\n`, "t.service": oneshot });
    expect(starts(new World(texts("OnUnitInactiveSec=4"), { programs }), 20 * second)).toEqual([1, 8, 15]);
    // While it runs the next one may come due; it is started when it is at rest.
    expect(starts(new World(texts("OnUnitActiveSec=2"), { programs }), 12 * second)).toEqual([1, 4, 7, 10]);
  });

  test("what others start counts too", () => {
    const world = machine("OnUnitActiveSec=3");
    world.start("t.timer").run(second);
    expect(world.stateOf("t.timer")).toBe("active elapsed");
    world.start("t.service").run(second);
    expect(world.stateOf("t.timer")).toBe("active waiting");
  });
});

describe("the clock is set", () => {
  const midnight = (world: World): number => {
    const at = Number(property(world, "NextElapseUSecRealtime"));
    expect(at % day).toBe(0);
    return at / day;
  };

  test("a calendar timer follows it forward and back, and triggers once for what was skipped", () => {
    const world = machine("OnCalendar=daily");
    world.start("t.timer").run(second);
    const first = midnight(world);
    world.kernel.setClock(3 * day);
    world.run(second);
    expect(world.results.filter((result) => result === "t.service/start done")).toHaveLength(1);
    expect(midnight(world)).toBe(first + 3);
    world.kernel.setClock(-5 * day);
    world.run(second);
    expect(midnight(world)).toBe(first - 2);
    expect(world.results.filter((result) => result === "t.service/start done")).toHaveLength(1);
  });

  test("one that elapses by a clock that goes back a little meanwhile has elapsed", () => {
    const world = machine("OnCalendar=daily");
    world.start("t.timer").run(second);
    const first = midnight(world);
    const { boottimeUsec, monotonicUsec } = world.kernel.now();
    const now = { boottimeUsec, monotonicUsec, realtimeUsec: first * day - 400 };
    world.deliver({ now, kind: "timer", unit: "t.timer", slot: "calendar" });
    world.run(second);
    expect(property(world, "LastTriggerUSec")).toBe(BigInt(first * day));
    expect(midnight(world)).toBe(first + 1);
  });

  test("a monotonic timer does not care", () => {
    const world = machine("OnActiveSec=10");
    world.start("t.timer").run(second);
    world.kernel.setClock(day);
    world.run(8 * second);
    expect(world.stateOf("t.timer")).toBe("active waiting");
    world.run(2 * second);
    expect(world.stateOf("t.timer")).toBe("active elapsed");
  });

  test("OnClockChange= and OnTimezoneChange= trigger", () => {
    const world = machine("OnClockChange=yes\nOnTimezoneChange=yes");
    world.start("t.timer").run(second);
    world.kernel.setClock(60 * second);
    world.run(second);
    world.deliver({ kind: "timezoneChanged", zone: { name: "Asia/Tokyo", rules: "VFppZg==" } });
    world.run(second);
    // The same zone again is no change.
    world.deliver({ kind: "timezoneChanged", zone: { name: "Asia/Tokyo", rules: "VFppZg==" } });
    world.run(second);
    expect(world.results.filter((result) => result === "t.service/start done")).toHaveLength(2);
  });
});

describe("stamp files (Persistent=)", () => {
  const triggered = (world: World): boolean => world.results.includes("t.service/start done");

  test("one that was missed comes at once, and is written down", () => {
    const world = machine("OnCalendar=daily\nPersistent=yes");
    world.kernel.stamps.set("t.timer", world.kernel.now().realtimeUsec - 2 * day);
    world.start("t.timer").run(second);
    expect(triggered(world)).toBe(true);
    expect(world.kernel.stamps.get("t.timer")).toBe(Number(property(world, "LastTriggerUSec")));
  });

  test("one that never was is written down and waits", () => {
    const world = machine("OnCalendar=daily\nPersistent=yes");
    world.start("t.timer").run(second);
    expect(triggered(world)).toBe(false);
    expect(world.kernel.stamps.has("t.timer")).toBe(true);
    expect(property(world, "LastTriggerUSec")).toBe(0n);
  });

  test("one of the future is not believed", () => {
    const world = machine("OnCalendar=daily\nPersistent=yes");
    world.kernel.stamps.set("t.timer", world.kernel.now().realtimeUsec + 2 * day);
    world.start("t.timer").run(second);
    expect(triggered(world)).toBe(false);
    expect(world.lines().some((line) => line.includes("Not using persistent file timestamp"))).toBe(true);
  });

  test("a stop while the stamp is read is a stop", () => {
    const world = new World(
      { "t.timer": "[Timer]\nOnCalendar=daily\nPersistent=yes\n", "t.service": oneshot },
      { latencyUsec: second },
    );
    world.start("t.timer");
    world.request("t.timer", "stop");
    world.run(10 * second);
    expect(world.stateOf("t.timer")).toBe("inactive dead");
  });
});

describe("random delays", () => {
  test("siphash of the reference", () => {
    // https://github.com/veorq/SipHash: key 00..0f, messages 00, 00 01, …
    const key = Uint8Array.from({ length: 16 }, (_, i) => i);
    const of = (n: number): string =>
      siphash(
        key,
        Uint8Array.from({ length: n }, (_, i) => i),
      ).toString(16);
    expect([0, 1, 8, 15].map(of)).toEqual([
      "726fdb47dd0e0e31",
      "74f839c593dc67fd",
      "93f5f5799a932462",
      "a129ca6149be45e5",
    ]);
  });

  test("a fixed one is the same each time, and differs by timer, machine and user", () => {
    const facts = { zone: { name: "UTC" }, bootIsStartup: false, machineId: "0".repeat(32), uid: 0 };
    const one = fixedRandom("a.timer", "system", facts);
    expect(fixedRandom("a.timer", "system", facts)).toBe(one);
    expect(fixedRandom("b.timer", "system", facts)).not.toBe(one);
    expect(fixedRandom("a.timer", "user", facts)).not.toBe(one);
    expect(fixedRandom("a.timer", "system", { ...facts, uid: 1 })).not.toBe(one);
    expect(fixedRandom("a.timer", "system", { ...facts, machineId: "1".repeat(32) })).not.toBe(one);
  });

  test("a delay lies within its bound; that of the next round is another", () => {
    const world = machine("OnActiveSec=10\nOnUnitActiveSec=10\nRandomizedDelaySec=5");
    const [first = 0, next = 0] = starts(world, 40 * second);
    for (const delay of [first - 10, next - first - 10]) {
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(5);
    }
    expect(next - first).not.toBe(first);
  });
});

describe("a timer's life", () => {
  test("what it starts is told why", () => {
    const world = machine("OnActiveSec=2");
    world.start("t.timer").run(5 * second);
    const spawn = world.effects.find((effect) => effect.kind === "spawn");
    const env = new Map(spawn?.kind === "spawn" ? spawn.env : []);
    expect(env.get("TRIGGER_UNIT")).toBe("t.timer");
    expect(env.get("TRIGGER_TIMER_MONOTONIC_USEC")).toBe(String(property(world, "LastTriggerUSecMonotonic")));
    expect(env.get("TRIGGER_TIMER_REALTIME_USEC")).toBe(String(property(world, "LastTriggerUSec")));
  });

  test("its properties, waiting and at rest", () => {
    const world = machine("OnActiveSec=2\nOnCalendar=daily");
    world.start("t.timer").run(second);
    const next = property(world, "NextElapseUSecMonotonic") as bigint;
    expect(property(world, "TimersMonotonic")).toEqual([["OnActiveUSec", 2_000_000n, next]]);
    expect(property(world, "TimersCalendar")).toEqual([
      ["OnCalendar", "*-*-* 00:00:00", property(world, "NextElapseUSecRealtime")],
    ]);
    world.run(5 * second);
    expect(property(world, "NextElapseUSecMonotonic")).toBe(0n);
    world.request("t.timer", "stop");
    expect(property(world, "NextElapseUSecMonotonic")).toBe(never);
    expect(property(world, "NextElapseUSecRealtime")).toBe(never);
  });

  test("what it triggers must be there", () => {
    const world = machine("OnActiveSec=2\nUnit=gone.service");
    world.start("t.timer").run(second);
    expect(world.results).toContain("t.timer/start failed");
    expect(world.stateOf("t.timer")).toBe("inactive dead");
    expect(world.lines()).toContain("t.timer: Refusing to start, unit gone.service to trigger not loaded.");
  });

  test("too many starts are a failure of their own, and reset-failed mends it", () => {
    const world = machine("OnActiveSec=2");
    for (let i = 0; i < 6; i++) {
      world.start("t.timer").run(1_000);
      world.request("t.timer", "stop");
    }
    expect(world.stateOf("t.timer")).toBe("failed failed");
    expect(property(world, "Result")).toBe("start-limit-hit");
    world.deliver({ kind: "resetFailed", request: 1, unit: "t.timer" });
    expect(world.stateOf("t.timer")).toBe("inactive dead");
    expect(property(world, "Result")).toBe("success");
  });

  test("a start that cannot be enqueued fails the timer", () => {
    const unit = service("Type=oneshot\nExecStart=/job", "Requires=gone.service");
    const world = machine("OnActiveSec=2", { "t.service": unit });
    world.start("t.timer").run(5 * second);
    expect(world.stateOf("t.timer")).toBe("failed failed");
    expect(property(world, "Result")).toBe("resources");
    expect(world.lines()).toContain("t.timer: Failed to queue unit startup job: Unit gone.service not found.");
  });

  test("no timer is armed in a state that waits for nothing", () => {
    const world = machine("OnActiveSec=20\nOnCalendar=daily");
    world.start("t.timer").run(second);
    expect([world.kernel.isArmed("t.timer", "elapse"), world.kernel.isArmed("t.timer", "calendar")]).toEqual([
      true,
      true,
    ]);
    world.request("t.timer", "stop");
    expect([world.kernel.isArmed("t.timer", "elapse"), world.kernel.isArmed("t.timer", "calendar")]).toEqual([
      false,
      false,
    ]);
  });

  test("the manager may be killed before any effect: the unit is started as often", () => {
    const texts = {
      "t.timer": "[Timer]\nOnActiveSec=1\nOnUnitActiveSec=2\nOnCalendar=daily\nPersistent=yes\n",
      "t.service": oneshot,
    };
    const run = (killBefore?: (effect: number) => boolean): number[] =>
      starts(new World(texts, killBefore === undefined ? {} : { killBefore }), 10 * second);
    const undisturbed = run();
    expect(undisturbed.length).toBe(5);
    for (let kill = 0; kill < 60; kill++) expect(run((effect) => effect === kill)).toEqual(undisturbed);
  });
});
