import { parseMicros } from "./calendar/chain.ts";
import { type Civil, weekdayOf } from "./civil.ts";
import { timestampFormattableMaxUsec } from "./format-timestamp.ts";
import { fromLocal, toLocal } from "./local-time.ts";
import { parseTimespan } from "./parse-timespan.ts";
import { usecPerSec } from "./units.ts";
import { type TimeZone, utc } from "./zone.ts";
import { zoneNames } from "./zone-names.ts";

/** What timestamps are relative to. */
export interface TimestampOptions {
  /** Now, in microseconds since 1970: for "now", "today", "+5min", "11:12". */
  readonly nowUsec: number;
  /** The local time zone; UTC unless given. */
  readonly zone?: TimeZone;
  /**
   * Finds a zone by its IANA name. systemd.time(7) lets a timestamp end with one; systemd 252 refuses all but UTC and the local zone's own
   * abbreviations, and so do we unless this is given.
   */
  readonly zoneOf?: (name: string) => TimeZone | undefined;
}

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** "+5min", "-5min", "5min ago", "5min left". */
function parseRelative(text: string, nowUsec: number): number | "refused" | undefined {
  const sign = text[0];
  const span = (part: string): number | "refused" => parseTimespan(part) ?? "refused";
  const add = (usec: number | "refused"): number | "refused" => (usec === "refused" ? usec : nowUsec + usec);
  const subtract = (usec: number | "refused"): number | "refused" =>
    usec === "refused" ? usec : Math.max(0, nowUsec - usec);
  if (sign === "+") return add(span(text.slice(1)));
  if (sign === "-") return subtract(span(text.slice(1)));
  if (text.endsWith(" ago")) return subtract(span(text.slice(0, -4)));
  return text.endsWith(" left") ? add(span(text.slice(0, -5))) : undefined;
}

interface Zoned {
  readonly text: string;
  readonly zone: TimeZone;
  readonly dst?: boolean;
}

/** Cuts the zone off the end. */
function cutZone(text: string, options: TimestampOptions): Zoned {
  if (/ utc$/i.test(text)) return { text: text.slice(0, -4), zone: utc };
  const zone = options.zone ?? utc;
  const names = zoneNames(zone);
  const space = text.lastIndexOf(" ");
  const word = text.slice(space + 1);
  const named = space < 0 ? undefined : options.zoneOf?.(word);
  if (named !== undefined) return { text: text.slice(0, space), zone: named };
  if (space >= 0 && word !== "") {
    if (word.toLowerCase() === names.standard.toLowerCase()) return { text: text.slice(0, space), zone, dst: false };
    if (word.toLowerCase() === names.summer.toLowerCase()) return { text: text.slice(0, space), zone, dst: true };
  }
  return { text, zone };
}

/** Takes a leading weekday off: the date must fall on it. */
function cutWeekday(text: string): { readonly text: string; readonly weekday: number | undefined } {
  const space = text.indexOf(" ");
  const word = text.slice(0, space).toLowerCase();
  const weekday = space < 0 ? -1 : weekdays.findIndex((name) => word === name || word === name.slice(0, 3));
  return weekday < 0 ? { text, weekday: undefined } : { text: text.slice(space + 1), weekday };
}

// As strptime(3) reads them: blanks may stand before every number, where the form has one none need be there, and a second digit is only taken where
// the number may still be in range with it.
const day = /^\s*(\d{1,4})-\s*([01]\d?|[2-9])-\s*([0-3]\d?|[4-9])/;
const clock = /^\s*([0-2]\d?|[3-9]):\s*([0-5]\d?|[6-9])(?::\s*([0-6]\d?|[7-9])(\.\d*)?)?$/;

/** Date and time of day into `c`; what is missing stays, a missing time of day is midnight. */
function readForms(text: string, c: Civil): { readonly micros: number } | undefined {
  const date = day.exec(text);
  let rest = text;
  if (date !== null) {
    const [whole, year, month, dayOfMonth] = date as unknown as [string, string, string, string];
    const n = Number(year);
    // Two digits are a year of this century or, from 69 on, of the last.
    c.year = year.length <= 2 ? n + (n < 69 ? 2000 : 1900) : n;
    c.month = Number(month);
    c.day = Number(dayOfMonth);
    if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31) return undefined;
    rest = text.slice(whole.length);
  }
  c.hour = 0;
  c.minute = 0;
  c.second = 0;
  if (rest === "") return date === null ? undefined : { micros: 0 };
  const time = clock.exec(rest);
  if (time === null) return undefined;
  c.hour = Number(time[1]);
  c.minute = Number(time[2]);
  c.second = Number(time[3] ?? 0);
  if (c.hour > 23 || c.minute > 59 || c.second > 61) return undefined;
  const micros = time[4] === undefined ? 0 : parseMicros(time[4].slice(1));
  return micros === undefined ? undefined : { micros };
}

/**
 * Reads a timestamp as systemd.time(7) has it ("2026-11-23 11:12", "Mon 2026-11-23 UTC", "yesterday", "@1395716396", "5min ago") and gives
 * microseconds since 1970; undefined where systemd refuses.
 */
export function parseTimestamp(text: string, options: TimestampOptions): number | undefined {
  const { nowUsec } = options;
  if (text === "now") return nowUsec;
  if (text.startsWith("@")) return parseTimespan(text.slice(1));
  const relative = parseRelative(text, nowUsec);
  if (relative !== undefined) return relative === "refused" || relative === Infinity ? undefined : relative;
  const zoned = cutZone(text, options);
  const { zone, dst } = zoned;
  const nowSec = Math.floor(nowUsec / usecPerSec);
  const c = toLocal(nowSec, zone);
  const words: Readonly<Record<string, number>> = { today: 0, yesterday: -1, tomorrow: 1 };
  const { text: rest, weekday } = cutWeekday(zoned.text);
  let micros = 0;
  if (Object.hasOwn(words, zoned.text)) {
    c.day += words[zoned.text]!;
    Object.assign(c, { hour: 0, minute: 0, second: 0 });
  } else {
    const read = readForms(rest, c);
    if (read === undefined) return undefined;
    micros = read.micros;
    if (weekday !== undefined && weekday !== weekdayOf(c)) return undefined;
  }
  // Where clocks went back and a time came twice, it is the one that the C library finds when it is asked for the first time.
  const sec = fromLocal(c, { zone, offsetSec: 0 }, dst);
  if (sec === undefined || sec < 0) return undefined;
  const usec = sec * usecPerSec + micros;
  return usec > timestampFormattableMaxUsec ? undefined : usec;
}
