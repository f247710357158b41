/**
 * One value or range of a calendar component: `start`, `start..stop`, each with `/repeat`. Seconds are counted in microseconds. Without a range `stop` is
 * absent, without a repetition `repeat` is 0.
 */
export interface CalendarComponent {
  readonly start: number;
  readonly stop?: number;
  readonly repeat: number;
}

/** The values of one component, sorted and without doubles; undefined is `*`, any value. */
export type CalendarChain = readonly CalendarComponent[] | undefined;

/** A calendar event of systemd.time(7), normalised: when something shall happen again and again. */
export interface CalendarEvent {
  /** Bits from Monday (1) to Sunday (64); undefined where any day will do. */
  readonly weekdays: number | undefined;
  readonly year: CalendarChain;
  readonly month: CalendarChain;
  readonly day: CalendarChain;
  readonly hour: CalendarChain;
  readonly minute: CalendarChain;
  /** Seconds within the minute, in microseconds. */
  readonly microsecond: CalendarChain;
  /** `day` counts from the end of the month ("~"): 1 is the last day. */
  readonly endOfMonth: boolean;
  /** "UTC", or the name of a time zone in the IANA database; undefined is the local one. */
  readonly zone: string | undefined;
  /** The local zone was named by its abbreviation: true for that of summer time, false for the other. */
  readonly dst: boolean | undefined;
  /** That abbreviation, for writing it back. */
  readonly abbreviation: string | undefined;
}
