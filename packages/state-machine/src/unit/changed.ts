import { definitionOf } from "../definition/definitions.ts";
import type { NotifyFlags } from "../engine.ts";
import type { DualTimestamp } from "../model/now.ts";
import type { JobRecord, UnitRecord } from "../model/state.ts";
import { emit, jobOf, patchUnit, type Turn } from "../turn.ts";
import {
  type ActiveState,
  isActiveOrActivating,
  isActiveOrReloading,
  isInactiveOrDeactivating,
  isInactiveOrFailed,
} from "./active-state.ts";
import { endAction } from "./emergency.ts";
import { startOnEnd } from "./on-failure.ts";
import { queueAfterChange, retroactiveStart, retroactiveStop } from "./propagate.ts";
import { notifyTriggers } from "./trigger-notify.ts";

function timestamps(turn: Turn, before: ActiveState, after: ActiveState): Partial<UnitRecord> {
  const now: DualTimestamp = { realtimeUsec: turn.now.realtimeUsec, monotonicUsec: turn.now.monotonicUsec };
  const wasDown = isInactiveOrFailed(before);
  const isDown = isInactiveOrFailed(after);
  const wasUp = isActiveOrReloading(before);
  const isUp = isActiveOrReloading(after);
  return {
    stateChange: now,
    ...(wasDown && !isDown ? { inactiveExit: now } : {}),
    ...(!wasDown && isDown ? { inactiveEnter: now } : {}),
    ...(!wasUp && isUp ? { activeEnter: now } : {}),
    ...(wasUp && !isUp ? { activeExit: now } : {}),
  };
}

/**
 * Tells the unit's job of the new state. True when the change is not what the job is after (or there is no job): then
 * dependencies are started or stopped as if somebody had asked.
 */
function changeJob(turn: Turn, job: JobRecord, state: ActiveState, flags: NotifyFlags): boolean {
  const finish = (result: "done" | "failed"): void =>
    turn.engine.finishJob(turn, job.id, result, { recursive: true, already: false });
  if (job.state === "waiting") turn.runQueue.add(job.id, job.unit);
  const running = job.state === "running";
  switch (job.type) {
    case "start":
    case "verify-active":
      if (isActiveOrReloading(state)) finish("done");
      else if (running && state !== "activating") {
        if (isInactiveOrFailed(state)) finish(state === "failed" ? "failed" : "done");
        return true;
      }
      return false;
    case "reload":
      if (!running) return false;
      if (state === "active") finish(flags.reloadFailed ? "failed" : "done");
      else if (state !== "activating" && state !== "reloading") {
        if (isInactiveOrFailed(state)) finish(state === "failed" ? "failed" : "done");
        return true;
      }
      return false;
    case "stop":
    case "restart":
      if (isInactiveOrFailed(state)) finish("done");
      else if (running && state !== "deactivating") {
        finish("failed");
        return true;
      }
      return false;
    default:
      return false;
  }
}

/**
 * Every change of a unit's state comes through here, also one that leaves ActiveState as it is: timestamps, the unit's job,
 * dependencies that follow at once, and the queues that are looked at when the turn is almost over.
 */
export function unitChanged(
  turn: Turn,
  unit: string,
  before: ActiveState,
  after: ActiveState,
  flags: NotifyFlags,
): void {
  emit(turn, { kind: "unitChanged", unit });
  patchUnit(turn, unit, timestamps(turn, before, after));
  const definition = definitionOf(turn.state, unit);

  const job = jobOf(turn, unit);
  const unexpected = job === undefined || changeJob(turn, job, after, flags);
  if (unexpected) {
    if (isInactiveOrFailed(before) && isActiveOrActivating(after)) retroactiveStart(turn, unit);
    else if (isActiveOrActivating(before) && isInactiveOrDeactivating(after)) retroactiveStop(turn, unit);
  }
  if (before !== after && after === "failed" && !flags.willAutoRestart) startOnEnd(turn, unit, "on-failure");
  if (after === "inactive" && !isInactiveOrFailed(before) && before !== "maintenance" && !flags.willAutoRestart)
    startOnEnd(turn, unit, "on-success");
  notifyTriggers(turn, unit);

  if (before !== "failed" && after === "failed")
    endAction(turn, unit, definition?.failureAction, definition?.failureActionExitStatus);
  else if (!isInactiveOrFailed(before) && after === "inactive")
    endAction(turn, unit, definition?.successAction, definition?.successActionExitStatus);
  queueAfterChange(turn, unit, after);
}
