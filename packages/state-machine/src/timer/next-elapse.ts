import { nextElapse } from "@steward/time";
import type { TimerSpec } from "@steward/unit-file";
import { type Turn, unitOf } from "../turn.ts";
import { triggeredUnit } from "../unit/triggered.ts";
import { data, settings, type Timer } from "./data.ts";
import { fixedRandom } from "./random-delay.ts";
import { zoneFrom } from "./zone.ts";

type MonotonicSpec = Exclude<TimerSpec, { base: "OnCalendar" }>;
type CalendarSpec = Extract<TimerSpec, { base: "OnCalendar" }>;

/** Which of these happens but once in the life of a timer. */
export const happensOnce: ReadonlySet<TimerSpec["base"]> = new Set(["OnActive", "OnBoot", "OnStartup"]);

/** The timer is being started. After a daemon-reload (`anew`) systemd counts as if it were. */
function beginsNow(t: Timer, anew: boolean): boolean {
  const { state } = data(t);
  return anew || state === "dead" || state === "failed";
}

/** What OnActiveSec= and its kin count from, on the monotonic clock; undefined where that has not happened yet. */
function baseUsec(t: Timer, base: MonotonicSpec["base"], anew: boolean): number | undefined {
  const { turn, unit } = t;
  const { lastTrigger } = data(t);
  const { startedAt } = turn.state.counters;
  const triggered = triggeredUnit(turn, unit);
  const other = triggered === undefined ? undefined : unitOf(turn, triggered);
  const known = (usec: number): number | undefined => (usec > 0 ? usec : undefined);
  switch (base) {
    case "OnActive":
      return beginsNow(t, anew) ? turn.now.monotonicUsec : unitOf(turn, unit).inactiveExit.monotonicUsec;
    case "OnBoot":
      return turn.state.definitions.time.bootIsStartup ? startedAt.monotonicUsec : 0;
    case "OnStartup":
      return startedAt.monotonicUsec;
    case "OnUnitActive":
      return known(Math.max(other?.inactiveExit.monotonicUsec ?? 0, lastTrigger.monotonicUsec));
    case "OnUnitInactive":
      return known(Math.max(other?.inactiveEnter.monotonicUsec ?? 0, lastTrigger.monotonicUsec));
  }
}

/** The next elapse on the clock that the timer uses: the monotonic one, or with WakeSystem= the one that also counts sleep. */
export function nextMonotonic(t: Timer, spec: MonotonicSpec, anew: boolean): number | undefined {
  const base = baseUsec(t, spec.base, anew);
  if (base === undefined) return undefined;
  const { monotonicUsec, boottimeUsec } = t.turn.now;
  return base + (settings(t).wakeSystem ? boottimeUsec - monotonicUsec : 0) + spec.usec;
}

/** The wall clock's time at the manager's start, by the wall clock as it goes now. */
function startedRealtimeUsec(turn: Turn): number {
  const { realtimeUsec, monotonicUsec } = turn.now;
  return realtimeUsec - (monotonicUsec - turn.state.counters.startedAt.monotonicUsec);
}

/**
 * From when on the next elapse of OnCalendar= is looked for: the last trigger, or the timer's start where it has not triggered.
 * With DeferReactivation= not before the unit was at rest.
 */
function calendarBaseUsec(t: Timer, anew: boolean): number {
  const { turn, unit } = t;
  const { lastTrigger } = data(t);
  const triggered = settings(t).deferReactivation ? triggeredUnit(turn, unit) : undefined;
  const rested = triggered === undefined ? 0 : unitOf(turn, triggered).inactiveEnter.realtimeUsec;
  const from = Math.max(lastTrigger.realtimeUsec, rested);
  if (from > 0) return from;
  return beginsNow(t, anew) ? turn.now.realtimeUsec : unitOf(turn, unit).inactiveExit.realtimeUsec;
}

/** RandomizedOffsetSec=: how much later than written all moments of the timer are, always the same. */
function offsetUsec(t: Timer): number {
  const { randomizedOffsetUsec } = settings(t);
  if (randomizedOffsetUsec <= 0 || !Number.isFinite(randomizedOffsetUsec)) return 0;
  const { scope, definitions } = t.turn.state;
  return Number(fixedRandom(t.unit, scope, definitions.time) % BigInt(Math.floor(randomizedOffsetUsec)));
}

/**
 * The next elapse of OnCalendar=. One that was missed before the manager came up counts from there, so that RandomizedDelaySec=
 * spreads it.
 */
export function nextCalendar(t: Timer, spec: CalendarSpec, anew: boolean): number | undefined {
  const { turn } = t;
  const offset = offsetUsec(t);
  const zone = zoneFrom(turn.state.definitions.time.zone);
  const next = nextElapse(spec.event, calendarBaseUsec(t, anew) - offset, { zone });
  return next === undefined ? undefined : Math.max(next + offset, startedRealtimeUsec(turn));
}
