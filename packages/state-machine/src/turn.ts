import { definitionOf } from "./definition/definitions.ts";
import type { Engine } from "./engine.ts";
import { RunQueue } from "./jobs/run-queue.ts";
import type { Effect } from "./model/effect.ts";
import type { Now } from "./model/now.ts";
import type { CoreState, Counters, JobRecord, UnitRecord } from "./model/state.ts";
import type { Observer } from "./observer.ts";
import { blankUnit } from "./unit/blank.ts";

/** What changed in one step: the shell appends exactly these to its record. */
export interface Changed {
  /** Ids whose record is new, different or gone (then `state.units` has none). */
  readonly units: ReadonlySet<string>;
  readonly jobs: ReadonlySet<number>;
  readonly counters: boolean;
}

/**
 * One step under way. It lives from an event to its effects; the queues are empty when it ends, so nothing of it is ever
 * recorded. Everything below step() takes a turn, reads records through it and replaces them through it.
 */
export interface Turn {
  readonly state: CoreState;
  readonly now: Now;
  readonly effects: Effect[];
  readonly changedUnits: Set<string>;
  readonly changedJobs: Set<number>;
  countersChanged: boolean;
  readonly runQueue: RunQueue;
  readonly unneeded: Set<string>;
  readonly bound: Set<string>;
  readonly upheld: Set<string>;
  /** Services that are to be restarted at once (RestartSec=0). */
  readonly restarts: Set<string>;
  /** Units whose OnFailure= or OnSuccess= has acted in this turn: two that start each other and fail at once must not spin. */
  readonly ended: Set<string>;
  readonly engine: Engine;
  readonly observer: Observer | undefined;
}

export function beginTurn(state: CoreState, now: Now, engine: Engine, observer?: Observer): Turn {
  return {
    state,
    now,
    effects: [],
    changedUnits: new Set(),
    changedJobs: new Set(),
    countersChanged: false,
    runQueue: new RunQueue(),
    unneeded: new Set(),
    bound: new Set(),
    upheld: new Set(),
    restarts: new Set(),
    ended: new Set(),
    engine,
    observer,
  };
}

export function emit(turn: Turn, effect: Effect): void {
  turn.effects.push(effect);
  turn.observer?.effect(effect);
}

/** A unit's record; one that never did anything has a blank one. */
export function unitOf(turn: Turn, id: string): UnitRecord {
  return turn.state.units.get(id) ?? blankUnit(definitionOf(turn.state, id), id);
}

export function patchUnit(turn: Turn, id: string, patch: Partial<UnitRecord>): UnitRecord {
  const next: UnitRecord = { ...unitOf(turn, id), ...patch };
  turn.state.units.set(id, next);
  turn.changedUnits.add(id);
  return next;
}

export function patchJob(turn: Turn, id: number, patch: Partial<JobRecord>): JobRecord | undefined {
  const job = turn.state.jobs.get(id);
  if (job === undefined) return undefined;
  const next: JobRecord = { ...job, ...patch };
  turn.state.jobs.set(id, next);
  turn.changedJobs.add(id);
  return next;
}

export function patchCounters(turn: Turn, patch: Partial<Counters>): void {
  turn.state.counters = { ...turn.state.counters, ...patch };
  turn.countersChanged = true;
}

/** The next number of a kind; never given twice in the life of a state. */
export function take(turn: Turn, counter: "nextJob" | "nextToken" | "nextCheck" | "nextInvocation"): number {
  const value = turn.state.counters[counter];
  patchCounters(turn, { [counter]: value + 1 });
  return value;
}

/** The job of a unit, if it has one (nop jobs apart). */
export function jobOf(turn: Turn, id: string): JobRecord | undefined {
  const job = turn.state.units.get(id)?.job;
  return job === undefined ? undefined : turn.state.jobs.get(job);
}
