import { type Civil, weekdayOf } from "./civil.ts";
import { toLocal } from "./local-time.ts";
import {
  usecPerDay,
  usecPerHour,
  usecPerMinute,
  usecPerMonth,
  usecPerMsec,
  usecPerSec,
  usecPerWeek,
  usecPerYear,
} from "./units.ts";
import { type TimeZone, utc } from "./zone.ts";

/**
 * How a timestamp is shown, by the names of `journalctl`'s and `systemctl --timestamp=`: pretty and utc to the second,
 * us and us+utc to the microsecond, unix and us+unix as "@seconds", date without a time of day.
 */
export type TimestampStyle = "pretty" | "us" | "utc" | "us+utc" | "unix" | "us+unix" | "date";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** The last second that systemd formats, 9999-12-30 23:59:59 UTC; beyond it stands a row of X. */
export const timestampFormattableMaxUsec = 253_402_214_399_000_000;

const pad = (n: number, width: number): string => String(n).padStart(width, "0");

/** "Mon 2026-11-23", with English weekdays in every locale, as systemd.time(7) wants it. */
function formatDate(c: Civil): string {
  return `${weekdays[weekdayOf(c)]} ${pad(c.year, 4)}-${pad(c.month, 2)}-${pad(c.day, 2)}`;
}

/**
 * Writes a moment (microseconds since 1970) as systemd prints it: "Mon 2026-11-23 00:16:13 UTC".
 * Undefined for 0 and `Infinity`, which mean "not set": systemctl shows "n/a" there, or nothing.
 */
export function formatTimestamp(
  usec: number,
  zone: TimeZone = utc,
  style: TimestampStyle = "pretty",
): string | undefined {
  if (!(usec > 0) || usec === Infinity) return undefined;
  const sec = Math.floor(usec / usecPerSec);
  const micros = pad(Math.floor(usec % usecPerSec), 6);
  if (style === "unix") return `@${sec}`;
  if (style === "us+unix") return `@${sec}.${micros}`;
  const where = style === "utc" || style === "us+utc" ? utc : zone;
  const fine = style === "us" || style === "us+utc";
  if (usec > timestampFormattableMaxUsec) {
    if (style === "date") return "--- XXXX-XX-XX";
    return `--- XXXX-XX-XX XX:XX:XX${fine ? ".XXXXXX" : ""}${where === utc ? " UTC" : ""}`;
  }
  const c = toLocal(sec, where);
  if (style === "date") return formatDate(c);
  const clock = `${pad(c.hour, 2)}:${pad(c.minute, 2)}:${pad(c.second, 2)}${fine ? `.${micros}` : ""}`;
  return `${formatDate(c)} ${clock} ${where.at(sec).abbreviation}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** The distance alone, in the coarse steps that `systemctl status` uses: two units at most, one from six hours on. */
function distance(d: number): string {
  const whole = (unit: number): number => Math.floor(d / unit);
  const then = (unit: number, smaller: number): number => Math.floor((d % unit) / smaller);
  if (d >= usecPerYear)
    return `${plural(whole(usecPerYear), "year")} ${plural(then(usecPerYear, usecPerMonth), "month")}`;
  if (d >= usecPerMonth)
    return `${plural(whole(usecPerMonth), "month")} ${plural(then(usecPerMonth, usecPerDay), "day")}`;
  if (d >= usecPerWeek) return `${plural(whole(usecPerWeek), "week")} ${plural(then(usecPerWeek, usecPerDay), "day")}`;
  if (d >= 2 * usecPerDay) return plural(whole(usecPerDay), "day");
  if (d >= 25 * usecPerHour) return `1 day ${Math.floor((d - usecPerDay) / usecPerHour)}h`;
  if (d >= 6 * usecPerHour) return `${whole(usecPerHour)}h`;
  if (d >= usecPerHour) return `${whole(usecPerHour)}h ${then(usecPerHour, usecPerMinute)}min`;
  if (d >= 5 * usecPerMinute) return `${whole(usecPerMinute)}min`;
  if (d >= usecPerMinute) return `${whole(usecPerMinute)}min ${then(usecPerMinute, usecPerSec)}s`;
  if (d >= usecPerSec) return `${whole(usecPerSec)}s`;
  if (d >= usecPerMsec) return `${whole(usecPerMsec)}ms`;
  return `${d}us`;
}

/**
 * A moment as seen from another, as `systemctl status` prints it: "5min ago", "2 weeks 6 days left", "now".
 * Both are microseconds since 1970; undefined for 0 and `Infinity` ("not set").
 */
export function formatTimestampRelative(usec: number, nowUsec: number): string | undefined {
  if (!(usec > 0) || usec === Infinity) return undefined;
  const d = Math.floor(Math.abs(nowUsec - usec));
  if (d === 0) return "now";
  return `${distance(d)} ${nowUsec > usec ? "ago" : "left"}`;
}
