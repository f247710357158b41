import type { Graph } from "../graph.ts";
import type { JobType } from "./job.ts";

/** A job as far as its order counts. */
export interface OrderedJob {
  readonly unit: string;
  readonly type: JobType;
  readonly ignoreOrder?: boolean;
}

/**
 * The order of two jobs, where a's unit is ordered `before` or `after` b's: -1 when a's job runs first, 1 when b's does, 0 when they do not care.
 * The earlier unit starts first; but if the later unit's job stops it (restart begins as a stop), that goes first, also if both stop (systemd.unit(5), Before=).
 */
export function compareJobs(
  a: Omit<OrderedJob, "unit">,
  b: Omit<OrderedJob, "unit">,
  relation: "before" | "after",
): -1 | 0 | 1 {
  if (a.type === "nop" || b.type === "nop" || a.ignoreOrder || b.ignoreOrder) return 0;
  if (relation === "before") return isStopping(b.type) ? 1 : -1;
  return isStopping(a.type) ? -1 : 1;
}

function isStopping(type: JobType): boolean {
  return type === "stop" || type === "restart";
}

/** Whether `job` has to wait until `other` is done. Both stand in the queue. */
export function orderingBlocks(graph: Graph, job: OrderedJob, other: OrderedJob): boolean {
  if (graph.has(job.unit, "After", other.unit) && compareJobs(job, other, "after") > 0) return true;
  return graph.has(job.unit, "Before", other.unit) && compareJobs(job, other, "before") > 0;
}
