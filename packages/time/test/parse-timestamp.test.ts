import fs from "node:fs";
import { expect, test } from "vitest";
import { formatTimestamp, parseTimestamp, readTimeZone } from "../src/index.ts";

const second = 1_000_000;
const nowUsec = 1_795_393_795 * second + 123_456;
const berlin = readTimeZone("Europe/Berlin", fs.readFileSync(new URL("./zoneinfo/Europe-Berlin", import.meta.url)))!;

// Recorded with: systemd-analyze timestamp '…' (252) in UTC, at 2026-11-23 00:29:55.
test.each([
  ["today", "Mon 2026-11-23 00:00:00 UTC"],
  ["yesterday", "Sun 2026-11-22 00:00:00 UTC"],
  ["tomorrow utc", "Tue 2026-11-24 00:00:00 UTC"],
  ["11:12", "Mon 2026-11-23 11:12:00 UTC"],
  ["mon 2026-11-23", "Mon 2026-11-23 00:00:00 UTC"],
  ["26-11-23", "Mon 2026-11-23 00:00:00 UTC"],
  ["68-01-01", "Sun 2068-01-01 00:00:00 UTC"],
  ["2026-11-2 1:2", "Mon 2026-11-02 01:02:00 UTC"],
  [" 2026-11-23", "Mon 2026-11-23 00:00:00 UTC"],
  ["2026-11-2311:12", "Mon 2026-11-23 11:12:00 UTC"],
  ["99-03-613:21:51.73", "Sat 1999-03-06 13:21:51 UTC"],
  ["2026-11-23 11:12:60", "Mon 2026-11-23 11:13:00 UTC"],
  ["2026-02-30", "Mon 2026-03-02 00:00:00 UTC"],
  ["@1h", "Thu 1970-01-01 01:00:00 UTC"],
  ["5min ago", "Mon 2026-11-23 00:24:55 UTC"],
  ["+5min 1s", "Mon 2026-11-23 00:34:56 UTC"],
  ["9999-12-30", "Thu 9999-12-30 00:00:00 UTC"],
])("%j is %s", (text, shown) => {
  const usec = parseTimestamp(text, { nowUsec });
  expect(usec !== undefined && formatTimestamp(usec)).toBe(shown);
});

test.each([
  "",
  "5",
  "1h",
  "xyz",
  "Tue 2026-11-23",
  "2026-11-23 ",
  "2026-11-23T11:12:13Z",
  "2026-11-23 11:12 Asia/Tokyo",
  "@5 UTC",
  "+5 UTC",
  "11:12:13.",
  "11:12.5",
  "@",
  "@-1",
  "-5 ago",
  "infinity",
  "69-01-01",
  "9999-12-31",
  "2026-13-01",
  "24:00",
])("%j is refused", (text) => {
  expect(parseTimestamp(text, { nowUsec })).toBeUndefined();
});

test("fractions are rounded to microseconds", () => {
  expect(parseTimestamp("2026-11-23 11:12:13.1234567", { nowUsec })! % second).toBe(123_457);
});

test("local time, with the zone's own abbreviations", () => {
  const local = (text: string) => formatTimestamp(parseTimestamp(text, { nowUsec, zone: berlin })!, berlin, "utc");
  expect(local("2026-03-29 02:30")).toBe("Sun 2026-03-29 01:30:00 UTC");
  expect(local("2026-10-25 02:30")).toBe("Sun 2026-10-25 01:30:00 UTC");
  expect(local("2026-10-25 02:30 CEST")).toBe("Sun 2026-10-25 00:30:00 UTC");
});

test("an IANA zone at the end, where zones are given", () => {
  const zoneOf = (name: string) => (name === "Europe/Berlin" ? berlin : undefined);
  const usec = parseTimestamp("2026-07-01 12:00 Europe/Berlin", { nowUsec, zoneOf });
  expect(formatTimestamp(usec!)).toBe("Wed 2026-07-01 10:00:00 UTC");
});
