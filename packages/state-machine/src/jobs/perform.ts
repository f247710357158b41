import { definitionOf } from "../definition/definitions.ts";
import type { Outcome } from "../engine.ts";
import { logUnit, priority } from "../log/log.ts";
import type { JobRecord } from "../model/state.ts";
import { emit, patchJob, patchUnit, type Turn, take, unitOf } from "../turn.ts";
import { activeStateOf, isActiveOrReloading, isInactiveOrFailed } from "../unit/active-state.ts";
import { thawForJob } from "../unit/freezer.ts";
import { isRelated, related } from "../unit/related.ts";

function activeState(turn: Turn, unit: string) {
  return activeStateOf(unitOf(turn, unit).machine, definitionOf(turn.state, unit)?.service?.type);
}

/** BindsTo= with After=: what we are bound to must be up before us, whatever became of its job. */
function boundToInactive(turn: Turn, unit: string): boolean {
  for (const other of related(turn, unit, "cannot-be-active-without")) {
    if (!isRelated(turn, unit, "after", other)) continue;
    if (isActiveOrReloading(activeState(turn, other))) continue;
    logUnit(turn, priority.notice, unit, `Bound to unit ${other}, but unit isn't active.`);
    return true;
  }
  return false;
}

/**
 * Conditions hold, or none are there. Asks the shell once per run of the job and waits ("checking"); `undefined` means go on.
 */
function conditions(turn: Turn, job: JobRecord): Outcome | undefined {
  const unit = unitOf(turn, job.unit);
  if (!definitionOf(turn.state, job.unit)?.hasConditions) {
    const now = { realtimeUsec: turn.now.realtimeUsec, monotonicUsec: turn.now.monotonicUsec };
    patchUnit(turn, job.unit, { conditionResult: true, conditionAt: now, assertResult: true, assertAt: now });
    return undefined;
  }
  if (!job.checked) {
    if (job.check !== undefined) return "checking";
    const check = take(turn, "nextCheck");
    patchJob(turn, job.id, { check });
    emit(turn, { kind: "checkConditions", unit: job.unit, check });
    return "checking";
  }
  patchJob(turn, job.id, { checked: false });
  if (!unit.conditionResult) return "condition";
  if (unit.assertResult) return undefined;
  logUnit(turn, priority.notice, job.unit, "Starting requested but asserts failed.");
  return "assert";
}

/** Starts the unit of a job; what comes back decides what becomes of the job. */
export function performStart(turn: Turn, job: JobRecord): Outcome {
  const state = activeState(turn, job.unit);
  if (isActiveOrReloading(state)) return "already";
  if (definitionOf(turn.state, job.unit)?.loadState !== "loaded") return "failed";
  // What goes down is started when it is down; there is no point in looking at conditions before.
  if (state === "deactivating" || state === "maintenance") return "again";
  const machine = turn.engine.machineOf(job.unit);
  if (state !== "activating") {
    const outcome = conditions(turn, job);
    if (outcome !== undefined) return outcome;
  }
  if (boundToInactive(turn, job.unit)) return "dependency";
  thawForJob(turn, job.unit);
  return machine.start(turn, job.unit);
}

export function performStop(turn: Turn, job: JobRecord): Outcome {
  if (isInactiveOrFailed(activeState(turn, job.unit))) return "already";
  thawForJob(turn, job.unit);
  return turn.engine.machineOf(job.unit).stop(turn, job.unit);
}

export function performReload(turn: Turn, job: JobRecord): Outcome {
  if (definitionOf(turn.state, job.unit)?.loadState !== "loaded") return "failed";
  const state = activeState(turn, job.unit);
  if (state === "reloading") return "again";
  if (state !== "active") {
    logUnit(turn, priority.warning, job.unit, "Unit cannot be reloaded because it is inactive.");
    return "invalid";
  }
  thawForJob(turn, job.unit);
  const machine = turn.engine.machineOf(job.unit);
  if (machine.reload !== undefined) return machine.reload(turn, job.unit);
  // Nothing of its own to reload: the job was here to carry the reload on to others.
  turn.engine.unitChanged(turn, job.unit, state, state, {});
  return "quiet";
}

/** A job that only looks: Requisite=. */
export function verifyActive(turn: Turn, job: JobRecord): Outcome {
  const state = activeState(turn, job.unit);
  if (isActiveOrReloading(state)) return "already";
  return state === "activating" ? "again" : "skipped";
}
