import type { GraphUnit } from "@steward/graph";
import {
  exportState,
  freezeUnit,
  Play,
  parseRecordLine,
  type RecordedStep,
  Replay,
  recordedInfinity,
  type Scenario,
  thawUnit,
} from "@steward/state-machine";
import { expect, test } from "vitest";
import { instance, units } from "./kit/units.ts";
import { generate } from "./laws/generate.ts";

/** Through the text of a record and back. */
function written<T>(value: T): T {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    part === Number.POSITIVE_INFINITY ? recordedInfinity : part,
  );
  return parseRecordLine(text) as T;
}

/** What a daemon would record of a scenario. */
function record(scenario: Scenario, loaded: readonly GraphUnit[]) {
  const play = new Play(scenario, {
    units: loaded,
    maxEvents: 5_000,
    instances: (name) => instance(scenario.units, name),
  });
  const core = written(exportState(play.simulator.state));
  const steps: RecordedStep[] = [];
  play.watch((event, { state, changed, effects }) => {
    const recorded = event.kind === "load" ? { ...event, names: [], units: event.units.map(freezeUnit) } : event;
    steps.push(
      written({
        event: recorded,
        units: Object.fromEntries([...changed.units].map((id) => [id, state.units.get(id) ?? null])),
        jobs: Object.fromEntries([...changed.jobs].map((id) => [id, state.jobs.get(id) ?? null])),
        counters: changed.counters ? state.counters : undefined,
        effects,
      }),
    );
  });
  play.run();
  return { core, steps, end: exportState(play.simulator.state) };
}

const definitions = (loaded: readonly GraphUnit[]) =>
  written([
    {
      kind: "load" as const,
      now: { monotonicUsec: 0, boottimeUsec: 0, realtimeUsec: 0 },
      replaceAll: true,
      names: [],
      units: loaded.map(freezeUnit),
    },
  ]);

const supply = (load: { readonly units?: readonly Parameters<typeof thawUnit>[0][] }) =>
  (load.units ?? []).map(thawUnit);

test("what a run recorded is replayed to the same states, from the record's definitions alone", () => {
  let steps = 0;
  for (let seed = 1; seed <= 16; seed++) {
    const scenario = generate(seed);
    const loaded = units(scenario.units);
    const recorded = record(scenario, loaded);
    const replay = new Replay(recorded.core, definitions(loaded), supply);
    for (const step of recorded.steps) {
      const difference = replay.step(step);
      if (difference !== undefined) expect(difference).toBeUndefined();
    }
    expect(replay.compare(recorded.end)).toBeUndefined();
    steps += replay.steps;
  }
  expect(steps).toBeGreaterThan(500);
});

test("a definition that was taken down says what the unit says", () => {
  const text =
    "[Unit]\nIgnoreOnIsolate=no\n[Service]\nExecStart=/a\nSlice=x.slice\nCPUAffinity=1 3\nCapabilityBoundingSet=CAP_KILL\nTimeoutStopSec=infinity\n";
  const unit = units({ "a.service": text }).find(({ id }) => id === "a.service")!;
  const thawed = thawUnit(written(freezeUnit(unit)));
  const settings = (from: GraphUnit, section: string) => {
    const values = (from.settings as Record<string, Record<string, unknown>>)[section]!;
    const all: Record<string, unknown> = {};
    for (const name in values) all[name] = values[name];
    return all;
  };
  for (const section of ["Unit", "Service"]) expect(settings(thawed, section)).toEqual(settings(unit, section));
  expect(thawed.origins!("Unit", "IgnoreOnIsolate")).toHaveLength(1);
  expect(thawed.origins!("Unit", "StopWhenUnneeded")).toHaveLength(0);
});

test("the first difference is told with its event, its place and both values", () => {
  const scenario = generate(3);
  const loaded = units(scenario.units);
  const recorded = record(scenario, loaded);
  const at = recorded.steps.findIndex(({ units: changed }) => Object.keys(changed).length > 0);
  const step = recorded.steps[at]!;
  const [id, unit] = Object.entries(step.units)[0]! as [string, { startLimit: { count: number } }];
  const other = { ...step, units: { ...step.units, [id]: { ...unit, startLimit: { ...unit.startLimit, count: 77 } } } };
  const replay = new Replay(recorded.core, definitions(loaded), supply);
  for (const before of recorded.steps.slice(0, at)) expect(replay.step(before)).toBeUndefined();
  expect(replay.step(other)).toEqual({
    step: at,
    event: step.event,
    what: `units ${id}`,
    path: "startLimit.count",
    recorded: 77,
    replayed: unit.startLimit.count,
  });
});
