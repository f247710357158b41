/** Dependencies between units (systemd.unit(5)) and transactions of jobs over them. Pure: no clock, no disk. */

export { atomsOf, type DependencyAtom } from "./dependencies/atom.ts";
export type { GraphOptions, GraphUnit, LoadState, Scope } from "./dependencies/graph-unit.ts";
export { type DependencyKind, dependencyKinds, inverseKind, isDependencyKind } from "./dependencies/kind.ts";
export { mountsNeeded } from "./dependencies/mount-paths.ts";
export type { DependencyOrigin } from "./dependencies/origin.ts";
export { type DependencyProperty, dependencyProperties } from "./dependencies/properties.ts";
export { referencedNames } from "./dependencies/referenced-names.ts";
export { droppedDependencies } from "./dependencies/refused.ts";
export { parentSlice, sliceOf } from "./dependencies/slice.ts";
export { isPerpetual, needsNoFile } from "./dependencies/unit-types.ts";
export { type DotOptions, toDot } from "./dot.ts";
export { addUnits, buildGraph, type Graph, removeUnits } from "./graph.ts";
export type { ActiveState } from "./jobs/active-state.ts";
export type { Job, JobMode, JobResult, JobType } from "./jobs/job.ts";
export { compareJobs, type OrderedJob, orderingBlocks } from "./jobs/job-order.ts";
export { collapseJobType, isConflicting, isRedundant, isSuperset, mergeJobTypes } from "./jobs/job-tables.ts";
export { findOrderingCycles } from "./ordering-cycles.ts";
export { planTransaction } from "./transaction/plan-transaction.ts";
export type {
  JobInstall,
  PlannedJob,
  QueuedJob,
  TransactionError,
  TransactionInput,
  TransactionLog,
  TransactionRequest,
  TransactionResult,
  TransactionView,
} from "./transaction/types.ts";
