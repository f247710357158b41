/** What a clock on the wall shows at some moment: how far from UTC, under which name, and whether it is daylight-saving time. */
export interface ZoneOffset {
  readonly offsetSec: number;
  /** As `date +%Z` prints it: "CET", "EDT", "+03". */
  readonly abbreviation: string;
  readonly dst: boolean;
}

/** A time zone as data: the offset at any Unix second. Make one with `readTimeZone`, `intlTimeZone`, or take `utc`. */
export interface TimeZone {
  readonly name: string;
  /** The rule in force at this moment, in seconds since 1970-01-01 00:00:00 UTC. */
  at(unixSec: number): ZoneOffset;
}

const utcOffset: ZoneOffset = { offsetSec: 0, abbreviation: "UTC", dst: false };

/** The zone without rules. */
export const utc: TimeZone = { name: "UTC", at: () => utcOffset };
