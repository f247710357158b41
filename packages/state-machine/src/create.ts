import { noDefinitions } from "./definition/definitions.ts";
import type { CoreState, Counters, JobRecord, UnitRecord } from "./model/state.ts";
import { never } from "./unit/blank.ts";

export interface CreateOptions {
  readonly scope: "system" | "user";
  /** Any text that no other life of a manager has had: invocation ids are made from it. */
  readonly seed: string;
}

/** Everything of a state that the shell records: plain JSON, to be given back to importState. */
export interface ExportedState {
  readonly scope: "system" | "user";
  readonly seed: string;
  readonly units: readonly UnitRecord[];
  readonly jobs: readonly JobRecord[];
  readonly counters: Counters;
}

/** A state before its first event. Units come by a `load` event. */
export function createState({ scope, seed }: CreateOptions): CoreState {
  return {
    scope,
    seed,
    definitions: noDefinitions(scope),
    units: new Map(),
    jobs: new Map(),
    counters: {
      nextJob: 1,
      nextToken: 1,
      nextCheck: 1,
      nextInvocation: 1,
      startup: "initializing",
      stopping: false,
      startedAt: never,
      failedJobs: 0,
    },
    idle: new Set(),
  };
}

/** What is to be recorded, all of it; while running, step's `changed` says which parts are new. */
export function exportState(state: CoreState): ExportedState {
  const { scope, seed, counters } = state;
  return { scope, seed, units: [...state.units.values()], jobs: [...state.jobs.values()], counters };
}

/**
 * A state as it was recorded. A `load` event has to follow before any other: definitions are not recorded. Nothing is
 * emitted for what is under way; the shell performs the recorded effects that were not performed, and arms armedTimers().
 */
export function importState(recorded: ExportedState): CoreState {
  const state = createState(recorded);
  state.counters = recorded.counters;
  for (const unit of recorded.units) {
    // Whoever asked the manager before has got no answer and never will: its numbers begin anew.
    state.units.set(unit.id, unit.freezeRequest === undefined ? unit : { ...unit, freezeRequest: undefined });
    const { machine } = unit;
    if (machine.type === "service" && machine.state.kind === "start" && machine.state.wait === "idle")
      state.idle.add(unit.id);
  }
  for (const job of recorded.jobs) state.jobs.set(job.id, job);
  return state;
}
