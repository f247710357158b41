import type { ActiveState } from "../jobs/active-state.ts";
import type { JobType } from "../jobs/job.ts";
import { collapseJobType, mergeJobTypes } from "../jobs/job-tables.ts";
import type { Draft, DraftJob } from "./draft.ts";
import { refusal } from "./errors.ts";
import type { TransactionError, TransactionView } from "./types.ts";

/** Merging two types may give a conditional one, which the unit's state decides at once. */
export function mergeAndCollapse(a: JobType, b: JobType, state: ActiveState): JobType | undefined {
  const merged = mergeJobTypes(a, b);
  return merged === undefined ? undefined : collapseJobType(merged, state);
}

/** Leaves one job for each unit. "again": a contradiction was resolved by dropping a job, and others may have to go with it. */
export function mergeJobs(draft: Draft, view: TransactionView): "done" | "again" | TransactionError {
  for (const jobs of draft.jobs.values()) {
    const first = jobs[0] as DraftJob;
    let type = first.type;
    for (const other of jobs.slice(1)) {
      const merged = mergeAndCollapse(type, other.type, view.activeState(first.unit));
      if (merged !== undefined) {
        type = merged;
        continue;
      }
      if (dropOne(draft, jobs)) return "again";
      return refusal(
        "TransactionJobsConflicting",
        `Transaction contains conflicting jobs '${type}' and '${other.type}' for ${first.unit}. Probably contradicting requirement dependencies configured.`,
      );
    }
  }
  for (const jobs of [...draft.jobs.values()]) {
    const first = jobs[0] as DraftJob;
    const others = jobs.slice(1);
    if (others.length === 0) continue;
    let type = first.type;
    for (const other of others) type = mergeAndCollapse(type, other.type, view.activeState(first.unit)) as JobType;
    const keeper = jobs.includes(draft.anchor) ? draft.anchor : first;
    for (const other of [...jobs]) if (other !== keeper) draft.absorb(keeper, other, type);
  }
  return "done";
}

/** Of two jobs that contradict, drops the one that does not matter to the anchor; if neither does, rather a stop, unless a conflict asked for it. */
function dropOne(draft: Draft, jobs: readonly DraftJob[]): boolean {
  for (const [at, j] of jobs.entries())
    for (const k of jobs.slice(at + 1)) {
      if (mergeJobTypes(j.type, k.type) !== undefined) continue;
      const doomed = choose(j, k);
      if (!doomed) return false;
      draft.say(
        7,
        doomed.unit,
        `Fixing conflicting jobs ${j.unit}/${j.type},${k.unit}/${k.type} by deleting job ${doomed.unit}/${doomed.type}`,
      );
      draft.delete(doomed, true);
      return true;
    }
  return false;
}

function choose(j: DraftJob, k: DraftJob): DraftJob | undefined {
  if (j.mattersToAnchor) return k.mattersToAnchor ? undefined : k;
  if (k.mattersToAnchor) return j;
  if (j.type === "stop" && isConflictedBy(j)) return k;
  if (k.type === "stop" && isConflictedBy(k)) return j;
  if (j.type === "stop") return j;
  return k.type === "stop" ? k : j;
}

function isConflictedBy(job: DraftJob): boolean {
  return job.objects.some((link) => link.conflicts && !link.isCut);
}
