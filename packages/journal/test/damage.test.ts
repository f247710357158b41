import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Journal, JournalFile } from "../src/index.ts";
import { decodeLz4 } from "../src/read/lz4.ts";
import { ActiveFile } from "../src/write/active-file.ts";
import { corpusBytes, variants } from "./support/corpus.ts";
import { scratch } from "./support/scratch.ts";

/** A file in memory; counts what is read of it, so that a reader that goes round in circles fails instead of hanging. */
function memory(bytes: Buffer): {
  read(into: Uint8Array, at: number, length: number, position: number): number;
  size(): number;
  close(): void;
} {
  let reads = 0;
  return {
    read(into, at, length, position) {
      if (++reads > 100_000) throw new Error("reads without end");
      const part = bytes.subarray(position, position + length);
      into.set(part, at);
      return part.length;
    },
    size: () => bytes.length,
    close: () => {},
  };
}

function readAll(file: JournalFile): number {
  let found = 0;
  for (let i = 0; i < file.entries.length && i < 1000; i++) {
    const offset = file.entries.at(i);
    if (file.place(offset) === undefined) continue;
    found++;
    for (const field of file.fields(offset)) expect(field.length).toBeLessThan(1 << 24);
  }
  for (const name of file.fieldNames().slice(0, 50)) file.values(name);
  file.entriesWith(Buffer.from("PRIORITY=3"));
  return found;
}

/** The used part of a recorded file, which is 8 MiB of mostly nothing. */
function used(variant: (typeof variants)[number]): Buffer {
  const bytes = corpusBytes(variant);
  return bytes.subarray(0, Number(bytes.readBigUInt64LE(136)) + 4096);
}

test.each(variants)(
  "a damaged %s file is read as far as it can be, without an error or an end",
  { timeout: 300_000 },
  (variant) => {
    const whole = used(variant);
    expect(readAll(JournalFile.open("whole", memory(whole)) as JournalFile)).toBe(27);
    const interesting = fc.oneof(fc.nat(264), fc.integer({ min: 3_700_000, max: whole.length - 1 }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(interesting, fc.constantFrom(0, 1, 7, 8, 0x7f, 0xff)), { minLength: 1, maxLength: 8 }),
        (changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          const file = JournalFile.open("damaged", memory(bytes));
          if (!("problem" in file)) readAll(file);
        },
      ),
      { numRuns: 100 },
    );
  },
);

test("a file cut anywhere gives what is before the cut", () => {
  const whole = used("default");
  let before = 0;
  for (let size = 3_730_000; size < whole.length; size += 331) {
    const file = JournalFile.open("cut", memory(whole.subarray(0, size)));
    const found = "problem" in file ? 0 : readAll(file);
    expect(found).toBeLessThanOrEqual(27);
    before = Math.max(before, found);
  }
  expect(before).toBe(27);
});

test("what is no journal is named, and the rest is read", () => {
  const directory = scratch();
  const journal = Journal.openFiles([`${directory}/missing.journal`, "/dev/null"]);
  expect([...journal.problems.keys()]).toEqual([`${directory}/missing.journal`, "/dev/null"]);
  expect(journal.next()).toBeUndefined();
  journal.close();
});

test("a file with xz is read, and says what is lacking", () => {
  const bytes = used("default");
  bytes[12]! |= 1;
  const path = `${scratch()}/xz.journal`;
  writeFileSync(path, bytes);
  const journal = Journal.openFiles([path]);
  expect(journal.problems.get(path)).toMatch(/xz/);
  expect(journal.next()?.text("MESSAGE")).toBe("plain line");
  journal.close();
});

test("the writer refuses to continue another program's file", () => {
  const storage = { ...memory(corpusBytes("default")), write: () => {}, truncate: () => {}, sync: () => {} };
  expect(ActiveFile.open(storage)).toEqual({ refused: "written by another program" });
});

test("LZ4 blocks: literals, overlapping copies, long lengths, damage", () => {
  // Token 0x14: one literal, a copy of 8 from one back; then three literals.
  expect(decodeLz4(Buffer.from([0x14, 0x61, 1, 0, 0x30, 0x62, 0x63, 0x64]), 12)?.toString()).toBe("aaaaaaaaabcd");
  expect(decodeLz4(Buffer.from([0x1f, 0x61, 1, 0, 255, 3, 0x00]), 1 + 15 + 255 + 3 + 4)?.toString()).toBe(
    "a".repeat(278),
  );
  expect(decodeLz4(Buffer.from([0xf0, 2, ...Buffer.from("seventeen letters")]), 17)?.toString()).toBe(
    "seventeen letters",
  );
  expect(decodeLz4(Buffer.from([0x14, 0x61, 5, 0]), 9)).toBeUndefined();
  expect(decodeLz4(Buffer.from([0xf0, 255, 255]), 9)).toBeUndefined();
});
