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
 * 0 keeps everything) are left out once something larger has been written. `parseTimespan` reads the result back.
 */
export function formatTimespan(usec: number, accuracyUsec = 0): string {
  if (usec === Infinity) return "infinity";
  let left = Math.floor(usec);
  if (!(left > 0)) return "0";
  const parts: string[] = [];
  for (const [suffix, unit] of units) {
    if (left <= 0 || (left < accuracyUsec && parts.length > 0)) break;
    if (left < unit) continue;
    const count = Math.floor(left / unit);
    const rest = left % unit;
    // Below a minute the last part is written with a point: "1.500s", cut to the accuracy.
    if (left < usecPerMinute && rest > 0) {
      const cut = decimalDigits(accuracyUsec);
      const digits = decimalDigits(unit) - cut;
      if (digits > 0) {
        const shown = Math.floor(rest / 10 ** cut);
        parts.push(`${count}.${String(shown).padStart(digits, "0")}${suffix}`);
        break;
      }
    }
    parts.push(`${count}${suffix}`);
    left = rest;
  }
  return parts.join(" ");
}
