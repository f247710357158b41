import type { TimeZone } from "./zone.ts";

/** The abbreviations that a zone uses nowadays, as tzset(3) knows them; without summer time the second is empty. */
export interface ZoneNames {
  readonly standard: string;
  readonly summer: string;
}

/** January and July of 2101: what the zone's rule for the future says, whatever was before. */
const winterSec = 4_134_067_200;
const summerSec = 4_149_705_600;

const known = new WeakMap<TimeZone, ZoneNames>();

/** Reads the abbreviations off a zone's rule for the future. */
export function zoneNames(zone: TimeZone): ZoneNames {
  const cached = known.get(zone);
  if (cached !== undefined) return cached;
  const offsets = [zone.at(winterSec), zone.at(summerSec)];
  const names = {
    standard: offsets.find(({ dst }) => !dst)?.abbreviation ?? "",
    summer: offsets.find(({ dst }) => dst)?.abbreviation ?? "",
  };
  known.set(zone, names);
  return names;
}
