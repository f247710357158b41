import type { ActiveState } from "../jobs/active-state.ts";
import { isConflicting, isSuperset } from "../jobs/job-tables.ts";
import type { DraftJob } from "./draft.ts";
import { mergeAndCollapse } from "./merge.ts";
import type { JobInstall, QueuedJob } from "./types.ts";

/** How a job meets the one that its unit has in the queue: a unit has one job at most (nop jobs apart). */
export function installJob(job: Pick<DraftJob, "type">, queued: QueuedJob | undefined, state: ActiveState): JobInstall {
  if (!queued || job.type === "nop") return { kind: "new" };
  const type = mergeAndCollapse(queued.type, job.type, state);
  if (isConflicting(queued.type, job.type) || type === undefined) return { kind: "replace", job: queued.id };
  // A reload that runs has read its files already; any other job may still grow.
  const joins = queued.state === "waiting" || (job.type !== "reload" && isSuperset(queued.type, job.type));
  return { kind: "merge", job: queued.id, type, rerun: !joins };
}
