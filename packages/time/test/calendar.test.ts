import fs from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendarExpression } from "../../../test-fixtures/compare/calendar-cases.ts";
import { random } from "../../../test-fixtures/compare/random.ts";
import {
  formatCalendar,
  formatTimestamp,
  intlTimeZone,
  nextElapse,
  parseCalendar,
  parseTimestamp,
  previousElapse,
  readTimeZone,
  type TimeZone,
} from "../src/index.ts";

/** systemd.time(7), "Examples for valid timestamps and their normalized form". */
const manPage: [string, string][] = [
  ["Sat,Thu,Mon..Wed,Sat..Sun", "Mon..Thu,Sat,Sun *-*-* 00:00:00"],
  ["Mon,Sun 12-*-* 2,1:23", "Mon,Sun 2012-*-* 01,02:23:00"],
  ["Wed *-1", "Wed *-*-01 00:00:00"],
  ["Wed..Wed,Wed *-1", "Wed *-*-01 00:00:00"],
  ["Wed, 17:48", "Wed *-*-* 17:48:00"],
  ["Wed..Sat,Tue 12-10-15 1:2:3", "Tue..Sat 2012-10-15 01:02:03"],
  ["*-*-7 0:0:0", "*-*-07 00:00:00"],
  ["10-15", "*-10-15 00:00:00"],
  ["monday *-12-* 17:00", "Mon *-12-* 17:00:00"],
  ["Mon,Fri *-*-3,1,2 *:30:45", "Mon,Fri *-*-01,02,03 *:30:45"],
  ["12,14,13,12:20,10,30", "*-*-* 12,13,14:10,20,30:00"],
  ["12..14:10,20,30", "*-*-* 12..14:10,20,30:00"],
  ["mon,fri *-1/2-1,3 *:30:45", "Mon,Fri *-01/2-01,03 *:30:45"],
  ["03-05 08:05:40", "*-03-05 08:05:40"],
  ["08:05:40", "*-*-* 08:05:40"],
  ["Sat,Sun 12-05 08:05:40", "Sat,Sun *-12-05 08:05:40"],
  ["05:40:23.4200004/3.1700005", "*-*-* 05:40:23.420000/3.170001"],
  ["2003-02..04-05", "2003-02..04-05 00:00:00"],
  ["2003-03-05 05:40 UTC", "2003-03-05 05:40:00 UTC"],
  ["hourly", "*-*-* *:00:00"],
  ["daily UTC", "*-*-* 00:00:00 UTC"],
  ["weekly Pacific/Auckland", "Mon *-*-* 00:00:00 Pacific/Auckland"],
  ["annually", "*-01-01 00:00:00"],
  ["*:2/3", "*-*-* *:02/3:00"],
  ["Mon *-05~07/1", "Mon *-05~07/1 00:00:00"],
  ["*-02~03", "*-02~03 00:00:00"],
  ["@1395716396", "2014-03-25 02:59:56 UTC"],
];

test.each(manPage)("%s becomes %s", (text, normal) => {
  const event = parseCalendar(text);
  expect(event && formatCalendar(event)).toBe(normal);
});

test.each([
  "",
  "xyz",
  "Mon-",
  "25:00",
  "*-13-01",
  "1..",
  "*/5",
  "0:0/0",
  "1970-02-30-01",
  "Fri..Mon",
  "*:0/0.25",
  "2200-01-01",
  "@",
  "daily NoZone",
])("%j is refused", (text) => {
  expect(parseCalendar(text)).toBeUndefined();
});

const zoneinfo = (name: string): TimeZone | undefined => {
  const file = new URL(`./zoneinfo/${name.replace("/", "-")}`, import.meta.url);
  return fs.existsSync(file) ? readTimeZone(name, fs.readFileSync(file)) : intlTimeZone(name);
};

/** Zones as the bytes beside this test have them: the recording does not depend on this machine's tzdata. */
const known = new Map<string, TimeZone | undefined>();
function zoneOf(name: string): TimeZone | undefined {
  if (!known.has(name)) known.set(name, zoneinfo(name));
  return known.get(name);
}

function elapses(text: string, base: string, zone: TimeZone, count: number): string[] {
  const options = { zone, zoneOf };
  const event = parseCalendar(text, options)!;
  const found: string[] = [];
  let at = parseTimestamp(base, { nowUsec: 0, zone });
  for (let i = 0; i < count && at !== undefined; i++) {
    at = nextElapse(event, at, options);
    found.push(at === undefined ? "never" : formatTimestamp(at, zone)!);
  }
  return found;
}

describe("where clocks change", () => {
  const berlin = zoneOf("Europe/Berlin")!;
  const howe = zoneOf("Australia/Lord_Howe")!;
  // Recorded with: TZ=Europe/Berlin systemd-analyze calendar --base-time='…' --iterations=4 '…'
  test.each([
    ["2:30", "2026-03-28 00:00", ["Sat 2026-03-28 02:30:00 CET", "Mon 2026-03-30 02:30:00 CEST"]],
    ["*:30", "2026-10-25 01:45", ["Sun 2026-10-25 02:30:00 CEST", "Sun 2026-10-25 03:30:00 CET"]],
    ["2:0:36 CEST", "2026-10-24 22:08:39", ["Sun 2026-10-25 02:00:36 CEST", "Mon 2026-10-26 02:00:36 CET", "never"]],
  ])("%s in Berlin", (text, base, expected) => {
    expect(elapses(text, base, berlin, expected.length)).toEqual(expected);
  });

  test("half an hour is lost on Lord Howe Island", () => {
    const found = elapses("0..3:0/15", "2030-10-06 01:31:00", howe, 2);
    expect(found).toEqual(["Sun 2030-10-06 01:45:00 +1030", "Sun 2030-10-06 02:30:00 +11"]);
  });
});

test("Intl's zones give the same elapses as the bytes of tzfile(5)", () => {
  for (const name of ["Europe/Berlin", "America/New_York", "Asia/Kolkata"]) {
    const [bytes, intl] = [zoneOf(name)!, intlTimeZone(name)!];
    for (const text of ["*:0/30", "2:30", "Sun 1..3:15", "*-*~1 23:59"]) {
      const event = parseCalendar(text)!;
      for (let at = 1_774_000_000_000_000, i = 0; i < 40; i++) {
        const next = nextElapse(event, at, { zone: bytes })!;
        expect(nextElapse(event, at, { zone: intl })).toBe(next);
        at = next + 86_400_000_000 * (i % 20);
      }
    }
  }
});

test("normal forms are their own normal form", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const event = parseCalendar(calendarExpression(random(seed)));
      fc.pre(event !== undefined);
      const normal = formatCalendar(event!);
      expect(formatCalendar(parseCalendar(normal)!)).toBe(normal);
    }),
    { numRuns: 500 },
  );
});

test("the elapse before the next one is not after now, and the next after that is the next one", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1_700_000_000, max: 2_000_000_000 }), (seed, sec) => {
      const event = parseCalendar(calendarExpression(random(seed)));
      // Where clocks change systemd may answer out of order, so this holds of UTC.
      fc.pre(event !== undefined && (event.zone === undefined || event.zone === "UTC"));
      const now = sec * 1_000_000;
      const next = nextElapse(event!, now);
      fc.pre(next !== undefined);
      expect(next).toBeGreaterThan(now);
      const previous = previousElapse(event!, next!);
      expect(previous ?? 0).toBeLessThanOrEqual(now);
      if (previous !== undefined) expect(nextElapse(event!, previous)).toBe(next);
    }),
    { numRuns: 150 },
  );
});
