/** Moments as people write them for --since and --until (systemd.time(7), "Parsing Timestamps"). */
import { parseTimespan, type TimeZone, usecPerDay, usecPerSec } from "@steward/time";

const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/;
const date = /^(\d{4}|\d{2})-(\d{1,2})-(\d{1,2})$/;

/** Microseconds since 1970; undefined when the text is no moment. */
export function parseWhen(text: string, nowUsec: number, zone: TimeZone): number | undefined {
  const words = text.trim();
  if (words === "now") return nowUsec;
  const unix = /^@(\d+)(?:\.(\d{1,6}))?$/.exec(words);
  if (unix !== null) return Number(unix[1]) * usecPerSec + Number((unix[2] ?? "").padEnd(6, "0"));
  const days = { today: 0, yesterday: -1, tomorrow: 1 }[words];
  if (days !== undefined) return midnight(nowUsec + days * usecPerDay, zone);
  const span = relative(words);
  if (span !== undefined) return nowUsec + span;
  return absolute(words, nowUsec, zone);
}

function relative(words: string): number | undefined {
  const match = /^(?:([+-])(.+)|(.+) (ago|left))$/.exec(words);
  if (match === null) return undefined;
  const span = parseTimespan(match[2] ?? match[3] ?? "");
  if (span === undefined) return undefined;
  return match[1] === "-" || match[4] === "ago" ? -span : span;
}

function absolute(words: string, nowUsec: number, zone: TimeZone): number | undefined {
  const parts = words.replace(/^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i, "").split(/[ T]/);
  const utc = parts.at(-1) === "UTC" || parts.at(-1) === "Z";
  if (utc) parts.pop();
  const day = date.exec(parts[0] ?? "");
  const time = clock.exec(parts[day === null ? 0 : 1] ?? "");
  if (parts.length > 2 || (day === null && time === null) || (parts.length === 2 && time === null)) return undefined;
  const today = new Date(nowUsec / 1000 + offset(nowUsec, zone) * 1000);
  const year = day === null ? today.getUTCFullYear() : Number(day[1]) + (day[1]!.length === 2 ? 2000 : 0);
  const [month, dayOfMonth] =
    day === null ? [today.getUTCMonth() + 1, today.getUTCDate()] : [Number(day[2]), Number(day[3])];
  const msec = Date.UTC(
    year,
    month - 1,
    dayOfMonth,
    Number(time?.[1] ?? 0),
    Number(time?.[2] ?? 0),
    Number(time?.[3] ?? 0),
  );
  const civil = msec * 1000 + Number((time?.[4] ?? "").padEnd(6, "0"));
  if (utc) return civil;
  const guess = civil - offset(civil, zone) * usecPerSec;
  return civil - offset(guess, zone) * usecPerSec;
}

function offset(usec: number, zone: TimeZone): number {
  return zone.at(Math.floor(usec / usecPerSec)).offsetSec;
}

function midnight(usec: number, zone: TimeZone): number {
  const civil = usec + offset(usec, zone) * usecPerSec;
  const start = civil - (((civil % usecPerDay) + usecPerDay) % usecPerDay);
  return start - offset(start, zone) * usecPerSec;
}
