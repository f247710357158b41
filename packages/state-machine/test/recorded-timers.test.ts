import type { Program } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { closest, Listener, readTraces, systemctl, type Trace } from "./kit/recorded.ts";
import { World } from "./kit/world.ts";
import { type Scenario, scenarios, unitTexts } from "./recorded/timers/scenarios.ts";
import { toProgram } from "./recorded/traces/behaviour.ts";

/** Another zone, whichever: only that it is another one counts. */
const otherZone = { name: "Asia/Tokyo", rules: "VFppZg==" };

function play(s: Scenario, name: string): Record<string, Trace> {
  const programs: Record<string, Program> = { [`${name}.service`]: toProgram(s.main ?? {}) };
  const failed = {
    type: "PathExists",
    parameter: "/nonexistent",
    negate: false,
    trigger: false,
    result: "failed",
  } as const;
  const unmet = (what: string) => ((s.unit ?? []).some((line) => line.startsWith(what)) ? [failed] : []);
  const world = new World(unitTexts(s, name, "/bin/main"), {
    programs,
    conditions: () => ({ conditions: unmet("Condition"), asserts: unmet("Assert") }),
  });
  world.start("multi-user.target").run();
  // The recording begins some seconds after the manager.
  world.run(4_000_000);
  if (s.stamp !== undefined)
    world.kernel.stamps.set(`${name}.timer`, world.kernel.now().realtimeUsec + s.stamp * 1_000_000);
  const simple = !(s.service ?? []).includes("Type=oneshot");
  const listener = new Listener(world, (_unit, kind) => kind === "start" && simple);
  for (const step of s.do) {
    if (typeof step === "number") {
      world.run(step * 1_000);
      continue;
    }
    const [verb = "", other] = step.split(" ");
    if (verb === "daemon-reload") world.reload();
    else if (verb === "zone") world.deliver({ kind: "timezoneChanged", zone: otherZone });
    else systemctl(world, [verb, `${name}.${other ?? "timer"}`]);
  }
  return Object.fromEntries(
    [`${name}.timer`, `${name}.service`].map((unit) => [unit, listener.trace(unit, shown(world, unit))]),
  );
}

function shown(world: World, unit: string): string {
  const [activeState, subState] = world.stateOf(unit).split(" ");
  const machine = world.state.units.get(unit)?.machine;
  const result = machine?.type === "service" || machine?.type === "timer" ? machine.result : "success";
  return `ActiveState=${activeState} Result=${result} SubState=${subState}`;
}

/** A daemon-reload shows every state once more; how often a timer repeats depends on how long one looks. */
function condense(trace: Trace | undefined, repeats: boolean): Trace | undefined {
  if (trace === undefined) return undefined;
  const states = trace.states.filter((state, i) => state !== trace.states[i - 1]);
  return {
    ...trace,
    states: repeats ? [...new Set(states)] : states,
    jobs: repeats ? [...new Set(trace.jobs)] : trace.jobs,
  };
}

describe("timers go through systemd 252's states (recorded/timers/record.sh)", () => {
  const reference = readTraces(new URL("recorded/timers/systemd-252.txt", import.meta.url));
  test("every scenario is recorded", () => expect(reference.size).toBe(2 * scenarios.length));
  test.each(scenarios.map((s, i) => [s.name, s, `t-${i}`] as const))("%s", (_name, s, name) => {
    const repeats = s.timer.some((line) => line.startsWith("OnUnit"));
    for (const [unit, trace] of Object.entries(play(s, name))) {
      const ours = condense(trace, repeats)!;
      const theirs = reference.get(unit)?.map((one) => condense(one, repeats)!);
      expect({ unit, ...ours }).toEqual({ unit, ...closest(ours, theirs) });
    }
  });
});
