import type { Program } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { closest, Listener, readTraces, systemctl, type Trace } from "./kit/recorded.ts";
import { World } from "./kit/world.ts";
import { toProgram } from "./recorded/traces/behaviour.ts";
import { type Scenario, scenarios, unitText } from "./recorded/traces/scenarios.ts";

function play(s: Scenario, unit: string): Trace {
  const programs: Record<string, Program> = { [unit]: toProgram(s.main ?? {}) };
  for (const [directive, behaviour] of Object.entries(s.others ?? {}))
    programs[`${unit} ${directive}`] = toProgram(behaviour);
  const failed = {
    type: "PathExists",
    parameter: "/nonexistent",
    negate: false,
    trigger: false,
    result: "failed",
  } as const;
  const unmet = (what: string) => ((s.unit ?? []).some((line) => line.startsWith(what)) ? [failed] : []);
  const world = new World(
    { [unit]: unitText(s, (directive) => `/bin/${directive}`) },
    { programs, conditions: () => ({ conditions: unmet("Condition"), asserts: unmet("Assert") }) },
  );
  world.start("multi-user.target").run();
  // Type=simple passes `start` until the keeper has reported the pid; systemd forks within the step.
  const type = s.lines.find((line) => line.startsWith("Type="))?.slice(5) ?? "simple";
  const listener = new Listener(world, (_unit, kind) => kind === "start" && (type === "simple" || type === "idle"));
  for (const step of s.do) {
    if (typeof step === "number") world.run(step * 1_000);
    else systemctl(world, [...step.split(" "), unit]);
  }
  const show = shown(world, unit);
  world.run(20_000_000);
  return listener.trace(unit, show);
}

function shown(world: World, unit: string): string {
  const [activeState, subState] = world.stateOf(unit).split(" ");
  const record = world.state.units.get(unit)?.machine;
  const none = { mainExec: { code: 0, status: 0 }, nRestarts: 0, result: "success" };
  const { mainExec, nRestarts, result } = record?.type === "service" ? record : none;
  return `ActiveState=${activeState} ExecMainCode=${mainExec.code} ExecMainStatus=${mainExec.status} NRestarts=${nRestarts} Result=${result} SubState=${subState}`;
}

describe("services go through systemd 252's states (recorded/traces/record.sh)", () => {
  const reference = readTraces(new URL("recorded/traces/systemd-252.txt", import.meta.url));
  test("every scenario is recorded", () => expect(reference.size).toBe(scenarios.length));
  test.each(scenarios.map((s, i) => [s.name, s, `t-${i}.service`] as const))("%s", (_name, s, unit) => {
    const ours = play(s, unit);
    expect(ours).toEqual(closest(ours, reference.get(unit)));
  });
});
