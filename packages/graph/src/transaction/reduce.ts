import { isActiveOrActivating } from "../jobs/active-state.ts";
import { isConflicting, isRedundant } from "../jobs/job-tables.ts";
import type { Draft, DraftJob } from "./draft.ts";
import type { TransactionView } from "./types.ts";

/** Marks the anchor and all that it cannot be without. */
export function markMatters(draft: Draft): void {
  const stack = [draft.anchor];
  draft.anchor.mattersToAnchor = true;
  for (let job = stack.pop(); job; job = stack.pop())
    for (const link of job.subjects)
      if (link.matters && !link.isCut && !link.object.mattersToAnchor) {
        link.object.mattersToAnchor = true;
        stack.push(link.object);
      }
}

/** Drops the jobs of units that have nothing to do, unless they undo a job in the queue. */
export function dropRedundant(draft: Draft, view: TransactionView): void {
  for (const jobs of [...draft.jobs.values()]) {
    const keep = jobs.some((job) => {
      if (job === draft.anchor || !isRedundant(job.type, view.activeState(job.unit))) return true;
      const queued = view.job(job.unit);
      return queued !== undefined && isConflicting(job.type, queued.type);
    });
    if (!keep) for (const job of [...jobs]) draft.delete(job, false);
  }
}

/** Drops jobs that nobody wants any more. */
export function collectGarbage(draft: Draft): void {
  const queue: DraftJob[] = [];
  for (const jobs of draft.jobs.values()) for (const job of jobs) queue.push(job);
  for (let job = queue.pop(); job; job = queue.pop()) {
    if (job === draft.anchor || job.wanted > 0 || job.isGone) continue;
    const objects = job.subjects.filter((link) => !link.isCut).map((link) => link.object);
    draft.delete(job, true);
    for (const object of objects) queue.push(object);
  }
}

/** Mode fail: what does not matter must neither stop what runs nor change a job in the queue. */
export function minimizeImpact(draft: Draft, view: TransactionView): void {
  for (const jobs of [...draft.jobs.values()])
    for (const job of [...jobs]) {
      if (job.mattersToAnchor || job.isGone) continue;
      const stops = job.type === "stop" && isActiveOrActivating(view.activeState(job.unit));
      const queued = view.job(job.unit);
      const changes = queued !== undefined && isConflicting(job.type, queued.type);
      if (!stops && !changes) continue;
      if (stops) draft.say(7, job.unit, `${job.unit}/${job.type} would stop a running service.`);
      if (changes) draft.say(7, job.unit, `${job.unit}/${job.type} would change existing job.`);
      draft.say(7, job.unit, `Deleting ${job.unit}/${job.type} to minimize impact.`);
      draft.delete(job, true);
    }
}
