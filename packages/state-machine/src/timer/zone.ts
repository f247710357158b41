import { readTimeZone, type TimeZone, utc } from "@steward/time";
import { decodeBase64 } from "@steward/unit-file";
import type { ZoneData } from "../model/time-facts.ts";

const read = new WeakMap<ZoneData, TimeZone>();

/** The zone that the data describes; UTC where they describe none, as the C library takes it. */
export function zoneFrom(data: ZoneData): TimeZone {
  let zone = read.get(data);
  if (zone !== undefined) return zone;
  const bytes = decodeBase64(data.rules ?? "") ?? [];
  zone = (bytes.length > 0 ? readTimeZone(data.name, Uint8Array.from(bytes)) : undefined) ?? utc;
  read.set(data, zone);
  return zone;
}
