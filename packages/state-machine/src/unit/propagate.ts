import type { DependencyAtom, JobMode, JobType } from "@steward/graph";
import { definitionOf } from "../definition/definitions.ts";
import { logUnit, priority } from "../log/log.ts";
import { jobOf, patchUnit, type Turn, unitOf } from "../turn.ts";
import {
  type ActiveState,
  activeStateOf,
  isActiveOrActivating,
  isActiveOrReloading,
  isInactiveOrDeactivating,
  isInactiveOrFailed,
} from "./active-state.ts";
import { rateLimit } from "./rate-limit.ts";
import { isRelated, related } from "./related.ts";

function activeState(turn: Turn, unit: string): ActiveState {
  return activeStateOf(unitOf(turn, unit).machine, definitionOf(turn.state, unit)?.service?.type);
}

function enqueueQuietly(turn: Turn, unit: string, type: JobType, mode: JobMode): void {
  turn.engine.enqueue(turn, { unit, type, mode });
}

/** What a queue of ours wants and a queued job forbids is given up, and said. */
function enqueueOrSay(turn: Turn, unit: string, type: "start" | "stop", mode: JobMode): void {
  const enqueued = turn.engine.enqueue(turn, { unit, type, mode });
  if (!enqueued.ok)
    logUnit(turn, priority.warning, unit, `Failed to enqueue ${type} job, ignoring: ${enqueued.message}`);
}

/** A unit came up without a job: what it requires comes up too, what it conflicts with goes. */
export function retroactiveStart(turn: Turn, unit: string): void {
  const start = (atom: DependencyAtom, mode: JobMode): void => {
    for (const other of [...related(turn, unit, atom)])
      if (!isRelated(turn, unit, "after", other) && !isActiveOrActivating(activeState(turn, other)))
        enqueueQuietly(turn, other, "start", mode);
  };
  start("retroactive-start-replace", "replace");
  start("retroactive-start-fail", "fail");
  for (const other of [...related(turn, unit, "retroactive-stop-on-start")])
    if (!isInactiveOrDeactivating(activeState(turn, other))) enqueueQuietly(turn, other, "stop", "replace");
}

/** A unit went down without a job: what is bound to it follows. */
export function retroactiveStop(turn: Turn, unit: string): void {
  for (const other of [...related(turn, unit, "retroactive-stop-on-stop")])
    if (!isInactiveOrDeactivating(activeState(turn, other))) enqueueQuietly(turn, other, "stop", "replace");
}

/** Puts the unit, or those that depend on it, on the queues that look at combined states when the turn is almost over. */
export function queueAfterChange(turn: Turn, unit: string, state: ActiveState): void {
  if (isInactiveOrFailed(state)) {
    for (const other of related(turn, unit, "add-stop-when-unneeded-queue")) turn.unneeded.add(other);
    for (const other of related(turn, unit, "add-cannot-be-active-without-queue")) turn.bound.add(other);
    turn.upheld.add(unit);
  }
  if (isActiveOrReloading(state)) {
    for (const other of related(turn, unit, "add-start-when-upheld-queue")) turn.upheld.add(other);
    turn.unneeded.add(unit);
    turn.bound.add(unit);
  }
}

/** 16 in 10 s, so that two units that stop and start each other do not do so for ever. */
function mayActAgain(turn: Turn, unit: string, what: string): boolean {
  const { limit, below } = rateLimit(unitOf(turn, unit).autoLimit, 10_000_000, 16, turn.now.monotonicUsec);
  patchUnit(turn, unit, { autoLimit: limit });
  if (!below) logUnit(turn, priority.warning, unit, `Unit ${what}, but not acting since we tried this too recently.`);
  return below;
}

/** StopWhenUnneeded=: nobody that pulled it in is up or on the way up. */
export function stopIfUnneeded(turn: Turn, unit: string): void {
  if (!definitionOf(turn.state, unit)?.stopWhenUnneeded) return;
  if (!isActiveOrReloading(activeState(turn, unit)) || jobOf(turn, unit) !== undefined) return;
  for (const other of related(turn, unit, "pins-stop-when-unneeded"))
    if (jobOf(turn, other) !== undefined || !isInactiveOrFailed(activeState(turn, other))) return;
  if (!mayActAgain(turn, unit, "not needed anymore")) return;
  logUnit(turn, priority.info, unit, "Unit not needed anymore. Stopping.");
  enqueueOrSay(turn, unit, "stop", "fail");
}

/** BindsTo=: what it is bound to is gone and not coming back. */
export function stopIfBound(turn: Turn, unit: string): void {
  if (!isActiveOrReloading(activeState(turn, unit)) || jobOf(turn, unit) !== undefined) return;
  for (const other of related(turn, unit, "cannot-be-active-without")) {
    if (jobOf(turn, other) !== undefined || !isInactiveOrFailed(activeState(turn, other))) continue;
    if (!mayActAgain(turn, unit, `is bound to inactive unit ${other}`)) return;
    logUnit(turn, priority.info, unit, `Unit is bound to inactive unit ${other}. Stopping, too.`);
    enqueueOrSay(turn, unit, "stop", "replace");
    return;
  }
}

/** Upholds=: somebody that is up wants it up. */
export function startIfUpheld(turn: Turn, unit: string): void {
  if (!isInactiveOrFailed(activeState(turn, unit)) || jobOf(turn, unit) !== undefined) return;
  if (definitionOf(turn.state, unit)?.loadState !== "loaded") return;
  for (const other of related(turn, unit, "start-steadily")) {
    if (jobOf(turn, other) !== undefined || !isActiveOrReloading(activeState(turn, other))) continue;
    if (!mayActAgain(turn, unit, `upheld by active unit ${other}`)) return;
    logUnit(turn, priority.info, unit, `Unit is upheld by active unit ${other}. Starting.`);
    enqueueOrSay(turn, unit, "start", "fail");
    return;
  }
}
