import fs from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatCalendar,
  formatTimestamp,
  nextElapse,
  parseCalendar,
  parseTimestamp,
  previousElapse,
  readTimeZone,
} from "../src/index.ts";

const words = fc.constantFrom(
  "Mon",
  "..",
  "-",
  "~",
  "/",
  ":",
  ",",
  "*",
  " ",
  "@",
  "UTC",
  "CET",
  "2026",
  "31",
  "0",
  "9999999999",
  ".5",
  "daily",
  "+",
  "ago",
);
const texts = fc.oneof(
  fc.string(),
  fc.array(words, { maxLength: 14 }).map((parts) => parts.join("")),
);

test("every text is read or refused, and what is read elapses or never does", () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 4_000_000_000 }), (text, sec) => {
      const event = parseCalendar(text);
      if (event === undefined) return;
      expect(parseCalendar(formatCalendar(event))).toBeDefined();
      const next = nextElapse(event, sec * 1_000_000);
      expect(next === undefined || next > sec * 1_000_000).toBe(true);
      const previous = previousElapse(event, sec * 1_000_000);
      expect(previous === undefined || previous < sec * 1_000_000).toBe(true);
    }),
    { numRuns: 400 },
  );
  fc.assert(
    fc.property(texts, (text) => {
      const usec = parseTimestamp(text, { nowUsec: 1_795_393_795_000_000 });
      expect(usec === undefined || usec >= 0).toBe(true);
      if (usec !== undefined) expect(["string", "undefined"]).toContain(typeof formatTimestamp(usec));
    }),
    { numRuns: 1000 },
  );
});

test("damaged zone files are refused or answer", () => {
  const bytes = new Uint8Array(fs.readFileSync(new URL("./zoneinfo/America-New_York", import.meta.url)));
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(damage, fc.nat(bytes.length), fc.integer({ min: -3e9, max: 1e11 }), (changes, length, sec) => {
      const damaged = bytes.slice(0, length);
      for (const [at, value] of changes) if (at < length) damaged[at] = value;
      const zone = readTimeZone("damaged", damaged);
      if (zone !== undefined) expect(typeof zone.at(sec).offsetSec).toBe("number");
    }),
    { numRuns: 500 },
  );
});
