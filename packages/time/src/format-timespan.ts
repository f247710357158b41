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

const units: readonly (readonly [string, number])[] = [
  ["y", usecPerYear],
  ["month", usecPerMonth],
  ["w", usecPerWeek],
  ["d", usecPerDay],
  ["h", usecPerHour],
  ["min", usecPerMinute],
  ["s", usecPerSec],
  ["ms", usecPerMsec],
  ["us", 1],
];

/** How often a value can be divided by ten and still exceed one: the digits that a unit or an accuracy spans. */
function decimalDigits(usec: number): number {
  let digits = 0;
  for (let rest = usec; rest > 1; rest = Math.floor(rest / 10)) digits++;
  return digits;
}

/**
 * Writes a time span as systemd prints it ("1h 30min", "1.500s", "infinity", "0"); parts below `accuracyUsec` (1 s or 0 are common;
 * 0 keeps everything) are left out once something larger has been written. `parseTimespan` reads the result back. A bigint is exact
 * beyond 2^53 microseconds, and 2^64-1 is "infinity".
 */
export function formatTimespan(usec: number | bigint, accuracyUsec = 0): string {
  if (usec === Infinity || usec === usecInfinity) return "infinity";
  if (!(usec > 0)) return "0";
  const parts: string[] = [];
  // Whole minutes first: what is left of a number of any size is then small enough to be exact.
  const [minutes, rest] = splitMinutes(usec);
  let left = minutes;
  for (const [suffix, unit] of units.slice(0, 6)) {
    const perUnit = unit / usecPerMinute;
    if (left < perUnit || (parts.length > 0 && left * usecPerMinute + rest < accuracyUsec)) continue;
    parts.push(`${Math.floor(left / perUnit)}${suffix}`);
    left %= perUnit;
  }
  return formatBelowMinute(parts, rest, accuracyUsec);
}

function splitMinutes(usec: number | bigint): [minutes: number, restUsec: number] {
  if (typeof usec === "number") {
    const whole = Math.floor(usec);
    return [Math.floor(whole / usecPerMinute), whole % usecPerMinute];
  }
  const minute = BigInt(usecPerMinute);
  return [Number(usec / minute), Number(usec % minute)];
}

/** Seconds and what is smaller; the last part is written with a point, "1.500s", cut to the accuracy. */
function formatBelowMinute(parts: string[], usec: number, accuracyUsec: number): string {
  let left = usec;
  for (const [suffix, unit] of units.slice(6)) {
    if (left <= 0 || (left < accuracyUsec && parts.length > 0)) break;
    if (left < unit) continue;
    const count = Math.floor(left / unit);
    const rest = left % unit;
    if (rest > 0) {
      const cut = decimalDigits(accuracyUsec);
      const digits = decimalDigits(unit) - cut;
      if (digits > 0) {
        parts.push(`${count}.${String(Math.floor(rest / 10 ** cut)).padStart(digits, "0")}${suffix}`);
        break;
      }
    }
    parts.push(`${count}${suffix}`);
    left = rest;
  }
  return parts.join(" ");
}
