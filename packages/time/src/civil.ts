/** A broken-down time, like the C library's struct tm, but with the full year and months from 1. Fields may be out of range until normalised. */
export interface Civil {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const secPerDay = 86_400;

/** Days since 1970-01-01 in the proleptic Gregorian calendar. Months outside 1..12 and days outside the month count on. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const months = year * 12 + (month - 1);
  const y0 = Math.floor(months / 12);
  const m = months - y0 * 12 + 1;
  // Years that begin in March: the leap day is then the last day, and every month's start is linear.
  const y = m <= 2 ? y0 - 1 : y0;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468 + (day - 1);
}

/** Seconds since 1970 of a civil time read as UTC: the C library's timegm. */
export function secondsFromCivil(c: Civil): number {
  return daysFromCivil(c.year, c.month, c.day) * secPerDay + c.hour * 3600 + c.minute * 60 + c.second;
}

/** The civil time of a Unix second in UTC: the C library's gmtime. */
export function civilFromSeconds(sec: number): Civil {
  const days = Math.floor(sec / secPerDay);
  const rest = sec - days * secPerDay;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
  };
}

/** Monday is 0, Sunday 6, as in calendar events. */
export function weekdayOf(c: Civil): number {
  const days = Math.floor(secondsFromCivil(c) / secPerDay);
  return (((days + 3) % 7) + 7) % 7;
}
