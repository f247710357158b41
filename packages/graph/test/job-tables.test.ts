import { describe, expect, test } from "vitest";
import {
  type ActiveState,
  collapseJobType,
  compareJobs,
  isConflicting,
  isRedundant,
  isSuperset,
  type JobType,
  mergeJobTypes,
} from "../src/index.ts";
import { transactionJobTypes } from "../src/jobs/job-tables.ts";

const types: readonly JobType[] = [...transactionJobTypes];
const states: readonly ActiveState[] = ["active", "reloading", "inactive", "failed", "activating", "deactivating"];
const pairs = types.flatMap((a) => types.map((b) => [a, b] as const));
const triples = pairs.flatMap(([a, b]) => types.map((c) => [a, b, c] as const));
const collapsed = (a: JobType | undefined, b: JobType, state: ActiveState): JobType | undefined => {
  const merged = a === undefined ? undefined : mergeJobTypes(a, b);
  return merged === undefined ? undefined : collapseJobType(merged, state);
};

describe("merging job types", () => {
  test.each(types)("%s with itself is itself", (type) => expect(mergeJobTypes(type, type)).toBe(type));

  test("does not care which comes first", () => {
    for (const [a, b] of pairs) expect([a, b, mergeJobTypes(a, b)]).toEqual([a, b, mergeJobTypes(b, a)]);
  });

  test("only a stop contradicts, and it contradicts everything else", () => {
    for (const [a, b] of pairs) expect(mergeJobTypes(a, b) === undefined).toBe((a === "stop") !== (b === "stop"));
  });

  test("does not care for grouping, once collapsed by a state", () => {
    for (const state of states)
      for (const [a, b, c] of triples) {
        const left = collapsed(collapsed(a, b, state), c, state);
        const right = collapsed(collapsed(b, c, state), a, state);
        expect([state, a, b, c, left]).toEqual([state, a, b, c, right]);
      }
  });

  test("if a and b merge and c fits not with them, it fits not with one of them alone", () => {
    for (const [a, b, c] of triples) {
      const merged = mergeJobTypes(a, b);
      if (merged === undefined || merged === "reload-or-start") continue;
      expect(mergeJobTypes(merged, c) === undefined).toBe(
        mergeJobTypes(a, c) === undefined || mergeJobTypes(b, c) === undefined,
      );
    }
  });

  test("the merged type is a superset of both, and merging is what a superset is", () => {
    for (const [a, b] of pairs) {
      const merged = mergeJobTypes(a, b);
      if (merged === undefined || merged === "reload-or-start") continue;
      expect([a, b, isSuperset(merged, a), isSuperset(merged, b)]).toEqual([a, b, true, true]);
      if (isSuperset(a, b)) expect(merged).toBe(a);
    }
  });

  test("a nop contradicts nothing, everything else contradicts what it does not merge with", () => {
    for (const [a, b] of pairs) expect(isConflicting(a, b)).toBe(mergeJobTypes(a, b) === undefined);
    for (const a of types) expect([isConflicting(a, "nop"), isConflicting("nop", a)]).toEqual([false, false]);
  });
});

describe("jobs against states", () => {
  test.each<[JobType, readonly ActiveState[]]>([
    ["start", ["active", "reloading"]],
    ["verify-active", ["active", "reloading"]],
    ["stop", ["inactive", "failed"]],
    ["reload", []],
    ["restart", []],
    ["nop", states],
  ])("%s has nothing to do in %j", (type, idle) => {
    expect(states.filter((state) => isRedundant(type, state))).toEqual(states.filter((state) => idle.includes(state)));
  });

  test.each<[JobType, Record<string, JobType>]>([
    [
      "try-restart",
      {
        active: "restart",
        reloading: "restart",
        activating: "restart",
        inactive: "nop",
        failed: "nop",
        deactivating: "nop",
      },
    ],
    [
      "try-reload",
      { active: "reload", reloading: "reload", activating: "nop", inactive: "nop", failed: "nop", deactivating: "nop" },
    ],
    [
      "reload-or-start",
      {
        active: "reload",
        reloading: "reload",
        activating: "start",
        inactive: "start",
        failed: "start",
        deactivating: "start",
      },
    ],
  ])("%s collapses by state", (type, expected) => {
    expect(Object.fromEntries(states.map((state) => [state, collapseJobType(type, state)]))).toEqual(expected);
  });

  test("collapsing once is enough, and leaves a type of the tables", () => {
    const conditional: readonly JobType[] = ["try-restart", "try-reload", "reload-or-start"];
    for (const type of [...types, ...conditional])
      for (const state of states) {
        const once = collapseJobType(type, state);
        expect([...types, "nop"]).toContain(once);
        expect(collapseJobType(once, state)).toBe(once);
      }
  });

  test("a job that has nothing to do still has nothing to do after a verify-active joins it", () => {
    for (const state of states)
      if (isRedundant("start", state))
        expect(isRedundant(collapsed("start", "verify-active", state) as JobType, state)).toBe(true);
  });
});

describe("the order of two jobs", () => {
  test("looks the same from both sides", () => {
    for (const [a, b] of pairs)
      expect(compareJobs({ type: a }, { type: b }, "before")).toBe(
        -compareJobs({ type: b }, { type: a }, "after") || 0,
      );
  });

  test.each<[JobType, JobType, -1 | 1]>([
    ["start", "start", -1],
    ["start", "verify-active", -1],
    ["start", "reload", -1],
    ["start", "stop", 1],
    ["stop", "start", -1],
    ["stop", "stop", 1],
    ["restart", "start", -1],
    ["start", "restart", 1],
    ["restart", "restart", 1],
  ])("before: %s, %s", (a, b, expected) => expect(compareJobs({ type: a }, { type: b }, "before")).toBe(expected));

  test("means nothing to a nop, nor to who ignores it", () => {
    for (const type of types) {
      expect(compareJobs({ type }, { type: "nop" }, "before")).toBe(0);
      expect(compareJobs({ type, ignoreOrder: true }, { type: "stop" }, "after")).toBe(0);
    }
  });
});
