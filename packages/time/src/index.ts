/** Time as systemd.time(7) writes it. Times are integer microseconds as JavaScript numbers; `Infinity` is "never". */
export { nextElapse, previousElapse } from "./calendar/elapse.ts";
export type { CalendarChain, CalendarComponent, CalendarEvent } from "./calendar/event.ts";
export { formatCalendar } from "./calendar/format-calendar.ts";
export { parseCalendar, type ZoneOptions } from "./calendar/parse-calendar.ts";
export { formatTimespan } from "./format-timespan.ts";
export {
  formatTimestamp,
  formatTimestampRelative,
  type TimestampStyle,
  timestampFormattableMaxUsec,
} from "./format-timestamp.ts";
export { intlTimeZone } from "./intl-zone.ts";
export { parseTimespan, parseTimespanExact } from "./parse-timespan.ts";
export { parseTimestamp, type TimestampOptions } from "./parse-timestamp.ts";
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
