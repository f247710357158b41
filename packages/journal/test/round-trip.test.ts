import fc from "fast-check";
import { expect, test } from "vitest";
import { type EntryInput, Journal, JournalWriter, journalField, matchFields } from "../src/index.ts";
import { bootId, haveJournalctl, journalctl, machineId, scratch } from "./support/scratch.ts";

const name = fc.constantFrom("MESSAGE", "A", "B_1", "_PID", "LONG_FIELD_NAME");
const value = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom("x", "same", "", "y".repeat(700)).map((text) => Buffer.from(text)),
);
const batches = fc.array(fc.array(fc.array(fc.tuple(name, value), { maxLength: 6 }), { maxLength: 5 }), {
  minLength: 1,
  maxLength: 6,
});

const asSet = (fields: readonly (readonly [string, Uint8Array])[]): string[] =>
  [...new Set(fields.map(([key, bytes]) => `${key}=${Buffer.from(bytes).toString("latin1")}`))].sort();

test("what is written is read back, forwards, backwards and by each value", { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(batches, fc.boolean(), (given, reopen) => {
      const directory = scratch();
      const open = (): JournalWriter =>
        JournalWriter.open({
          directory,
          machineId,
          bootId,
          writeAheadPath: `${directory}/wal`,
          limits: { maxFileBytes: 1 << 20, keepFreeBytes: 0 },
        });
      let writer = open();
      let clock = 1000;
      const all: (readonly [string, Uint8Array])[][] = [];
      for (const batch of given) {
        const entries = batch.map((fields): EntryInput => {
          const withBoot: (readonly [string, Uint8Array])[] = [
            ...fields,
            ["_BOOT_ID", Buffer.from("00112233445566778899aabbccddeeff")],
          ];
          all.push(withBoot);
          return {
            realtimeUsec: 1_700_000_000_000_000 + clock,
            monotonicUsec: clock++,
            bootId,
            fields: withBoot.map(([key, bytes]) => journalField(key, bytes)),
          };
        });
        writer.commit({ entries });
        if (reopen) {
          writer.close();
          writer = open();
        }
      }
      writer.close();
      const journal = Journal.openDirectories([directory]);
      const forwards: string[][] = [];
      for (let one = journal.next(); one !== undefined; one = journal.next()) forwards.push(asSet(one.fields));
      expect(forwards).toEqual(all.map(asSet));
      journal.seekTail();
      const backwards: string[][] = [];
      for (let one = journal.previous(); one !== undefined; one = journal.previous()) backwards.push(asSet(one.fields));
      expect(backwards).toEqual(all.map(asSet).reverse());
      journal.setMatch(matchFields([["A=same", "B_1=x"], ["MESSAGE=same"]]));
      journal.seekHead();
      const matching: string[][] = [];
      for (let one = journal.next(); one !== undefined; one = journal.next()) matching.push(asSet(one.fields));
      expect(matching).toEqual(
        all
          .map(asSet)
          .filter(
            (fields) => (fields.includes("A=same") && fields.includes("B_1=x")) || fields.includes("MESSAGE=same"),
          ),
      );
      journal.close();
      if (haveJournalctl && all.length > 12) journalctl("-D", directory, "--verify", "-q");
    }),
    { numRuns: 60 },
  );
});
