import { definitionOf } from "../definition/definitions.ts";
import type { JobRecord } from "../model/state.ts";
import { emit, patchJob, type Turn } from "../turn.ts";

/**
 * JobTimeoutSec= counts from the moment a job is enqueued, JobRunningTimeoutSec= from the moment it runs; the earlier wins
 * (systemd.unit(5)). A job that is merged into another keeps the timer that is there.
 */
export function startJobTimer(turn: Turn, job: JobRecord, slot: "timeout" | "running-timeout"): void {
  const unit = definitionOf(turn.state, job.unit);
  const after = slot === "timeout" ? unit?.jobTimeoutUsec : unit?.jobRunningTimeoutUsec;
  if (after === undefined || after === 0 || after === Number.POSITIVE_INFINITY || job.timers[slot] !== undefined)
    return;
  const from = slot === "timeout" ? job.enqueuedUsec : turn.now.monotonicUsec;
  const atUsec = from + after;
  // While it runs, only what ends it earlier is worth a timer.
  if (slot === "running-timeout" && (job.timers.timeout ?? Number.POSITIVE_INFINITY) <= atUsec) return;
  patchJob(turn, job.id, { timers: { ...job.timers, [slot]: atUsec } });
  emit(turn, { kind: "armJobTimer", job: job.id, slot, atUsec });
}

export function stopJobTimers(turn: Turn, job: JobRecord): void {
  for (const slot of ["timeout", "running-timeout"] as const)
    if (job.timers[slot] !== undefined) emit(turn, { kind: "disarmJobTimer", job: job.id, slot });
}
