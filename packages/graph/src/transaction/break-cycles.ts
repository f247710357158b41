import type { Graph } from "../graph.ts";
import type { JobType } from "../jobs/job.ts";
import { compareJobs } from "../jobs/job-order.ts";
import type { Draft, DraftJob } from "./draft.ts";
import { refusal } from "./errors.ts";
import type { QueuedJob, TransactionError, TransactionView } from "./types.ts";

/** A job of the draft or, where the draft has none for a unit, the one in the queue. */
interface Visited {
  readonly unit: string;
  readonly type: JobType;
  readonly ignoreOrder: boolean;
  /** Not of the draft, or one of the unit's jobs there matters to the anchor: it cannot be dropped. */
  readonly fixed: boolean;
  readonly from: Visited | undefined;
  onPath: boolean;
  relation: "before" | "after";
  /** The units that this one is `relation` to, and how far they were looked at. */
  others: readonly string[];
  next: number;
}

/**
 * Looks for a cycle among "runs before" of the draft's jobs and the queue's. "done": there is none. "again": one was broken by dropping a job
 * that does not matter to the anchor. Else the refusal. Depth first with an own stack; each job is walked once.
 */
export function breakCycle(draft: Draft, graph: Graph, view: TransactionView): "done" | "again" | TransactionError {
  const seen = new Map<string, Visited>();
  const jobOf = (unit: string): DraftJob | QueuedJob | undefined => draft.jobs.get(unit)?.[0] ?? view.job(unit);
  const visit = (unit: string, job: DraftJob | QueuedJob, from: Visited | undefined): Visited => {
    const visited: Visited = {
      unit,
      type: job.type,
      ignoreOrder: job.ignoreOrder,
      fixed: draft.jobs.get(unit)?.some((one) => one.mattersToAnchor) ?? true,
      from,
      onPath: true,
      relation: "before",
      others: graph.byAtom(unit, "before"),
      next: 0,
    };
    seen.set(unit, visited);
    return visited;
  };
  for (const [unit, [first]] of draft.jobs) {
    if (seen.has(unit)) continue;
    let top: Visited | undefined = visit(unit, first as DraftJob, undefined);
    while (top) {
      const other = top.others[top.next++];
      if (other === undefined) {
        if (top.relation === "after") {
          top.onPath = false;
          top = top.from;
        } else {
          top.relation = "after";
          top.others = graph.byAtom(top.unit, "after");
          top.next = 0;
        }
        continue;
      }
      const known = seen.get(other);
      if (known && !known.onPath) continue;
      if (known) {
        if (compareJobs(top, known, top.relation) < 0) return breakAt(draft, known, top);
        continue;
      }
      const job = jobOf(other);
      if (job && compareJobs(top, job, top.relation) < 0) top = visit(other, job, top);
    }
  }
  return "done";
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
