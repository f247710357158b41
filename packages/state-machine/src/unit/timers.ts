import type { TimerSlot } from "../model/event.ts";
import type { ArmedTimer } from "../model/state.ts";
import { emit, patchUnit, type Turn, unitOf } from "../turn.ts";

/** Arms a unit's timer `afterUsec` from now on the monotonic clock; Infinity means none. */
export function armAfter(turn: Turn, unit: string, slot: TimerSlot, afterUsec: number): void {
  if (afterUsec === Number.POSITIVE_INFINITY) disarm(turn, unit, slot);
  else armAt(turn, unit, slot, { clock: "monotonic", atUsec: turn.now.monotonicUsec + afterUsec });
}

/** One that is armed for that very moment stays as it is. */
export function armAt(turn: Turn, unit: string, slot: TimerSlot, timer: ArmedTimer): void {
  const armed = unitOf(turn, unit).timers[slot];
  if (armed?.clock === timer.clock && armed.atUsec === timer.atUsec && armed.accuracyUsec === timer.accuracyUsec)
    return;
  patchUnit(turn, unit, { timers: { ...unitOf(turn, unit).timers, [slot]: timer } });
  emit(turn, { kind: "armTimer", unit, slot, ...timer });
}

export function disarm(turn: Turn, unit: string, slot: TimerSlot): void {
  if (forget(turn, unit, slot)) emit(turn, { kind: "disarmTimer", unit, slot });
}

/** A timer that elapsed is no longer armed. False when it was not: the event is late, and its time-out withdrawn. */
export function forget(turn: Turn, unit: string, slot: TimerSlot): boolean {
  const { [slot]: armed, ...others } = unitOf(turn, unit).timers;
  if (armed === undefined) return false;
  patchUnit(turn, unit, { timers: others });
  return true;
}
