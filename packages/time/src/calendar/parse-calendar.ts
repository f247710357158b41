import { civilFromSeconds } from "../civil.ts";
import { intlTimeZone } from "../intl-zone.ts";
import { type TimeZone, utc } from "../zone.ts";
import { zoneNames } from "../zone-names.ts";
import { type Cursor, isValidChain, normaliseChain, parseChain } from "./chain.ts";
import type { CalendarChain, CalendarEvent } from "./event.ts";
import { parseWeekdays } from "./weekdays.ts";

/** Which time zones there are. */
export interface ZoneOptions {
  /** The local time zone; UTC unless given. */
  readonly zone?: TimeZone;
  /** Finds a zone by its IANA name; `Intl`'s data unless given. For the names and the history of /usr/share/zoneinfo use `readTimeZone`. */
  readonly zoneOf?: (name: string) => TimeZone | undefined;
}

/** An event under construction. */
type Draft = { -readonly [K in keyof CalendarEvent]: CalendarEvent[K] };

const at = (...values: number[]): CalendarChain => values.map((start) => ({ start, repeat: 0 }));

/** The shorthands of systemd.time(7): what differs from "every moment that ends in :00". */
const shorthands: Readonly<Record<string, Partial<Draft>>> = {
  minutely: {},
  hourly: { minute: at(0) },
  daily: { hour: at(0), minute: at(0) },
  weekly: { weekdays: 1, hour: at(0), minute: at(0) },
  monthly: { day: at(1), hour: at(0), minute: at(0) },
  yearly: { month: at(1), day: at(1), hour: at(0), minute: at(0) },
  quarterly: { month: at(1, 4, 7, 10), day: at(1), hour: at(0), minute: at(0) },
  semiannually: { month: at(1, 7), day: at(1), hour: at(0), minute: at(0) },
};
const synonyms: Readonly<Record<string, string>> = {
  annually: "yearly",
  anually: "yearly",
  biannually: "semiannually",
  "bi-annually": "semiannually",
  "semi-annually": "semiannually",
};

/** Cuts a time zone off the end: "UTC", an abbreviation of the local zone, or an IANA name. */
function cutZone(text: string, draft: Draft, options: ZoneOptions): string {
  if (/ utc$/i.test(text)) {
    draft.zone = "UTC";
    return text.slice(0, -4);
  }
  const names = zoneNames(options.zone ?? utc);
  for (const [dst, name] of [[false, names.standard] as const, [true, names.summer] as const]) {
    if (name === "" || !text.toLowerCase().endsWith(` ${name.toLowerCase()}`)) continue;
    draft.dst = dst;
    draft.abbreviation = name;
    return text.slice(0, -name.length - 1);
  }
  const space = text.lastIndexOf(" ");
  const name = text.slice(space + 1);
  if (space < 0 || name === "" || (options.zoneOf ?? intlTimeZone)(name) === undefined) return text;
  draft.zone = name;
  return text.slice(0, space);
}

/** "@1395716396": that second alone. */
function fromUnixTime(cursor: Cursor, draft: Draft): boolean {
  const match = /@(\d+)/y;
  match.lastIndex = cursor.at;
  const seconds = Number(match.exec(cursor.text)?.[1]);
  if (!Number.isSafeInteger(seconds) || seconds > 253_402_300_799) return false;
  cursor.at = match.lastIndex;
  const c = civilFromSeconds(seconds);
  Object.assign(draft, {
    year: at(c.year),
    month: at(c.month),
    day: at(c.day),
    hour: at(c.hour),
    minute: at(c.minute),
  });
  draft.microsecond = at(c.second * 1_000_000);
  draft.zone = "UTC";
  return true;
}

function skipSpaces(cursor: Cursor): void {
  while (cursor.text[cursor.at] === " ") cursor.at++;
}

/** "year-month-day" or "month-day", the last separator may be "~"; what ends in ":" or at once is a time of day, and left alone. */
function parseDate(cursor: Cursor, draft: Draft): "date" | "moment" | "refused" {
  const { text } = cursor;
  if (cursor.at >= text.length) return "date";
  if (text[cursor.at] === "@") return fromUnixTime(cursor, draft) ? "moment" : "refused";
  const begin = cursor.at;
  const parts: CalendarChain[] = [];
  for (;;) {
    const chain = parseChain(cursor);
    if (chain === "refused") return "refused";
    parts.push(chain);
    const next = text[cursor.at];
    if (parts.length === 1 && (next === undefined || next === ":")) {
      cursor.at = begin;
      return "date";
    }
    if (parts.length > 1 && (next === undefined || next === " ")) break;
    if ((next !== "-" && next !== "~") || draft.endOfMonth || parts.length === 3) return "refused";
    draft.endOfMonth = next === "~";
    cursor.at++;
  }
  skipSpaces(cursor);
  draft.day = parts.pop();
  draft.month = parts.pop();
  draft.year = parts.pop();
  return "date";
}

/** "hour:minute:second", "hour:minute", or nothing for midnight. */
function parseTimeOfDay(cursor: Cursor, draft: Draft): boolean {
  const { text } = cursor;
  if (cursor.at >= text.length) {
    Object.assign(draft, { hour: at(0), minute: at(0), microsecond: at(0) });
    return true;
  }
  const hour = parseChain(cursor);
  if (hour === "refused" || text[cursor.at] !== ":") return false;
  cursor.at++;
  const minute = parseChain(cursor);
  if (minute === "refused") return false;
  let microsecond: CalendarChain | "refused" = at(0);
  if (cursor.at < text.length) {
    if (text[cursor.at] !== ":") return false;
    cursor.at++;
    microsecond = parseChain(cursor, true);
  }
  if (microsecond === "refused" || cursor.at < text.length) return false;
  Object.assign(draft, { hour, minute, microsecond });
  return true;
}

/** "12" is 2012, "89" is 1989. */
function fixYear(year: number): number {
  return year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
}

function normalise(draft: Draft): CalendarEvent {
  const years = draft.year?.map(({ start, stop, repeat }) =>
    stop === undefined ? { start: fixYear(start), repeat } : { start: fixYear(start), stop: fixYear(stop), repeat },
  );
  const anyDay = draft.weekdays === undefined || draft.weekdays === 0 || draft.weekdays === 127;
  return {
    weekdays: anyDay ? undefined : draft.weekdays,
    year: normaliseChain(years),
    month: normaliseChain(draft.month),
    day: normaliseChain(draft.day),
    hour: normaliseChain(draft.hour),
    minute: normaliseChain(draft.minute),
    microsecond: normaliseChain(draft.microsecond),
    endOfMonth: draft.endOfMonth && draft.day !== undefined,
    zone: draft.zone,
    dst: draft.dst,
    abbreviation: draft.abbreviation,
  };
}

function isValid(event: CalendarEvent): boolean {
  return (
    isValidChain(event.year, 1970, 2199) &&
    isValidChain(event.month, 1, 12) &&
    isValidChain(event.day, 1, 31, event.endOfMonth) &&
    isValidChain(event.hour, 0, 23) &&
    isValidChain(event.minute, 0, 59) &&
    isValidChain(event.microsecond, 0, 59_999_999)
  );
}

/** Reads a calendar event as systemd.time(7) has it ("Mon..Fri *-*-* 8..17:0/15", "monthly"); undefined where systemd refuses. */
export function parseCalendar(text: string, options: ZoneOptions = {}): CalendarEvent | undefined {
  const draft: Draft = {
    weekdays: undefined,
    year: undefined,
    month: undefined,
    day: undefined,
    hour: undefined,
    minute: undefined,
    microsecond: at(0),
    endOfMonth: false,
    zone: undefined,
    dst: undefined,
    abbreviation: undefined,
  };
  const body = cutZone(text, draft, options);
  if (body === "") return undefined;
  const word = body.toLowerCase();
  const shorthand = Object.hasOwn(synonyms, word) ? synonyms[word]! : word;
  if (Object.hasOwn(shorthands, shorthand)) return normalise(Object.assign(draft, shorthands[shorthand]));
  const cursor = { text: body, at: 0 };
  const weekdays = parseWeekdays(cursor);
  if (weekdays === undefined) return undefined;
  draft.weekdays = weekdays;
  const date = parseDate(cursor, draft);
  if (date === "refused" || (date === "date" && !parseTimeOfDay(cursor, draft)) || cursor.at < body.length)
    return undefined;
  const event = normalise(draft);
  return isValid(event) ? event : undefined;
}
