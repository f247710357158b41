/** The lengths that systemd.time(7) gives to its units, in microseconds: a year is 365.25 days, a month a twelfth of it. */
export const usecPerMsec = 1_000;
export const usecPerSec = 1_000_000;
export const usecPerMinute = 60 * usecPerSec;
export const usecPerHour = 60 * usecPerMinute;
export const usecPerDay = 24 * usecPerHour;
export const usecPerWeek = 7 * usecPerDay;
export const usecPerMonth = 2_629_800 * usecPerSec;
export const usecPerYear = 31_557_600 * usecPerSec;

/** What systemd stores for "never": 2^64-1. Sums that would reach it are out of range. */
export const usecInfinity = 0xffff_ffff_ffff_ffffn;
