import { type Civil, civilFromSeconds, secondsFromCivil } from "./civil.ts";
import type { TimeZone } from "./zone.ts";

/** The civil time that a clock in this zone shows: the C library's localtime. */
export function toLocal(sec: number, zone: TimeZone): Civil {
  return civilFromSeconds(sec + zone.at(sec).offsetSec);
}

/**
 * From civil time to a moment, as the C library's mktime does it. In an overlap (clocks go back) there are two answers and in a
 * gap (clocks go forward) none; the C library then decides by the offset that its last answer had, so this is kept as state:
 * one converter for one chain of questions. systemd's next elapse depends on it.
 */
export interface LocalClock {
  readonly zone: TimeZone;
  /** Seconds to add to UTC, as the last answer had it. */
  offsetSec: number;
}

/**
 * The moment of a civil time, fields out of range counting on (mktime with tm_isdst=-1, or 0 and 1 for `dst` given).
 * Undefined where the zone has no such moment.
 */
export function fromLocal(civil: Civil, clock: LocalClock, dst?: boolean): number | undefined {
  const { zone } = clock;
  const wanted = secondsFromCivil(civil);
  let at = wanted - clock.offsetSec;
  let before = at;
  let beforeThat = at;
  let earlierDst = false;
  let probe = zone.at(at);
  for (let probes = 6; ; ) {
    const error = wanted - (at + probe.offsetSec);
    if (error === 0) break;
    // Two moments that point at each other: the time falls into a gap. Which of the two is taken depends on summer time.
    if (at === before && at !== beforeThat && (dst === undefined ? !earlierDst || probe.dst : dst !== probe.dst)) {
      clock.offsetSec = wanted - at;
      return at;
    }
    if (--probes === 0) return undefined;
    before = beforeThat;
    beforeThat = at;
    at += error;
    earlierDst = probe.dst;
    probe = zone.at(at);
  }
  // Without a neighbour that has the wanted flag, an hour is assumed.
  if (dst !== undefined && dst !== probe.dst) at = withWantedDst(wanted, at, zone, dst) ?? at + (dst ? -3600 : 3600);
  clock.offsetSec = wanted - at;
  return at;
}

/** Looks for a neighbouring moment whose summer-time flag is the wanted one, and reads the civil time by its offset. */
function withWantedDst(wanted: number, at: number, zone: TimeZone, dst: boolean): number | undefined {
  const strideSec = 601_200;
  const boundSec = 268_828_200;
  for (let delta = strideSec; delta < boundSec; delta += strideSec) {
    for (const near of [zone.at(at - delta), zone.at(at + delta)]) {
      if (near.dst === dst) return wanted - near.offsetSec;
    }
  }
  return undefined;
}
