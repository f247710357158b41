import type { JobMode, JobResult, JobType } from "@steward/graph";
import type { Resource, UnitEvent } from "./model/event.ts";
import type { JobRecord, TriggerDetails } from "./model/state.ts";
import type { Turn } from "./turn.ts";
import type { ActiveState } from "./unit/active-state.ts";

/**
 * How far a machine got with start, stop or reload, from which the job's fate follows (jobs/run.ts):
 * `acted`: under way or done, say "Starting …"; `quiet`: under way, nothing new to say; `again`: not now, keep the job waiting;
 * the rest end the job at once.
 */
export type Outcome =
  | "acted"
  | "quiet"
  | "again"
  | "already"
  | "condition"
  | "skipped"
  | "invalid"
  | "assert"
  | "unsupported"
  | "dependency"
  | "once"
  | "failed"
  /** The conditions are being looked at: the job runs on until `conditionsChecked`. */
  | "checking";

/** One machine per unit type: what the job engine asks of it, and the door by which its own events come. */
export interface Machine {
  start(turn: Turn, unit: string): Outcome;
  stop(turn: Turn, unit: string): Outcome;
  reload?(turn: Turn, unit: string): Outcome;
  resetFailed?(turn: Turn, unit: string): void;
  /** Removes the unit's own directories; only asked of a unit that rests. "busy": the machine is in no state for that. */
  clean?(turn: Turn, unit: string, what: readonly Resource[]): "begun" | "busy";
  /** Its processes, timers and descriptors: whatever names the unit. A type that asks for nothing hears nothing. */
  event?(turn: Turn, unit: string, event: UnitEvent): void;
  /**
   * The unit that this one triggers (Triggers=) has changed its state or lost its job. It is told in the midst of that change, so
   * nothing may be enqueued here at once.
   */
  triggeredChanged?(turn: Turn, unit: string, triggered: string): void;
  /** The realtime clock was set. */
  clockChanged?(turn: Turn, unit: string): void;
  timezoneChanged?(turn: Turn, unit: string): void;
  /** Unit files were read anew (daemon-reload): what it waits for may have to be another thing. */
  reloaded?(turn: Turn, unit: string): void;
}

export interface JobRequest {
  readonly unit: string;
  readonly type: JobType;
  readonly mode: JobMode;
  /** Asked for by a person: RefuseManualStart= and its kin count. */
  readonly manual?: boolean;
  readonly reloadIfPossible?: boolean;
  readonly trigger?: TriggerDetails;
}

export type Enqueued =
  | { readonly ok: true; readonly job: JobRecord }
  | { readonly ok: false; readonly error: string; readonly message: string };

/** What a change of state says besides the state itself. */
export interface NotifyFlags {
  readonly reloadFailed?: boolean;
  readonly willAutoRestart?: boolean;
}

/**
 * The parts of the core that call each other in a circle (a job ends, a unit changes, a job is enqueued …), tied together
 * in step.ts so that no file imports one that imports it.
 */
export interface Engine {
  machineOf(unit: string): Machine;
  enqueue(turn: Turn, request: JobRequest): Enqueued;
  finishJob(turn: Turn, job: number, result: JobResult, how: { recursive: boolean; already: boolean }): void;
  unitChanged(turn: Turn, unit: string, before: ActiveState, after: ActiveState, flags: NotifyFlags): void;
}
