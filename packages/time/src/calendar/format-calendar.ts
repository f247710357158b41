import { formatChain } from "./chain.ts";
import type { CalendarEvent } from "./event.ts";
import { formatWeekdays } from "./weekdays.ts";

/** Writes a calendar event in systemd's normal form, "Mon..Fri *-*-* 08..17:00/15:00". */
export function formatCalendar(event: CalendarEvent): string {
  const days = event.weekdays === undefined ? "" : `${formatWeekdays(event.weekdays)} `;
  const year = formatChain(event.year, 4);
  const date = `${year}-${formatChain(event.month, 2)}${event.endOfMonth ? "~" : "-"}${formatChain(event.day, 2)}`;
  const time = `${formatChain(event.hour, 2)}:${formatChain(event.minute, 2)}:${formatChain(event.microsecond, 2, true)}`;
  const zone = event.zone ?? event.abbreviation;
  return `${days}${date} ${time}${zone === undefined ? "" : ` ${zone}`}`;
}
