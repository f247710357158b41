import type { DependencyAtom, Graph, GraphUnit, Job } from "@steward/graph";
import type { UnitType } from "@steward/unit-file";
import type { UnitDefinition } from "../definition/definition.ts";
import type { ConditionOutcome, TimerSlot, Token } from "./event.ts";
import type { MountData } from "./mount.ts";
import type { DualTimestamp } from "./now.ts";
import type { PathData } from "./path.ts";
import type { ScopeData } from "./scope.ts";
import type { ServiceData } from "./service.ts";
import type { SocketData } from "./socket.ts";
import type { TimeFacts } from "./time-facts.ts";
import type { TimerData } from "./timer.ts";

/**
 * The core's whole memory.
 *
 * `definitions` come by `load` events and are not recorded: the shell loads unit files again after a recovery. `units`,
 * `jobs` and `counters` are what the shell records; their values are immutable plain JSON. The maps themselves belong to
 * step(): the caller gives a state away and gets it back, so that one changed unit of ten thousand costs one entry.
 */
export interface CoreState {
  readonly scope: "system" | "user";
  /** Random text, given at creation, from which invocation ids are made. */
  readonly seed: string;
  readonly definitions: Definitions;
  readonly units: Map<string, UnitRecord>;
  readonly jobs: Map<number, JobRecord>;
  counters: Counters;
  /** Type=idle services that wait for the queue to become empty. Follows from `units`; not recorded. */
  readonly idle: Set<string>;
}

export interface Definitions {
  readonly loaded: Map<string, GraphUnit>;
  readonly typed: Map<string, UnitDefinition>;
  graph: Graph;
  /** Answers of the graph, until the next `load`. */
  readonly related: Map<string, Map<DependencyAtom, readonly string[]>>;
  /** Where each waiting job found the job that it waits for: that is where to look first. */
  readonly blockers: Map<number, Blocker>;
  /** Units that steward serves itself or that this place cannot run, with the reason: they become active and run nothing. */
  builtin: Readonly<Record<string, string>>;
  /** What timers need to know of the machine. */
  time: TimeFacts;
}

export interface Counters {
  readonly nextJob: number;
  readonly nextToken: Token;
  readonly nextCheck: number;
  readonly nextInvocation: number;
  readonly startup: "initializing" | "starting" | "finished";
  /** The manager is going down (shutdown.target and its kin were asked for). */
  readonly stopping: boolean;
  readonly startedAt: DualTimestamp;
  readonly failedJobs: number;
}

interface Blocker {
  readonly atom: "after" | "before";
  readonly index: number;
}

export const SCHEMA = 1;

export interface UnitRecord {
  readonly schema: typeof SCHEMA;
  readonly id: string;
  readonly machine: MachineData;
  readonly job: number | undefined;
  readonly nopJob: number | undefined;
  readonly stateChange: DualTimestamp;
  readonly inactiveExit: DualTimestamp;
  readonly activeEnter: DualTimestamp;
  readonly activeExit: DualTimestamp;
  readonly inactiveEnter: DualTimestamp;
  readonly conditionResult: boolean;
  readonly conditionAt: DualTimestamp;
  readonly assertResult: boolean;
  readonly assertAt: DualTimestamp;
  readonly conditions: readonly ConditionOutcome[];
  readonly asserts: readonly ConditionOutcome[];
  /** 32 hex digits, or empty before the first start. */
  readonly invocation: string;
  /** StartLimitIntervalSec=, StartLimitBurst=. */
  readonly startLimit: RateLimit;
  readonly startLimitHit: boolean;
  /** StopWhenUnneeded=, BindsTo= and Upholds= must not fight for ever (16 in 10 s). */
  readonly autoLimit: RateLimit;
  /** Some process of the unit may live: set by a spawn, cleared by `groupEmpty`. */
  readonly populated: boolean;
  readonly timers: Readonly<Partial<Record<TimerSlot, ArmedTimer>>>;
  /** The unit whose OnFailure= or OnSuccess= started this one (MONITOR_… of systemd.exec(5)). */
  readonly trigger: TriggerDetails | undefined;
  /** FreezerState=; undefined: running. */
  readonly freezer?: FreezerState | undefined;
  /** Who waits for `frozen`. */
  readonly freezeRequest?: number | undefined;
  /** Tokens of processes that the keeper still holds for this unit, and that are neither main nor control. */
  readonly strays: readonly Token[];
}

/** FreezerState= of org.freedesktop.systemd1(5), besides "running". */
type FreezerState = "freezing" | "frozen" | "thawing";

export interface ArmedTimer {
  readonly clock: "monotonic" | "boottime" | "realtime";
  readonly atUsec: number;
  /** It may elapse so much later, so that several elapse together (AccuracySec= of systemd.timer(5)); at once where it is not said. */
  readonly accuracyUsec?: number;
}

export interface RateLimit {
  readonly beginUsec: number;
  readonly count: number;
}

export interface TriggerDetails {
  readonly unit: string;
  readonly env: readonly (readonly [string, string])[];
}

/** A unit of a type that has nothing of its own to remember: its sub-state in systemd's words. */
export interface PlainData {
  readonly type: Exclude<UnitType, "service" | "socket" | "scope" | "timer" | "path" | "mount">;
  readonly state: string;
}

export type MachineData = ServiceData | SocketData | ScopeData | TimerData | PathData | MountData | PlainData;

/** A job as recorded: what clients see, and what only the engine knows. */
export interface JobRecord extends Job {
  readonly schema: typeof SCHEMA;
  /** The number of the `checkConditions` that this start waits for. */
  readonly check: number | undefined;
  /** Conditions held for this start already: an EAGAIN must not ask again at once. */
  readonly checked: boolean;
  /** It was tried while the unit waited to be restarted, and that counted for StartLimitBurst= as systemd counts it. */
  readonly counted?: boolean;
  readonly trigger: TriggerDetails | undefined;
  readonly timers: { readonly timeout?: number; readonly "running-timeout"?: number };
}
