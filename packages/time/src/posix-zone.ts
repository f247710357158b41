import { daysFromCivil } from "./civil.ts";
import type { ZoneOffset } from "./zone.ts";

/** A rule for all years, as the TZ variable of POSIX writes it ("CET-1CEST,M3.5.0,M10.5.0/3"). */
export interface PosixZone {
  at(unixSec: number): ZoneOffset;
}

/** The day of a year on which a change falls, as days since 1970. */
type DayOfYear = (year: number) => number;

interface Change {
  readonly day: DayOfYear;
  readonly sec: number;
}

const grammar =
  /^(<[^>]+>|[A-Za-z]{3,})([-+]?[\d:]+)(?:(<[^>]+>|[A-Za-z]{3,})([-+]?[\d:]+)?(?:,([^,/]+)(?:\/([-+]?[\d:]+))?,([^,/]+)(?:\/([-+]?[\d:]+))?)?)?$/;

function clockSeconds(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[-+]/, "").split(":").map(Number);
  const sum = hours * 3600 + minutes * 60 + seconds;
  return text.startsWith("-") ? -sum : sum;
}

function parseDay(text: string): DayOfYear | undefined {
  const monthly = /^M(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (monthly) {
    const [month, week, weekday] = monthly.slice(1).map(Number) as [number, number, number];
    if (month < 1 || month > 12 || week < 1 || week > 5 || weekday > 6) return undefined;
    return (year) => {
      const first = daysFromCivil(year, month, 1);
      const next = daysFromCivil(year, month + 1, 1);
      // 1970-01-01 was a Thursday; POSIX counts weekdays from Sunday.
      const firstWeekday = (((first + 4) % 7) + 7) % 7;
      let day = first + ((weekday - firstWeekday + 7) % 7) + (week - 1) * 7;
      while (day >= next) day -= 7;
      return day;
    };
  }
  const julian = /^(J?)(\d+)$/.exec(text);
  if (!julian) return undefined;
  const n = Number(julian[2]);
  if (n > 365) return undefined;
  if (julian[1] === "") return (year) => daysFromCivil(year, 1, 1) + n;
  // Jn never counts the leap day: day 60 is always the first of March.
  return (year) => (n < 60 ? daysFromCivil(year, 1, n) : daysFromCivil(year, 3, n - 59));
}

const bare = (name: string): string => name.replace(/^<|>$/g, "");

/** Reads a POSIX TZ rule; undefined when the text is not one. */
export function parsePosixZone(text: string): PosixZone | undefined {
  const match = grammar.exec(text);
  if (!match) return undefined;
  const [, stdName, stdOffset, dstName, dstOffset, startDay, startTime, endDay, endTime] = match;
  const standard: ZoneOffset = { offsetSec: -clockSeconds(stdOffset!), abbreviation: bare(stdName!), dst: false };
  if (dstName === undefined) return { at: () => standard };
  const summer: ZoneOffset = {
    offsetSec: dstOffset === undefined ? standard.offsetSec + 3600 : -clockSeconds(dstOffset),
    abbreviation: bare(dstName),
    dst: true,
  };
  const start = change(startDay ?? "M3.2.0", startTime);
  const end = change(endDay ?? "M11.1.0", endTime);
  if (start === undefined || end === undefined) return undefined;
  return { at: (sec) => (isSummer(sec, start, end, standard, summer) ? summer : standard) };
}

function change(day: string, time: string | undefined): Change | undefined {
  const parsed = parseDay(day);
  return parsed && { day: parsed, sec: time === undefined ? 7200 : clockSeconds(time) };
}

function isSummer(sec: number, start: Change, end: Change, standard: ZoneOffset, summer: ZoneOffset): boolean {
  const year = yearAt(sec + standard.offsetSec);
  const begins = start.day(year) * 86_400 + start.sec - standard.offsetSec;
  const ends = end.day(year) * 86_400 + end.sec - summer.offsetSec;
  // In the south summer spans the new year.
  return begins < ends ? sec >= begins && sec < ends : sec >= begins || sec < ends;
}

function yearAt(localSec: number): number {
  const days = Math.floor(localSec / 86_400);
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysFromCivil(year, 1, 1) > days) year--;
  while (daysFromCivil(year + 1, 1, 1) <= days) year++;
  return year;
}
