import type { Program } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { closest, Listener, readTraces, systemctl, type Trace } from "./kit/recorded.ts";
import { World } from "./kit/world.ts";
import { fullName, type Group, groups, groupText, resolve } from "./recorded/groups/groups.ts";
import { toProgram } from "./recorded/traces/behaviour.ts";

function play(group: Group, index: number): Readonly<Record<string, Trace>> {
  const texts: Record<string, string> = {};
  const programs: Record<string, Program> = {};
  for (const [name, of] of Object.entries(group.units)) {
    const unit = fullName(index, name);
    texts[unit] = groupText(index, of, (directive) => `/bin/${directive}`);
    programs[unit] = toProgram(of.main ?? {});
    for (const [directive, behaviour] of Object.entries(of.others ?? {}))
      programs[`${unit} ${directive}`] = toProgram(behaviour);
  }
  const failed = {
    type: "PathExists",
    parameter: "/nonexistent",
    negate: false,
    trigger: false,
    result: "failed",
  } as const;
  const world = new World(texts, { programs, conditions: () => ({ conditions: [failed], asserts: [] }) });
  world.start("multi-user.target").run();
  // Type=simple passes `start` until the keeper has reported the pid; systemd forks within the step.
  const silent = (unit: string, kind: string): boolean =>
    kind === "start" && !/Type=(?!simple|idle)/.test(texts[unit] ?? "");
  const listener = new Listener(world, silent);
  for (const step of group.do) {
    if (typeof step === "number") world.run(step * 1_000);
    else systemctl(world, resolve(index, step).split(" "));
  }
  const shows = Object.fromEntries(Object.keys(texts).map((unit) => [unit, shown(world, unit)]));
  world.run(20_000_000);
  return Object.fromEntries(Object.keys(texts).map((unit) => [unit, listener.trace(unit, shows[unit]!)]));
}

function shown(world: World, unit: string): string {
  const [activeState, subState] = world.stateOf(unit).split(" ");
  const record = world.state.units.get(unit)?.machine;
  const { nRestarts, result } = record?.type === "service" ? record : { nRestarts: 0, result: "success" };
  return `ActiveState=${activeState} NRestarts=${nRestarts} Result=${result} SubState=${subState}`;
}

describe("units that depend on each other go systemd 252's way (recorded/groups/record.sh)", () => {
  const reference = readTraces(new URL("recorded/groups/systemd-252.txt", import.meta.url));
  test.each(groups.map((group, i) => [group.name, group, i] as const))("%s", (_name, group, i) => {
    const ours = play(group, i);
    const theirs = Object.fromEntries(
      Object.entries(ours).map(([unit, trace]) => [unit, closest(trace, reference.get(unit))]),
    );
    expect(ours).toEqual(theirs);
  });
});
