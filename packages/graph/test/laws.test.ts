import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ActiveState,
  addUnits,
  buildGraph,
  dependencyKinds,
  type Graph,
  type GraphUnit,
  isRedundant,
  type JobMode,
  type JobType,
  orderingBlocks,
  type PlannedJob,
  removeUnits,
  type TransactionResult,
} from "../src/index.ts";
import { unit, World } from "./support/world.ts";

const names = ["a.service", "b.service", "c.service", "d.target", "e.target", "f.socket", "g.mount"];
const kinds = [
  "Requires",
  "Requires",
  "Wants",
  "Wants",
  "BindsTo",
  "Requisite",
  "PartOf",
  "Upholds",
  "Conflicts",
  "After",
  "After",
  "Before",
  "PropagatesReloadTo",
  "PropagatesStopTo",
  "TriggeredBy",
  "OnFailure",
];
const edge = fc.record({
  from: fc.constantFrom(...names),
  kind: fc.constantFrom(...kinds),
  to: fc.constantFrom(...names, "missing.service"),
});
const states: readonly ActiveState[] = [
  "active",
  "inactive",
  "inactive",
  "failed",
  "activating",
  "deactivating",
  "reloading",
];
const types: readonly JobType[] = [
  "start",
  "stop",
  "restart",
  "try-restart",
  "reload",
  "verify-active",
  "reload-or-start",
];
const modes: readonly JobMode[] = [
  "replace",
  "fail",
  "replace-irreversibly",
  "isolate",
  "flush",
  "ignore-requirements",
];
const request = fc.record({
  type: fc.constantFrom(...types),
  unit: fc.constantFrom(...names),
  mode: fc.constantFrom(...modes),
});
const situation = fc.record({
  edges: fc.array(edge, { maxLength: 14 }),
  states: fc.array(fc.constantFrom(...states), { minLength: names.length, maxLength: names.length }),
  before: fc.array(request, { maxLength: 3 }),
  request,
});

type Edge = { readonly from: string; readonly kind: string; readonly to: string };

function unitsOf(edges: readonly Edge[]): GraphUnit[] {
  return names.map((name) => {
    const words = edges.filter(({ from }) => from === name).map(({ kind, to }) => `${kind}=${to}`);
    const allows = name.endsWith(".target") ? "Unit.AllowIsolate=yes" : "";
    const reloads = name.endsWith(".service") ? "Service.ExecReload=[x]" : "";
    return unit([name, ...words, allows, reloads, "!"].filter((word) => word !== "").join(" "));
  });
}

type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

/** The world with its queue, and the plan of the request. */
function arrange(one: Situation): { world: World; plan: TransactionResult } {
  const world = new World(unitsOf(one.edges));
  world.active("-.slice", "system.slice");
  for (const [at, name] of names.entries()) world.states.set(name, one.states[at] as ActiveState);
  for (const { type, unit: name, mode } of one.before) world.apply(type, name, mode);
  return { world, plan: world.plan(one.request.type, one.request.unit, one.request.mode) };
}

/** Runs a law over plans that were made. */
function forPlans(law: (jobs: readonly PlannedJob[], world: World, one: Situation) => void): void {
  fc.assert(
    fc.property(situation, (one) => {
      const { world, plan } = arrange(one);
      if (plan.ok) law(plan.jobs, world, one);
    }),
    { numRuns: 1000 },
  );
}

/** Whether "has to wait for" among jobs goes round. */
function findCycle(graph: Graph, jobs: ReadonlyMap<string, { type: JobType; ignoreOrder: boolean }>): boolean {
  const state = new Map<string, "open" | "done">();
  const visit = (name: string): boolean => {
    if (state.get(name) === "open") return true;
    if (state.get(name) === "done") return false;
    state.set(name, "open");
    for (const [other, job] of jobs) {
      const own = jobs.get(name) as { type: JobType; ignoreOrder: boolean };
      if (other !== name && orderingBlocks(graph, { unit: name, ...own }, { unit: other, ...job }) && visit(other))
        return true;
    }
    state.set(name, "done");
    return false;
  };
  return [...jobs.keys()].some(visit);
}

describe("a transaction that holds together", () => {
  test("has one job for each unit, and exactly one of them was asked for", () => {
    forPlans((jobs, _, { request }) => {
      expect(new Set(jobs.map((job) => job.unit)).size).toBe(jobs.length);
      expect(jobs.filter((job) => job.anchor).map((job) => job.unit)).toEqual([request.unit]);
    });
  });

  test("holds only types that a queue can", () => {
    forPlans((jobs) => {
      for (const job of jobs)
        expect(["start", "stop", "verify-active", "reload", "restart", "nop"]).toContain(job.type);
    });
  });

  test("has no ordering cycle, in itself or with the queue", () => {
    forPlans((jobs, world) => {
      const all = new Map<string, { type: JobType; ignoreOrder: boolean }>(world.queue);
      for (const job of jobs) all.set(job.unit, job);
      expect(findCycle(world.graph, all)).toBe(false);
    });
  });

  test("starts what a started unit requires, unless that runs", () => {
    forPlans((jobs, world, { request, edges }) => {
      // Of a unit that cannot start and that was only wished for, what was added before stays, as in systemd.
      if (request.mode === "ignore-requirements" || edges.some(({ to }) => to === "missing.service")) return;
      const types = new Map(jobs.map((job) => [job.unit, job.type]));
      for (const job of jobs)
        if (job.type === "start" || job.type === "restart")
          for (const other of world.graph.byAtom(job.unit, "pull-in-start")) {
            const state = world.view.activeState(other);
            expect([
              job.unit,
              other,
              isRedundant("start", state) || ["start", "restart"].includes(types.get(other) ?? ""),
            ]).toEqual([job.unit, other, true]);
          }
    });
  });

  test("stops what a started unit conflicts with, unless that rests", () => {
    forPlans((jobs, world, { request }) => {
      if (request.mode === "ignore-requirements") return;
      const types = new Map(jobs.map((job) => [job.unit, job.type]));
      for (const job of jobs)
        if (job.type === "start" || job.type === "restart")
          for (const other of world.graph.byAtom(job.unit, "pull-in-stop"))
            if (other !== job.unit)
              expect(isRedundant("stop", world.view.activeState(other)) || types.get(other) === "stop").toBe(true);
    });
  });

  test("stops all that cannot be without a stopped unit", () => {
    forPlans((jobs, world, { request }) => {
      if (request.mode === "ignore-requirements") return;
      const types = new Map(jobs.map((job) => [job.unit, job.type]));
      for (const job of jobs)
        if (job.type === "stop")
          for (const other of world.graph.byAtom(job.unit, "propagate-stop"))
            expect(isRedundant("stop", world.view.activeState(other)) || types.get(other) === "stop").toBe(true);
    });
  });

  test("isolating stops whatever runs and is not part of it", () => {
    forPlans((jobs, world, { request }) => {
      if (request.mode !== "isolate") return;
      const planned = new Set(jobs.map((job) => job.unit));
      for (const name of names)
        if (!name.endsWith(".mount") && world.view.activeState(name) === "active" && !planned.has(name)) {
          const triggers = world.graph.byAtom(name, "triggered-by");
          expect(triggers.some((trigger) => planned.has(trigger)) || isWantedStart(world, request.unit, name)).toBe(
            true,
          );
        }
    });
  });

  test("asked for again, it is the queue already", () => {
    forPlans((_, world, { request: { type, unit, mode } }) => {
      // These two also cancel what is queued and has nothing to do.
      if (mode === "isolate" || mode === "flush") return;
      world.apply(type, unit, mode);
      const queue = JSON.stringify([...world.queue]);
      expect(world.apply(type, unit, mode).ok).toBe(true);
      expect(JSON.stringify([...world.queue])).toBe(queue);
    });
  });

  test("never replaces a job that is irreversible, and in mode fail none", () => {
    forPlans((jobs, world, { request }) => {
      for (const job of jobs) {
        const queued = world.queue.get(job.unit);
        if (job.install.kind === "replace")
          expect([request.mode === "fail", queued?.irreversible]).toEqual([false, false]);
      }
    });
  });

  test("is the same each time", () => {
    fc.assert(
      fc.property(situation, (one) => {
        expect(arrange(one).plan).toEqual(arrange(one).plan);
      }),
      { numRuns: 300 },
    );
  });
});

/** An active unit that the isolated one pulls in has nothing to do, and stays. */
function isWantedStart(world: World, from: string, name: string): boolean {
  const seen = new Set([from]);
  const queue = [from];
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (const atom of ["pull-in-start", "pull-in-start-ignored", "pull-in-verify"] as const)
      for (const other of world.graph.byAtom(next, atom))
        if (!seen.has(other)) {
          seen.add(other);
          queue.push(other);
        }
  return seen.has(name);
}

/** Whether the order of a target and its members may depend on what was known first: it precedes one, or two targets pull in each other. */
function contradictsTargets(edges: readonly Edge[]): boolean {
  return edges.some(
    ({ from, kind, to }) =>
      kind === "Before" || kind === "After" || (from.endsWith(".target") && to.endsWith(".target")),
  );
}

describe("the graph", () => {
  const edgesOf = (graph: Graph): Set<string> => {
    const out = new Set<string>();
    for (const name of [...names, "missing.service"])
      for (const kind of dependencyKinds)
        for (const other of graph.dependencies(name, kind))
          out.add(`${name} ${kind} ${other} ${graph.origins(name, kind, other).join()}`);
    return out;
  };
  const defaults = (edges: readonly Edge[]): GraphUnit[] =>
    unitsOf(edges).map((one) => ({
      ...one,
      settings: { ...one.settings, Unit: { RequiresMountsFor: ["/g/x"] } },
      fragmentPath: "/x",
    }));
  const order = fc.shuffledSubarray(names, { minLength: names.length });

  test("does not depend on the order in which units come", () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 14 }), order, (edges, sequence) => {
        const units = defaults(edges);
        const graph = buildGraph([]);
        for (const name of sequence)
          addUnits(
            graph,
            units.filter(({ id }) => id === name),
          );
        if (!contradictsTargets(edges)) expect(edgesOf(graph)).toEqual(edgesOf(buildGraph(units)));
      }),
      { numRuns: 500 },
    );
  });

  test("forgets a unit as if it had never come", () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 14 }), fc.subarray(names), (edges, gone) => {
        const units = defaults(edges);
        const graph = buildGraph(units);
        removeUnits(graph, gone);
        const kept = units.filter(({ id }) => !gone.includes(id));
        const contradicts = contradictsTargets(edges);
        if (!contradicts) expect(edgesOf(graph)).toEqual(edgesOf(buildGraph(kept)));
        addUnits(
          graph,
          units.filter(({ id }) => gone.includes(id)),
        );
        if (!contradicts) expect(edgesOf(graph)).toEqual(edgesOf(buildGraph(units)));
      }),
      { numRuns: 500 },
    );
  });
});
