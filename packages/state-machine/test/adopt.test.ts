import { expect, test } from "vitest";
import { adoptRunning, createState, runtimeProperties, step } from "../src/index.ts";

const now = { monotonicUsec: 5_000_000, boottimeUsec: 5_000_000, realtimeUsec: 1_700_000_000_000_000 };

test("what runs without a record is a service that is up, and its end is noticed", () => {
  const state = createState({ scope: "system", seed: "x" });
  adoptRunning(
    state,
    [
      { unit: "a.service", token: 7, pid: 70 },
      { unit: "a.service", token: 9, pid: 90 },
    ],
    now,
  );
  step(state, { kind: "load", now, units: [], replaceAll: true });
  const shown = new Map(runtimeProperties(state, "a.service").map(({ name, value }) => [name, value]));
  expect([shown.get("ActiveState"), shown.get("SubState"), shown.get("MainPID")]).toEqual(["active", "running", 70]);
  expect(state.counters.nextToken).toBe(10);
  const usage = { cpuUsec: 0 };
  const stray = step(state, {
    kind: "exited",
    now,
    unit: "a.service",
    token: 9,
    pid: 90,
    code: "exited",
    status: 0,
    usage,
  });
  expect(stray.effects).toContainEqual({ kind: "release", token: 9 });
  const main = step(state, {
    kind: "exited",
    now,
    unit: "a.service",
    token: 7,
    pid: 70,
    code: "exited",
    status: 0,
    usage,
  });
  expect(main.effects.map((effect) => effect.kind)).toContain("release");
});
