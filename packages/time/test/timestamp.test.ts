import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { formatTimestamp, formatTimestampRelative, readTimeZone, utc } from "../src/index.ts";

const second = 1_000_000;
const now = 1_795_393_795 * second;

test.each([
  ["pretty", "Mon 2026-11-23 00:29:55 UTC"],
  ["us", "Mon 2026-11-23 00:29:55.123456 UTC"],
  ["unix", "@1795393795"],
  ["us+unix", "@1795393795.123456"],
  ["date", "Mon 2026-11-23"],
] as const)("style %s", (style, text) => {
  expect(formatTimestamp(now + 123_456, utc, style)).toBe(text);
});

test("what is not set has no text, what is too far has crosses", () => {
  expect(formatTimestamp(0)).toBeUndefined();
  expect(formatTimestamp(Infinity)).toBeUndefined();
  expect(formatTimestamp(253_402_214_399 * second)).toBe("Thu 9999-12-30 23:59:59 UTC");
  expect(formatTimestamp(253_402_214_400 * second)).toBe("--- XXXX-XX-XX XX:XX:XX UTC");
});

// Recorded with: systemd-analyze timestamp (252), its "From now" line.
test.each([
  [-83, "1min 23s ago"],
  [-1870, "31min ago"],
  [-300, "5min ago"],
  [-299, "4min 59s ago"],
  [-59, "59s ago"],
  [-86_400, "24h ago"],
  [-90_000, "1 day 1h ago"],
  [-172_800, "2 days ago"],
  [-3661, "1h 1min ago"],
  [83_000, "23h left"],
  [1_814_399, "2 weeks 6 days left"],
  [2_592_000, "4 weeks 2 days left"],
  [-20_640_000, "7 months 25 days ago"],
  [-94_700_000, "3 years 0 months ago"],
  [2_307_000_000, "73 years 1 month left"],
])("%d s from now is %j", (sec, text) => {
  expect(formatTimestampRelative(now + sec * second, now)).toBe(text);
});

test("the smallest distances", () => {
  expect(formatTimestampRelative(now, now)).toBe("now");
  expect(formatTimestampRelative(now - 15, now)).toBe("15us ago");
  expect(formatTimestampRelative(now + 15_999, now)).toBe("15ms left");
});

describe("a compiled zone", () => {
  const bytes = readFileSync(new URL("./zoneinfo/Europe-Berlin", import.meta.url));
  const berlin = readTimeZone("Europe/Berlin", bytes)!;

  test.each([
    [1_795_393_795, "Mon 2026-11-23 01:29:55 CET"],
    [1_774_746_000 - 1, "Sun 2026-03-29 01:59:59 CET"],
    [1_774_746_000, "Sun 2026-03-29 03:00:00 CEST"],
    [1_792_888_200, "Sun 2026-10-25 02:30:00 CEST"],
    [1_792_891_800, "Sun 2026-10-25 02:30:00 CET"],
    [4_102_444_800, "Fri 2100-01-01 01:00:00 CET"],
    [1, "Thu 1970-01-01 01:00:01 CET"],
  ])("@%d is %s", (sec, text) => {
    expect(formatTimestamp(sec * second, berlin)).toBe(text);
  });

  test("bytes that are no zone are refused", () => {
    expect(readTimeZone("x", new Uint8Array(0))).toBeUndefined();
    expect(readTimeZone("x", bytes.subarray(0, 700))).toBeUndefined();
    expect(readTimeZone("x", new Uint8Array(200))).toBeUndefined();
  });
});
