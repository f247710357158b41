import {
  usecInfinity,
  usecPerDay,
  usecPerHour,
  usecPerMinute,
  usecPerMonth,
  usecPerMsec,
  usecPerSec,
  usecPerWeek,
  usecPerYear,
} from "./units.ts";

/**
 * systemd.time(7), PARSING TIME SPANS. The order counts: the first suffix that the text starts with is taken, so "m" must
 * stand after "minutes", "months" and "ms". What follows the suffix may be the next number without a blank ("1min5s").
 */
const suffixes: readonly (readonly [string, number])[] = [
  ["seconds", usecPerSec],
  ["second", usecPerSec],
  ["sec", usecPerSec],
  ["s", usecPerSec],
  ["minutes", usecPerMinute],
  ["minute", usecPerMinute],
  ["min", usecPerMinute],
  ["months", usecPerMonth],
  ["month", usecPerMonth],
  ["M", usecPerMonth],
  ["msec", usecPerMsec],
  ["ms", usecPerMsec],
  ["m", usecPerMinute],
  ["hours", usecPerHour],
  ["hour", usecPerHour],
  ["hr", usecPerHour],
  ["h", usecPerHour],
  ["days", usecPerDay],
  ["day", usecPerDay],
  ["d", usecPerDay],
  ["weeks", usecPerWeek],
  ["week", usecPerWeek],
  ["w", usecPerWeek],
  ["years", usecPerYear],
  ["year", usecPerYear],
  ["y", usecPerYear],
  ["usec", 1],
  ["us", 1],
  ["\u03bcs", 1],
  ["\u00b5s", 1],
];

const number = /(?:\+?(\d+))?(\.(\d*))?/y;
const blanks = /[ \t\n\r]*/y;
const int64Max = 0x7fff_ffff_ffff_ffffn;

function skipBlanks(text: string, at: number): number {
  blanks.lastIndex = at;
  blanks.exec(text);
  return blanks.lastIndex;
}

/** Digits after the point, each cut to whole microseconds of its own place, as systemd does. */
function fraction(digits: string, unit: bigint): bigint {
  let place = unit / 10n;
  let sum = 0n;
  for (const digit of digits) {
    if (place === 0n) break;
    sum += BigInt(digit) * place;
    place /= 10n;
  }
  return sum;
}

/**
 * Reads a time span as systemd.time(7) has it ("2h 30min", "1.5", "infinity") and gives microseconds, `Infinity` for "infinity",
 * and undefined where systemd refuses. A number without a unit counts in `defaultUnitUsec` (seconds unless told).
 * Beyond 2^53 microseconds (285 years) the last digits are rounded: see `parseTimespanExact`.
 */
export function parseTimespan(text: string, defaultUnitUsec: number = usecPerSec): number | undefined {
  const usec = parseTimespanExact(text, defaultUnitUsec);
  return usec === usecInfinity ? Infinity : usec === undefined ? undefined : Number(usec);
}

/** Like `parseTimespan`, to the last digit, as D-Bus carries it: "infinity" is 2^64-1. */
export function parseTimespanExact(text: string, defaultUnitUsec: number = usecPerSec): bigint | undefined {
  let at = skipBlanks(text, 0);
  if (text.startsWith("infinity", at)) {
    return skipBlanks(text, at + "infinity".length) === text.length ? usecInfinity : undefined;
  }
  let total = 0n;
  let something = false;
  for (; at < text.length; at = skipBlanks(text, at)) {
    number.lastIndex = at;
    const match = number.exec(text);
    const [, whole, point, decimals] = match ?? [];
    // Neither digits nor a point, or a point without digits ("3.", "3.sec").
    if ((whole === undefined && point === undefined) || (point !== undefined && decimals === "")) return undefined;
    const end = number.lastIndex;
    const afterBlanks = skipBlanks(text, end);
    const suffix = suffixes.find(([name]) => text.startsWith(name, afterBlanks));
    // "12.34.56" is refused, "12.34 .56" and "12.34s.56" are sums.
    if (suffix === undefined && afterBlanks === end && end < text.length) return undefined;
    const unit = BigInt(suffix?.[1] ?? defaultUnitUsec);
    const count = BigInt(whole ?? "0");
    if (count > int64Max || count >= usecInfinity / unit) return undefined;
    total += count * unit + fraction(decimals ?? "", unit);
    if (total >= usecInfinity) return undefined;
    something = true;
    at = suffix === undefined ? afterBlanks : afterBlanks + suffix[0].length;
  }
  return something ? total : undefined;
}
