import { readFileSync } from "node:fs";

/** A wall clock's reading. `zone` is its short name (UTC, CET), `offsetMinutes` what it is ahead of UTC. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Mon to Sun. */
  readonly weekday: string;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly offsetMinutes: number;
  readonly zone: string;
}

export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** Reads microseconds since 1970 on the clock of this process' time zone, or in UTC. */
export function localTime(realtimeUsec: number, utc: boolean): LocalTime {
  const date = new Date(Math.floor(realtimeUsec / 1000));
  const offsetMinutes = utc ? 0 : -date.getTimezoneOffset();
  const shifted = new Date(date.getTime() + offsetMinutes * 60_000);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    weekday: WEEKDAYS[shifted.getUTCDay()]!,
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    microsecond: realtimeUsec % 1_000_000,
    offsetMinutes,
    zone: utc ? "UTC" : zoneName(offsetMinutes, date.getTime() / 1000),
  };
}

/** JavaScript does not know the zones' short names; the zone's file does (tzfile(5)). */
function zoneName(offsetMinutes: number, seconds: number): string {
  const zones = zoneTypes();
  let best = zones.find((type) => type.offsetMinutes === offsetMinutes);
  for (const type of zones) if (type.offsetMinutes === offsetMinutes && type.since <= seconds) best = type;
  if (best !== undefined) return best.name;
  if (offsetMinutes === 0) return "UTC";
  const sign = offsetMinutes < 0 ? "-" : "+";
  const hours = Math.floor(Math.abs(offsetMinutes) / 60);
  const minutes = Math.abs(offsetMinutes) % 60;
  return `${sign}${pad2(hours)}${minutes === 0 ? "" : pad2(minutes)}`;
}

interface ZoneType {
  /** Seconds since 1970. */
  readonly since: number;
  readonly offsetMinutes: number;
  readonly name: string;
}

let known: { readonly name: string | undefined; readonly types: readonly ZoneType[] } | undefined;

function zoneTypes(): readonly ZoneType[] {
  const name = process.env.TZ?.replace(/^:/, "");
  if (known?.name !== name || known === undefined) known = { name, types: readZone(name) };
  return known.types;
}

function readZone(name: string | undefined): readonly ZoneType[] {
  const path =
    name === undefined || name === "" ? "/etc/localtime" : name.startsWith("/") ? name : `/usr/share/zoneinfo/${name}`;
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return [];
  }
  if (bytes.length < 44 || bytes.toString("latin1", 0, 4) !== "TZif") return [];
  const counts = (at: number): number[] => [20, 24, 28, 32, 36, 40].map((from) => bytes.readUInt32BE(at + from));
  // The first block has 32-bit times; version 2 files carry a second with 64 bits.
  const [utFirst, stdFirst, leapFirst, timesFirst, typesFirst, charsFirst] = counts(0) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const wide = bytes[4]! >= 0x32;
  const start = wide ? 44 + timesFirst * 5 + typesFirst * 6 + charsFirst + leapFirst * 8 + stdFirst + utFirst : 0;
  if (start + 44 > bytes.length) return [];
  const [, , , times, types, chars] = counts(start) as [number, number, number, number, number, number];
  const timesAt = start + 44;
  const size = wide ? 8 : 4;
  const typesAt = timesAt + times * (size + 1);
  const charsAt = typesAt + types * 6;
  if (charsAt + chars > bytes.length) return [];
  const typeAt = (index: number, since: number): ZoneType => {
    const from = charsAt + bytes[typesAt + index * 6 + 5]!;
    return {
      since,
      offsetMinutes: Math.round(bytes.readInt32BE(typesAt + index * 6) / 60),
      name: bytes.toString("latin1", from, bytes.indexOf(0, from)),
    };
  };
  const first = Array.from({ length: types }, (_, index) => typeAt(index, Number.NEGATIVE_INFINITY));
  const changes = Array.from({ length: times }, (_, index) => {
    const at = timesAt + index * size;
    return typeAt(
      bytes[timesAt + times * size + index]!,
      wide ? Number(bytes.readBigInt64BE(at)) : bytes.readInt32BE(at),
    );
  });
  return [...first, ...changes];
}

export function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** "14:03:07" */
export function clockText(time: LocalTime): string {
  return `${pad2(time.hour)}:${pad2(time.minute)}:${pad2(time.second)}`;
}

/** "Tue 2023-11-14 22:13:20 UTC", as systemd prints times. */
export function timestampText(realtimeUsec: number, utc: boolean, precise = false): string {
  const time = localTime(realtimeUsec, utc);
  const fraction = precise ? `.${String(time.microsecond).padStart(6, "0")}` : "";
  return `${time.weekday} ${time.year}-${pad2(time.month)}-${pad2(time.day)} ${clockText(time)}${fraction} ${time.zone}`;
}
