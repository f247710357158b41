import { secondsFromCivil, weekdayOf } from "../civil.ts";
import { timestampFormattableMaxUsec } from "../format-timestamp.ts";
import { intlTimeZone } from "../intl-zone.ts";
import { fromLocal, type LocalClock, toLocal } from "../local-time.ts";
import { usecPerSec } from "../units.ts";
import { utc } from "../zone.ts";
import type { CalendarChain, CalendarEvent } from "./event.ts";
import type { ZoneOptions } from "./parse-calendar.ts";

/**
 * A moment under search: civil time with microseconds, and the summer-time flag as the C library's struct tm carries it. Where clocks change, what
 * systemd finds follows from that flag and from the order of the steps below, so they are taken one by one as it takes them.
 */
interface Moment {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micros: number;
  dst: boolean | undefined;
}

const lastYear = 2199;
const iterationsMax = 1000;
const secPerDay = 86_400;

const fields = ["year", "month", "day", "hour", "minute", "second", "micros"] as const;
type Field = (typeof fields)[number];
const starts = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, micros: 0 } as const;

/** mktime: the Unix second, `m` brought into range as the zone has it; undefined where there is none, or before 1970. */
function makeTime(m: Moment, clock: LocalClock): number | undefined {
  const sec = fromLocal(m, clock, clock.zone === utc ? undefined : m.dst);
  if (sec === undefined) return undefined;
  Object.assign(m, toLocal(sec, clock.zone), { dst: clock.zone.at(sec).dst });
  return sec < 0 ? undefined : sec;
}

/** Whether the fields are in range; else they are brought there, what is below the field that overflowed at its start. */
function settle(m: Moment, clock: LocalClock): "fine" | "moved" | "impossible" {
  if (m.year > lastYear) return "impossible";
  const t = { ...m };
  if (makeTime(t, clock) === undefined) return "impossible";
  const moved = fields.findIndex((field) => t[field] !== m[field]);
  if (moved < 0) return "fine";
  const field = fields[moved]!;
  if (t[field] < m[field]) return "impossible";
  // Overflow may skip a match: day 33 of March becomes the second of April, and the first is lost. The field below begins anew.
  const below = fields[moved + 1]!;
  if (below !== "micros") t[below] = starts[below];
  Object.assign(m, t);
  return "moved";
}

/**
 * Brings the fields into range before a new way down. When the next hour or minute lies in a gap that the C library leaves by its earlier end, or in a
 * summer time that is over, this would go backward within the day, and what has been would be found again: then it goes forward instead. Says whether
 * it went the way it was asked to.
 */
function normalise(m: Moment, clock: LocalClock): boolean {
  const t = { ...m };
  makeTime(t, clock);
  const [wanted, found] = [secondsFromCivil(m), secondsFromCivil(t)];
  if (found >= wanted || Math.floor(found / secPerDay) < Math.floor(wanted / secPerDay)) {
    Object.assign(m, t);
    return true;
  }
  m.dst = t.dst;
  makeTime(m, clock);
  return false;
}

/** The day that is the n-th last of the moment's month; -1 where the month has none such. */
function fromEndOfMonth(m: Moment, clock: LocalClock, n: number): number {
  const t = { ...m, month: m.month + 1, day: 1 - n };
  return makeTime(t, clock) === undefined || t.month !== m.month ? -1 : t.day;
}

/** The smallest value of the chain that is not below `value`; undefined when there is none. */
function match(chain: CalendarChain, value: number, dayOf?: (n: number) => number): number | undefined {
  if (chain === undefined) return value;
  let best: number | undefined;
  for (const component of chain) {
    let { start, repeat } = component;
    let stop = component.stop ?? -1;
    if (dayOf !== undefined) {
      [start, stop] = [dayOf(start), dayOf(stop)];
      // Counted from the end, a range runs the other way.
      if (stop > 0) [start, stop] = [stop, start];
    }
    if (start >= value) best = best === undefined || start < best ? start : best;
    else if (repeat > 0) {
      const next = start + repeat * Math.ceil((value - start) / repeat);
      if ((best === undefined || next < best) && (stop < 0 || next <= stop)) best = next;
    }
  }
  return best;
}

/** Puts everything below a field at its start. */
function restartBelow(m: Moment, field: Field): void {
  for (const below of fields.slice(fields.indexOf(field) + 1)) m[below] = starts[below];
}

/** Nothing fits below: goes on at the start of the next value of the field above. */
function advance(m: Moment, above: Field): void {
  m[above]++;
  restartBelow(m, above);
}

/** Fields from the year down, each with the field that is advanced when it has no match. */
const steps = [
  ["month", "year"],
  ["day", "month"],
  ["hour", "day"],
  ["minute", "hour"],
] as const;

/** One way down from the year to the microsecond: "found", "again" after a change further up, "never" when the years are used up. */
function descend(event: CalendarEvent, m: Moment, clock: LocalClock): "found" | "again" | "never" {
  const year = match(event.year, m.year);
  if (year === undefined) return "never";
  if (year !== m.year) restartBelow(m, "year");
  m.year = year;
  if (settle(m, clock) !== "fine") return "never";

  for (const [field, above] of steps) {
    const fromEnd = field === "day" && event.endOfMonth;
    const value = match(event[field], m[field], fromEnd ? (n) => fromEndOfMonth(m, clock, n) : undefined);
    if (value !== undefined && value !== m[field]) restartBelow(m, field);
    m[field] = value ?? m[field];
    const settled = value === undefined ? "impossible" : settle(m, clock);
    if (settled === "impossible") advance(m, above);
    if (settled !== "fine") return "again";
    if (field === "day" && event.weekdays !== undefined && (event.weekdays & (1 << weekdayOf(m))) === 0) {
      advance(m, "day");
      return "again";
    }
  }

  const micros = match(event.microsecond, m.second * usecPerSec + m.micros);
  if (micros !== undefined) {
    m.second = Math.floor(micros / usecPerSec);
    m.micros = micros % usecPerSec;
  }
  const settled = micros === undefined ? "impossible" : settle(m, clock);
  if (settled === "impossible") advance(m, "minute");
  return settled === "fine" ? "found" : "again";
}

/**
 * The first moment after `afterUsec` at which the event elapses, in microseconds since 1970; undefined when there is none up to the year 2199, or the
 * event's time zone is not known. In gaps and overlaps of local time it is the moment that systemd finds.
 */
export function nextElapse(event: CalendarEvent, afterUsec: number, options: ZoneOptions = {}): number | undefined {
  const from = Math.floor(afterUsec) + 1;
  if (!(from >= 1) || from > timestampFormattableMaxUsec + usecPerSec) return undefined;
  const local = options.zone ?? utc;
  const named =
    event.zone === "UTC" ? utc : event.zone === undefined ? local : (options.zoneOf ?? intlTimeZone)(event.zone);
  if (named === undefined) return undefined;
  const sec = Math.floor(from / usecPerSec);
  // The C library begins with the offset that it used last: for the local zone the one in force, for a zone that was just switched to none.
  const clock: LocalClock = { zone: named, offsetSec: event.zone === undefined ? local.at(sec).offsetSec : 0 };
  const m: Moment = { ...toLocal(sec, named), micros: from % usecPerSec, dst: named.at(sec).dst };
  let turned = false;
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    // Once time had to be turned forward, the summer time that the event names binds no more, but the one that was found.
    if (!normalise(m, clock)) turned = true;
    if (!turned) m.dst = event.dst;
    const outcome = descend(event, m, clock);
    if (outcome === "never") return undefined;
    if (outcome === "again") continue;
    const found = makeTime(m, clock);
    return found === undefined ? undefined : found * usecPerSec + m.micros;
  }
  return undefined;
}

/**
 * The last moment before `beforeUsec` at which the event elapsed, in microseconds since 1970; undefined when there is none since 1970. It is the largest
 * one that `nextElapse` ever answers below that bound.
 */
export function previousElapse(
  event: CalendarEvent,
  beforeUsec: number,
  options: ZoneOptions = {},
): number | undefined {
  const elapsesBefore = (after: number): number | undefined => {
    const next = nextElapse(event, after, options);
    return next !== undefined && next < beforeUsec ? next : undefined;
  };
  // Look further and further back, then halve what lies between a start that still finds one and a start that does not.
  let high = Math.floor(beforeUsec);
  let low = high;
  let found: number | undefined;
  for (let reach = usecPerSec; found === undefined; reach *= 4) {
    if (low <= 0) return undefined;
    high = low;
    low = Math.max(0, Math.floor(beforeUsec) - reach);
    found = elapsesBefore(low);
  }
  while (high - found > 1) {
    const middle = Math.floor((found + high) / 2);
    const later = elapsesBefore(middle);
    if (later === undefined) high = middle;
    else found = later;
  }
  return found;
}
