import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTimespan, parseTimespan, usecPerMinute } from "../src/index.ts";

test.each([
  ["1.5", 1_500_000],
  ["  2h 30min ", 9_000_000_000],
  ["2hr30m", 9_000_000_000],
  ["3 months 5w 2d 1.234567s", 11_086_201_234_567],
  ["55s500ms", 55_500_000],
  ["300ms20s 5day", 432_020_300_000],
  ["1y 12month", 63_115_200_000_000],
  ["5 \u03bcs 3\u00b5s 2us", 10],
  [".5", 500_000],
  ["12.34 .56", 12_900_000],
  ["12.34s.56", 12_900_000],
  ["+3", 3_000_000],
  ["5 6", 11_000_000],
  ["0", 0],
  ["infinity", Infinity],
  [" infinity ", Infinity],
  ["0.0000001", 0],
  ["1.9999999s", 1_999_999],
])("parseTimespan(%j) = %d", (text, usec) => {
  expect(parseTimespan(text)).toBe(usec);
});

test.each([
  "",
  " ",
  "-1",
  "- 5",
  "1 -2",
  "3.",
  "3.sec",
  "3. 1",
  "0.-0",
  "12.34.56",
  "12..34",
  "xyz",
  "5x",
  "infinity 5",
  "5 infinity",
  "1e3",
  "0x10s",
  "700000y",
  "99999999999999999999",
])("parseTimespan(%j) is refused", (text) => {
  expect(parseTimespan(text)).toBeUndefined();
});

test("a number without a unit counts in the default unit", () => {
  expect(parseTimespan("3", usecPerMinute)).toBe(180_000_000);
  expect(parseTimespan("3 1s", usecPerMinute)).toBe(181_000_000);
  expect(parseTimespan("1.5", 1)).toBe(1);
});

test.each([
  [0, 0, "0"],
  [Infinity, 0, "infinity"],
  [1_500_000, 0, "1.500000s"],
  [1_500_000, 1000, "1.500s"],
  [1_500_000, 1_000_000, "1s"],
  [500_000, 0, "500ms"],
  [500_100, 0, "500.100ms"],
  [60_500_000, 0, "1min 500ms"],
  [60_500_000, 1_000_000, "1min"],
  [11_086_201_234_567, 0, "4month 6d 13h 30min 1.234567s"],
  [90_000_000, 1_000_000, "1min 30s"],
  [90_000_500, 0, "1min 30.000500s"],
  [100_000, 1, "100ms"],
  [1, 1_000_000, "1us"],
  [63_115_200_000_000, 0, "2y"],
])("formatTimespan(%d, %d) = %j", (usec, accuracy, text) => {
  expect(formatTimespan(usec, accuracy)).toBe(text);
});

test("what formatTimespan writes, parseTimespan reads back exactly", () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(), fc.constant(Infinity)), (usec) => {
      expect(parseTimespan(formatTimespan(usec, 1))).toBe(usec);
    }),
  );
});

test("parseTimespan answers every text", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const usec = parseTimespan(text);
      expect(usec === undefined || usec === Infinity || (Number.isFinite(usec) && usec >= 0)).toBe(true);
    }),
  );
});
