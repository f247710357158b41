import type { Graph } from "../graph.ts";
import type { JobType } from "../jobs/job.ts";
import { compareJobs } from "../jobs/job-order.ts";
import type { Draft } from "./draft.ts";
import { refusal } from "./errors.ts";
import type { TransactionError, TransactionView } from "./types.ts";

/** A job of the draft or, where the draft has none for a unit, the one in the queue. */
interface Visited {
  readonly unit: string;
  readonly type: JobType;
  readonly ignoreOrder: boolean;
  /** Not of the draft, or it matters to the anchor: it cannot be dropped. */
  readonly fixed: boolean;
  readonly from: Visited | undefined;
  onPath: boolean;
  readonly later: readonly string[];
  next: number;
}

/**
 * Looks for a cycle among "runs before" of the draft's jobs and the queue's. "done": there is none. "again": one was broken by dropping a job
 * that does not matter to the anchor. Else the refusal. Depth first with an own stack; each job is walked once.
 */
export function breakCycle(draft: Draft, graph: Graph, view: TransactionView): "done" | "again" | TransactionError {
  const seen = new Map<string, Visited>();
  const visit = (unit: string, from: Visited | undefined): Visited | undefined => {
    const own = draft.jobs.get(unit)?.[0];
    const job = own ?? view.job(unit);
    if (!job) return undefined;
    const visited: Visited = {
      unit,
      type: job.type,
      ignoreOrder: job.ignoreOrder,
      fixed: !own || own.mattersToAnchor,
      from,
      onPath: true,
      later: [...graph.byAtom(unit, "before"), ...graph.byAtom(unit, "after")],
      next: 0,
    };
    seen.set(unit, visited);
    return visited;
  };
  for (const unit of draft.jobs.keys()) {
    if (seen.has(unit)) continue;
    let top = visit(unit, undefined);
    while (top) {
      const at = top.next++;
      const other = top.later[at];
      if (other === undefined) {
        top.onPath = false;
        top = top.from;
        continue;
      }
      const known = seen.get(other);
      if (known && !known.onPath) continue;
      const job = draft.jobs.get(other)?.[0] ?? view.job(other);
      if (!job || !runsBefore(graph, top, job, other)) continue;
      if (known) return breakAt(draft, known, top);
      top = visit(other, top) ?? top;
    }
  }
  return "done";
}

function runsBefore(
  graph: Graph,
  job: Visited,
  other: { readonly type: JobType; readonly ignoreOrder: boolean },
  unit: string,
): boolean {
  if (graph.has(job.unit, "Before", unit) && compareJobs(job, other, "before") < 0) return true;
  return graph.has(job.unit, "After", unit) && compareJobs(job, other, "after") < 0;
}

/** The cycle runs from `start` to `end` and back; the log tells it backwards, as systemd does. */
function breakAt(draft: Draft, start: Visited, end: Visited): "again" | TransactionError {
  const cycle: Visited[] = [];
  for (let job: Visited | undefined = end; job; job = job === start ? undefined : job.from) cycle.push(job);
  const units = cycle.map((job) => job.unit);
  for (const [at, job] of cycle.entries())
    draft.say(4, start.unit, `Found ${at === 0 ? "ordering cycle" : "dependency"} on ${job.unit}/${job.type}`, units);
  const doomed = cycle.find((job) => !job.fixed);
  if (doomed) {
    draft.say(
      3,
      start.unit,
      `Job ${doomed.unit}/${doomed.type} deleted to break ordering cycle starting with ${start.unit}/${start.type}`,
      units,
    );
    draft.deleteUnit(doomed.unit);
    return "again";
  }
  draft.say(3, start.unit, `Unable to break cycle starting with ${start.unit}/${start.type}`, units);
  return refusal("TransactionOrderIsCyclic", "Transaction order is cyclic. See system logs for details.");
}
