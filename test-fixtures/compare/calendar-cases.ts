import { type Random, random } from "./random.ts";

/** Zones with summer time of an hour, of half an hour, with negative summer time, with a break in Ramadan, and one in the far north-west. */
export const zones = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Europe/Dublin",
] as const;

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "monday", "FRIDAY", "sunday"];

function weekdays(r: Random): string {
  const part = (): string =>
    r.chance(0.35) ? `${r.pick(days)}${r.pick(["..", "..", "-"])}${r.pick(days)}` : r.pick(days);
  const list = Array.from({ length: 1 + r.below(3) }, part).join(",");
  return `${list}${r.chance(0.05) ? "," : ""}`;
}

function chain(r: Random, from: number, to: number, fine = false): string {
  const number = (): string => {
    const n = from + r.below(to - from + 1) + (r.chance(0.01) ? 40 : 0);
    const decimals = fine && r.chance(0.3) ? `.${r.below(10 ** (1 + r.below(7)))}` : "";
    return `${r.chance(0.3) ? String(n).padStart(2, "0") : n}${decimals}`;
  };
  const repeat = (): string =>
    `/${1 + r.below(r.chance(0.1) ? to + 2 : Math.ceil(to / 3))}${fine && r.chance(0.3) ? `.${r.below(1000)}` : ""}`;
  const one = (): string => {
    const start = number();
    const range = r.chance(0.25) ? `..${number()}` : "";
    return start + range + (r.chance(0.25) ? repeat() : "");
  };
  return r.chance(0.35) ? "*" : Array.from({ length: r.chance(0.7) ? 1 : 1 + r.below(3) }, one).join(",");
}

function date(r: Random): string {
  const separator = (): string => (r.chance(0.15) ? "~" : "-");
  // The months in which clocks change come often.
  const month = r.chance(0.5) ? r.pick(["3", "03,10", "4", "11", "2..4", "10"]) : chain(r, 1, 12);
  const day = r.chance(0.8) ? chain(r, 1, r.chance(0.5) ? 31 : 28) : r.pick(["29", "25..31", "1..8", "1/7"]);
  if (r.chance(0.4)) return month + separator() + day;
  const year = r.chance(0.6)
    ? "*"
    : r.pick(["2026", "2027..2031", "26", "2026/2", "99", "2024,2028", "1969", "2199", "2200", "2026..2026"]);
  return `${year}-${month}${separator()}${day}`;
}

function time(r: Random): string {
  const hour = r.chance(0.5) ? r.pick(["1", "2", "02,03", "0..3", "*", "2..4/2", "0/3"]) : chain(r, 0, 23);
  const minute = r.chance(0.4) ? r.pick(["30", "0", "*", "0/15", "0,30"]) : chain(r, 0, 59);
  return `${hour}:${minute}${r.chance(0.4) ? `:${chain(r, 0, 59, true)}` : ""}`;
}

const words = [
  "minutely",
  "hourly",
  "daily",
  "Weekly",
  "monthly",
  "yearly",
  "annually",
  "quarterly",
  "semiannually",
  "biannually",
  "now",
  "fortnightly",
];

/** One calendar expression; one in ten or so is not valid. */
export function calendarExpression(r: Random): string {
  const suffix = (): string =>
    r.chance(0.8)
      ? ""
      : ` ${r.pick([...zones, "UTC", "utc", "CET", "CEST", "EST", "EDT", "+11", "Asia/Kathmandu", "No/Where", "PST8PDT"])}`;
  if (r.chance(0.06)) return r.pick(words) + suffix();
  if (r.chance(0.02)) return `@${r.below(2_000_000_000)}${r.pick(["", "", " ", "x"])}`;
  const parts: string[] = [];
  if (r.chance(0.3)) parts.push(weekdays(r));
  if (r.chance(0.65)) parts.push(date(r));
  if (r.chance(0.7) || parts.length === 0) parts.push(time(r));
  const text = parts.join(" ") + suffix();
  if (!r.chance(0.04)) return text;
  const at = r.below(text.length);
  return (
    text.slice(0, at) + r.pick(["-", "~", ":", "/", "..", ",", " ", "*", "x", "0", ""]) + text.slice(at + r.below(2))
  );
}

/** Moments to start from, as local time: mostly in the days around changes of clocks. */
export function baseTime(r: Random): string {
  const day = r.pick([
    "2026-03-28",
    "2026-03-29",
    "2026-10-24",
    "2026-10-25",
    "2026-03-08",
    "2026-11-01",
    "2026-04-05",
    "2026-10-04",
    "2026-02-15",
    "2026-03-22",
    "2025-12-31",
    "2028-02-29",
    "2030-06-15",
    "2040-03-25",
  ]);
  const hour = r.chance(0.6) ? r.below(4) : r.below(24);
  return `${day} ${[hour, r.below(60), r.below(60)].map((n) => String(n).padStart(2, "0")).join(":")}`;
}

/** A block of cases that share zone and start, as one call of systemd-analyze takes them. */
export interface CalendarBlock {
  readonly zone: string;
  readonly base: string;
  readonly expressions: readonly string[];
}

/** The block that belongs to a seed: different expressions, none twice. */
export function calendarBlock(seed: number, size: number): CalendarBlock {
  const r = random(seed);
  const expressions = new Set<string>();
  while (expressions.size < size) expressions.add(calendarExpression(r));
  return { zone: zones[seed % zones.length]!, base: baseTime(r), expressions: [...expressions] };
}
