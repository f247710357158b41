/** Time as systemd.time(7) writes it. Times are integer microseconds as JavaScript numbers; `Infinity` is "never". */
export { formatTimespan } from "./format-timespan.ts";
export {
  formatTimestamp,
  formatTimestampRelative,
  type TimestampStyle,
  timestampFormattableMaxUsec,
} from "./format-timestamp.ts";
export { parseTimespan } from "./parse-timespan.ts";
export { readTimeZone } from "./tzif.ts";
export {
  usecPerDay,
  usecPerHour,
  usecPerMinute,
  usecPerMonth,
  usecPerMsec,
  usecPerSec,
  usecPerWeek,
  usecPerYear,
} from "./units.ts";
export { type TimeZone, utc, type ZoneOffset } from "./zone.ts";
