import { civilFromSeconds, secondsFromCivil } from "./civil.ts";
import type { TimeZone, ZoneOffset } from "./zone.ts";

/**
 * A zone of the IANA database by its name, from the data that JavaScript itself brings: it works in a browser and without /usr/share/zoneinfo. Offsets are
 * whole minutes and abbreviations are English where there are such, "GMT+3" else; undefined when there is no zone of that name.
 */
export function intlTimeZone(name: string): TimeZone | undefined {
  const cached = zones.get(name);
  if (cached !== undefined) return cached;
  const format = formatterOf(name);
  if (format === undefined) return undefined;
  const zone: TimeZone = { name, at: offsetsOf(format) };
  zones.set(name, zone);
  return zone;
}

const zones = new Map<string, TimeZone>();

/** "+01:00" is a zone for `Intl`, and none for systemd. */
const ianaName = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

function formatterOf(name: string): Intl.DateTimeFormat | undefined {
  if (!ianaName.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat("en-GB", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "short",
    });
  } catch {
    return undefined;
  }
}

interface Read {
  readonly offsetSec: number;
  readonly abbreviation: string;
}

function read(format: Intl.DateTimeFormat, sec: number): Read {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(sec * 1000)) parts[type] = value;
  const number = (part: string): number => Number(parts[part]);
  const year = parts.era === "BC" || parts.era === "B" ? 1 - number("year") : number("year");
  const local = {
    year,
    month: number("month"),
    day: number("day"),
    hour: number("hour"),
    minute: number("minute"),
    second: number("second"),
  };
  return { offsetSec: secondsFromCivil(local) - sec, abbreviation: parts.timeZoneName ?? "" };
}

/** Rules never change within a quarter of an hour that begins on the quarter, so that is what is remembered. */
const stepSec = 900;
const rememberedMax = 10_000;

function offsetsOf(format: Intl.DateTimeFormat): (sec: number) => ZoneOffset {
  const remembered = new Map<number, ZoneOffset>();
  const standardOf = new Map<number, number>();
  return (sec) => {
    const step = Math.floor(sec / stepSec);
    const known = remembered.get(step);
    if (known !== undefined) return known;
    const now = read(format, step * stepSec);
    // `Intl` does not say what is summer time: it is what lies ahead of the smaller offset of January and July.
    const { year } = civilFromSeconds(sec);
    let standard = standardOf.get(year);
    if (standard === undefined) {
      const noon = (month: number): number => secondsFromCivil({ year, month, day: 1, hour: 12, minute: 0, second: 0 });
      standard = Math.min(read(format, noon(1)).offsetSec, read(format, noon(7)).offsetSec);
      standardOf.set(year, standard);
    }
    const offset = { ...now, dst: now.offsetSec > standard };
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(step, offset);
    return offset;
  };
}
