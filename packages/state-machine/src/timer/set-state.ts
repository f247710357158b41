import type { TimerData, TimerResult, TimerState } from "../model/timer.ts";
import { logResult } from "../unit/log-result.ts";
import { setMachine } from "../unit/set-state.ts";
import { disarm } from "../unit/timers.ts";
import { data, patch, settings, type Timer } from "./data.ts";

/** The one door between states. Only `waiting` has something to wait for. */
export function setState(t: Timer, state: TimerState): void {
  let next: TimerData = { ...data(t), state };
  if (state !== "waiting") {
    disarm(t.turn, t.unit, "elapse");
    disarm(t.turn, t.unit, "calendar");
    next = { ...next, nextMonotonicUsec: undefined, nextRealtimeUsec: undefined };
  }
  setMachine(t.turn, t.unit, next);
}

/** The end, of itself or by a stop. The first thing that went wrong is the result. */
export function enterDead(t: Timer, result: TimerResult): void {
  if (data(t).result === "success") patch(t, { result });
  const ended = data(t).result;
  logResult(t.turn, t.unit, ended);
  setState(t, ended === "success" ? "dead" : "failed");
}

/**
 * Nothing is left that could elapse. RemainAfterElapse=no ends the timer here, but not one that counts from its unit's changes: that
 * unit may be started again by others.
 */
export function enterElapsed(t: Timer, leaveAround: boolean): void {
  if (settings(t).remainAfterElapse || leaveAround) setState(t, "elapsed");
  else enterDead(t, "success");
}
