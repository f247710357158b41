import type { Graph } from "../graph.ts";
import type { ActiveState } from "../jobs/active-state.ts";
import type { Job, JobMode, JobType } from "../jobs/job.ts";

/** What a transaction must know of the running system. Everything else is in the graph. */
export interface TransactionView {
  activeState(unit: string): ActiveState;
  /** The unit's job in the queue, if it has one (never a nop job). */
  job(unit: string): QueuedJob | undefined;
  /** Every job in the queue; asked by modes isolate and flush, which cancel the rest. */
  jobs(): Iterable<QueuedJob>;
  /** Where the running unit knows better than its file; by default the graph decides from type and settings. */
  canReload?(unit: string): boolean | undefined;
}

/** A job in the queue, as far as transactions look at it. */
export type QueuedJob = Pick<Job, "id" | "unit" | "type" | "state" | "irreversible" | "ignoreOrder">;

/** Who asks for what. `manual`: by a person, so that RefuseManualStart= and kin count (StartUnit and kin on the bus). */
export interface TransactionRequest {
  readonly unit: string;
  readonly type: JobType;
  readonly mode: JobMode;
  readonly manual?: boolean;
  /** ReloadOrRestartUnit and ReloadOrTryRestartUnit: reload instead of restart where the unit can. */
  readonly reloadIfPossible?: boolean;
}

/** How a planned job goes into the queue. */
export type JobInstall =
  | { readonly kind: "new" }
  /** Cancel the unit's job first: the two contradict. */
  | { readonly kind: "replace"; readonly job: number }
  /** The unit's job becomes `type`; `rerun`: it waits again although it ran. */
  | { readonly kind: "merge"; readonly job: number; readonly type: JobType; readonly rerun: boolean };

/** One job of a transaction that holds together. */
export interface PlannedJob {
  readonly unit: string;
  readonly type: JobType;
  readonly irreversible: boolean;
  readonly ignoreOrder: boolean;
  /** The job that was asked for. */
  readonly anchor: boolean;
  readonly install: JobInstall;
}

/** A line for the log, in systemd's words. `units` become UNIT= fields. Priorities are syslog's. */
export interface TransactionLog {
  readonly priority: number;
  readonly message: string;
  readonly units: readonly string[];
}

/** A refusal: D-Bus error name and systemd's words. */
export interface TransactionError {
  readonly name: string;
  readonly message: string;
}

/** `jobs` in the order in which they were thought of (the anchor first); ids are best given in that order. `cancel`: queued jobs that the mode ends besides. */
export type TransactionResult =
  | {
      readonly ok: true;
      readonly jobs: readonly PlannedJob[];
      readonly cancel: readonly number[];
      readonly log: readonly TransactionLog[];
    }
  | { readonly ok: false; readonly error: TransactionError; readonly log: readonly TransactionLog[] };

/** What planTransaction takes. */
export interface TransactionInput {
  readonly graph: Graph;
  readonly view: TransactionView;
  readonly request: TransactionRequest;
}
