/** When a calendar expression elapses next, five times:   next-elapses.ts EXPRESSION [ZONE [AFTER]] */
import {
  formatCalendar,
  formatTimestamp,
  intlTimeZone,
  nextElapse,
  parseCalendar,
  parseTimestamp,
} from "@steward/time";

const [expression = "Mon..Fri *-*-* 09:00", zoneName = "Europe/Berlin", after] = process.argv.slice(2);
const zone = intlTimeZone(zoneName);
const event = parseCalendar(expression);
if (zone === undefined || event === undefined) throw new Error(`cannot read ${expression} in ${zoneName}`);

console.log(formatCalendar(event));
const nowUsec = Date.now() * 1000;
let at = after === undefined ? nowUsec : parseTimestamp(after, { nowUsec, zone });
for (let n = 0; n < 5 && at !== undefined; n++) {
  at = nextElapse(event, at, { zone });
  if (at !== undefined) console.log(formatTimestamp(at, zone));
}
