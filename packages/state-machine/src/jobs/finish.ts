import type { DependencyAtom, Job, JobResult } from "@steward/graph";
import { definitionOf } from "../definition/definitions.ts";
import { logUnitAtLarge, priority } from "../log/log.ts";
import type { JobRecord } from "../model/state.ts";
import { emit, jobOf, patchCounters, patchJob, patchUnit, type Turn, unitOf } from "../turn.ts";
import { activeStateOf, isActiveOrReloading } from "../unit/active-state.ts";
import { startOnEnd } from "../unit/on-failure.ts";
import { related } from "../unit/related.ts";
import { notifyTriggers } from "../unit/trigger-notify.ts";
import { logJobFinished } from "./messages.ts";
import { stopJobTimers } from "./timers.ts";

/** What clients see of a job. */
export function publicJob(job: JobRecord): Job {
  const { id, unit, type, state, irreversible, ignoreOrder, enqueuedUsec, startedUsec, anchor } = job;
  return { id, unit, type, state, irreversible, ignoreOrder, enqueuedUsec, startedUsec, anchor };
}

/** Takes a job out of the queue without a word to anybody but its clients. */
function removeJob(turn: Turn, job: JobRecord, result: JobResult): void {
  stopJobTimers(turn, job);
  turn.state.jobs.delete(job.id);
  turn.state.definitions.blockers.delete(job.id);
  turn.changedJobs.add(job.id);
  const unit = unitOf(turn, job.unit);
  if (unit.job === job.id) patchUnit(turn, job.unit, { job: undefined });
  else if (unit.nopJob === job.id) patchUnit(turn, job.unit, { nopJob: undefined });
  emit(turn, { kind: "jobRemoved", job: publicJob(job), result });
}

/** Ends the start jobs of units that cannot start because this one did not. */
function failDependents(turn: Turn, unit: string, atom: DependencyAtom): void {
  for (const other of related(turn, unit, atom)) {
    const job = jobOf(turn, other);
    if (job !== undefined && (job.type === "start" || job.type === "verify-active"))
      turn.engine.finishJob(turn, job.id, "dependency", { recursive: true, already: false });
  }
}

/** Jobs that may have waited for this one. */
function wakeNeighbours(turn: Turn, unit: string): void {
  if (turn.state.jobs.size === 0) return;
  for (const atom of ["after", "before"] as const)
    for (const other of related(turn, unit, atom)) {
      const job = jobOf(turn, other);
      if (job !== undefined) turn.runQueue.add(job.id, other);
    }
}

/**
 * A job has come to its end. `already`: it found its work done and says nothing. `recursive`: its failure fails those that
 * depend on it. The stop of a restart is no end: the job lives on as a start, under the same id.
 */
export function finishJob(
  turn: Turn,
  id: number,
  result: JobResult,
  how: { readonly recursive: boolean; readonly already: boolean },
): void {
  const job = turn.state.jobs.get(id);
  if (job === undefined) return;
  const { unit, type } = job;
  if (!how.already) logJobFinished(turn, job, type, result);

  if (result === "done" && type === "restart") {
    patchJob(turn, id, { type: "start", state: "waiting", check: undefined, checked: false });
    turn.runQueue.add(id, unit);
    emit(turn, { kind: "unitChanged", unit });
    wakeNeighbours(turn, unit);
    return;
  }
  if (result === "failed" || result === "invalid")
    patchCounters(turn, { failedJobs: turn.state.counters.failedJobs + 1 });
  removeJob(turn, job, result);

  const starting = type === "start" || type === "verify-active";
  if (result !== "done" && how.recursive) {
    if (starting) failDependents(turn, unit, "propagate-start-failure");
    else if (type === "stop") failDependents(turn, unit, "propagate-stop-failure");
  }
  // Requisite= on a unit whose start succeeded and left it inactive (a oneshot, an unmet condition) is not satisfied.
  const service = definitionOf(turn.state, unit)?.service;
  const active = isActiveOrReloading(activeStateOf(unitOf(turn, unit).machine, service?.type));
  if (result === "done" && how.recursive && !active && (type === "start" || type === "reload"))
    failDependents(turn, unit, "propagate-inactive-start-as-failure");

  if (result === "timeout" || result === "dependency") {
    logUnitAtLarge(turn, priority.notice, unit, `Job ${unit}/${type} failed with result '${result}'.`, [
      ["JOB_TYPE", type],
      ["JOB_RESULT", result],
    ]);
    startOnEnd(turn, unit, "on-failure");
  }
  notifyTriggers(turn, unit);
  wakeNeighbours(turn, unit);
}
