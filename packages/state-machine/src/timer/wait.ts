import { logUnit, priority } from "../log/log.ts";
import type { TimerValue } from "../model/timer.ts";
import { armAt, disarm } from "../unit/timers.ts";
import { triggeredUnit } from "../unit/triggered.ts";
import { data, patch, settings, type Timer } from "./data.ts";
import { happensOnce, nextCalendar, nextMonotonic } from "./next-elapse.ts";
import { chance, fixedRandom } from "./random-delay.ts";
import { enterDead, enterElapsed, setState } from "./set-state.ts";

/**
 * Why the next elapse is worked out: a state changed; the clock was set (what happens once and is over is not therefore done
 * with); the unit file was read anew.
 */
type Reason = "state" | "clock" | "reloaded";

/** RandomizedDelaySec=, FixedRandomDelay=. */
function delayed(t: Timer, usec: number, clock: string): number {
  const { randomizedDelayUsec, fixedRandomDelay } = settings(t);
  if (randomizedDelayUsec <= 0 || !Number.isFinite(randomizedDelayUsec)) return usec;
  const { state, now } = t.turn;
  const random = fixedRandomDelay
    ? fixedRandom(t.unit, state.scope, state.definitions.time)
    : chance(state, t.unit, `${clock}/${now.monotonicUsec}/${now.realtimeUsec}`);
  return usec + Number(random % BigInt(Math.floor(randomizedDelayUsec)));
}

/** The moments of all On…=, and which of them can no longer elapse. */
function calculate(t: Timer, why: Reason): readonly (TimerValue & { readonly live: boolean })[] {
  const { timers, wakeSystem } = settings(t);
  const { values, lastTrigger } = data(t);
  const now = wakeSystem ? t.turn.now.boottimeUsec : t.turn.now.monotonicUsec;
  const triggered = lastTrigger.realtimeUsec > 0 || lastTrigger.monotonicUsec > 0;
  return timers.map((spec, index) => {
    const { nextUsec, disabled } = values[index] ?? { nextUsec: 0, disabled: false };
    if (disabled) return { nextUsec, disabled, live: false };
    const anew = why === "reloaded";
    const next = spec.base === "OnCalendar" ? nextCalendar(t, spec, anew) : nextMonotonic(t, spec, anew);
    if (next === undefined) return { nextUsec, disabled, live: false };
    // At the very moment it has elapsed already: it would elapse again and again without time passing.
    const over = triggered && why !== "clock" && next <= now && happensOnce.has(spec.base);
    return { nextUsec: next, disabled: over, live: !over };
  });
}

/** Works out what comes next and waits for it. */
export function enterWaiting(t: Timer, why: Reason = "state"): void {
  if (triggeredUnit(t.turn, t.unit) === undefined) {
    logUnit(t.turn, priority.err, t.unit, "Unit to trigger vanished.");
    enterDead(t, "resources");
    return;
  }
  const { timers, wakeSystem, accuracyUsec, onClockChange, onTimezoneChange } = settings(t);
  const found = calculate(t, why);
  patch(t, { values: found.map(({ nextUsec, disabled }) => ({ nextUsec, disabled })) });

  const earliest = (calendar: boolean): number | undefined => {
    const live = found.filter((value, i) => value.live && (timers[i]!.base === "OnCalendar") === calendar);
    return live.length === 0 ? undefined : Math.min(...live.map(({ nextUsec }) => nextUsec));
  };
  const [monotonic, realtime] = [earliest(false), earliest(true)];
  if (monotonic === undefined && realtime === undefined && !onClockChange && !onTimezoneChange) {
    enterElapsed(
      t,
      timers.some(({ base }, i) => !found[i]!.disabled && (base === "OnUnitActive" || base === "OnUnitInactive")),
    );
    return;
  }
  const nextMonotonicUsec = monotonic === undefined ? 0 : delayed(t, monotonic, "monotonic");
  const nextRealtimeUsec = realtime === undefined ? 0 : delayed(t, realtime, "realtime");
  // What is shown is on the monotonic clock, whichever is waited for.
  const shift = wakeSystem ? t.turn.now.boottimeUsec - t.turn.now.monotonicUsec : 0;
  patch(t, { nextMonotonicUsec: Math.max(0, nextMonotonicUsec - shift), nextRealtimeUsec });
  const clock = wakeSystem ? "boottime" : "monotonic";
  if (monotonic === undefined) disarm(t.turn, t.unit, "elapse");
  else armAt(t.turn, t.unit, "elapse", { clock, atUsec: nextMonotonicUsec, accuracyUsec });
  if (realtime === undefined) disarm(t.turn, t.unit, "calendar");
  else armAt(t.turn, t.unit, "calendar", { clock: "realtime", atUsec: nextRealtimeUsec, accuracyUsec });
  setState(t, "waiting");
}
