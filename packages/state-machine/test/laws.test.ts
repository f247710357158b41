import { type Effect, unitView } from "@steward/state-machine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { build, play, scenario, second, stopAll, unitNames } from "./kit/scenario.ts";

const resting = new Set(["inactive", "failed"]);

function jobEvents(effects: readonly Effect[]): { made: number[]; ended: number[] } {
  return {
    made: effects.flatMap((e) => (e.kind === "jobNew" ? [e.job.id] : [])),
    ended: effects.flatMap((e) => (e.kind === "jobRemoved" ? [e.job.id] : [])),
  };
}

const runs = Number(process.env.STEWARD_LAW_RUNS ?? 60);

describe("laws, on random units, programs and requests", () => {
  test("every job ends once, every request is answered once, and nothing stays under way", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const world = build(s);
        play(world, s);
        const { made, ended } = jobEvents(world.effects);
        expect(ended.length).toBe(new Set(ended).size);
        expect([...ended, ...world.state.jobs.keys()].sort((a, b) => a - b)).toEqual(made.sort((a, b) => a - b));
        const replies = world.effects.flatMap((e) => (e.kind === "reply" ? [e.request] : []));
        expect(replies).toEqual(s.commands.map((_, i) => i + 1));
        // A job that is left waits for one that runs, and a unit that is left between states waits for a process or a timer.
        for (const job of world.state.jobs.values())
          if (job.state === "running")
            expect(["activating", "deactivating", "reloading"]).toContain(unitView(world.state, job.unit).activeState);
        for (const unit of unitNames) {
          const { activeState, job } = unitView(world.state, unit);
          if (job === undefined && ["activating", "deactivating"].includes(activeState))
            expect(
              world.kernel.members(unit).length > 0 ||
                world.kernel.isArmed(unit, "restart") ||
                world.kernel.isArmed(unit, "state"),
            ).toBe(true);
        }
      }),
      { numRuns: runs },
    );
  });

  test("a stop ends in bounded time, and no process and no token outlives it", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const world = build(s);
        const begun = new Map<number, number>();
        world.watch((event, { state, effects }) => {
          for (const effect of effects) {
            if (effect.kind === "jobNew") begun.set(effect.job.id, event.now.monotonicUsec);
            if (effect.kind !== "jobRemoved" || effect.job.type !== "stop" || effect.result !== "done") continue;
            // ExecStop= and three time-outs of two seconds for each of five units, one after the other.
            expect(event.now.monotonicUsec - begun.get(effect.job.id)!).toBeLessThan(5 * 10 * second);
            if (resting.has(unitView(state, effect.job.unit).activeState))
              expect(world.kernel.members(effect.job.unit).map((p) => p.pid)).toEqual([]);
          }
        });
        play(world, s);
        stopAll(world);
        expect([...world.kernel.endedTokens].filter((token) => !world.kernel.released.has(token))).toEqual([]);
        for (const record of world.state.units.values()) {
          // OnFailure= and Upholds= may have started something again; what is at rest is at rest.
          if (!resting.has(unitView(world.state, record.id).activeState)) continue;
          expect(world.kernel.members(record.id).map((p) => p.pid)).toEqual([]);
          expect(record.strays).toEqual([]);
          expect(record.timers).toEqual({});
        }
      }),
      { numRuns: runs },
    );
  });

  test("ordering: nothing is started while what it comes after still has a job to start", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const world = build(s);
        world.watch((_event, { state, effects }) => {
          for (const effect of effects) {
            if (effect.kind !== "spawn" || effect.command.directive !== "ExecStart" || effect.command.index > 0)
              continue;
            const job = [...state.jobs.values()].find((j) => j.unit === effect.unit);
            if (job === undefined || job.ignoreOrder || job.type !== "start") continue;
            for (const other of state.definitions.graph.byAtom(effect.unit, "after")) {
              const record = state.units.get(other);
              const blocking = record?.job === undefined ? undefined : state.jobs.get(record.job);
              // A job that came later, for a unit that had none when this one started, blocks nobody.
              if (blocking === undefined || blocking.ignoreOrder || blocking.id > job.id) continue;
              expect(`${other} ${blocking.type} before ${effect.unit}`).toBe("");
            }
          }
        });
        play(world, s);
      }),
      { numRuns: runs },
    );
  });

  test("nothing is active for longer than a turn while what it is bound to is not", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const world = build(s);
        world.watch((_event, { state }) => {
          for (const unit of unitNames) {
            if (unitView(state, unit).activeState !== "active" || unitView(state, unit).job !== undefined) continue;
            const record = state.units.get(unit)!;
            if (record.autoLimit.count > 16) continue;
            for (const other of state.definitions.graph.byAtom(unit, "cannot-be-active-without")) {
              const view = unitView(state, other);
              if (view.job === undefined)
                expect(resting.has(view.activeState) ? `${unit} without ${other}` : "").toBe("");
            }
          }
        });
        play(world, s);
      }),
      { numRuns: runs },
    );
  });

  test("a manager that is killed between any two effects goes the same way as one that is not", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const whole = build(s);
        play(whole, s);
        const cut = build(s, () => true);
        play(cut, s);
        expect(cut.effects.filter((e) => e.kind !== "unitChanged")).toEqual(
          whole.effects.filter((e) => e.kind !== "unitChanged"),
        );
        expect([...cut.state.units]).toEqual(
          [...whole.state.units].map(([id, unit]) => [id, JSON.parse(JSON.stringify(unit))]),
        );
      }),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test("records are plain JSON", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const world = build(s);
        world.watch((_event, { state, changed }) => {
          for (const id of changed.units) {
            const record = state.units.get(id);
            if (record !== undefined) expect(JSON.parse(JSON.stringify(record))).toEqual(record);
          }
        });
        play(world, s);
      }),
      { numRuns: Math.ceil(runs / 5) },
    );
  });
});
