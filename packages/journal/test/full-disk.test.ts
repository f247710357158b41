import { expect, test } from "vitest";
import { Journal, JournalError, JournalWriter } from "../src/index.ts";
import type { Storage } from "../src/storage.ts";
import { type FileAccess, systemFiles } from "../src/write/file-access.ts";
import { bootId, entry, haveJournalctl, journalctl, machineId, scratch } from "./support/scratch.ts";

/** Files of which one write in thirty or so finds the disk full, having written a part. */
function fullNowAndThen(seed: number): FileAccess {
  let state = seed;
  const unreliable = (storage: Storage): Storage => ({
    ...storage,
    write(from, at, length, position) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      if ((state >>> 16) % 30 !== 0) return storage.write(from, at, length, position);
      storage.write(from, at, Math.floor(length / 2), position);
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    },
  });
  return { ...systemFiles, open: (path, create) => unreliable(systemFiles.open(path, create)) };
}

test.each([2, 3, 5, 7, 11, 13])(
  "a commit that finds the disk full can be tried again, and is not doubled (seed %d)",
  (seed) => {
    const directory = scratch();
    const files = fullNowAndThen(seed);
    const open = (): JournalWriter => {
      for (;;) {
        try {
          return JournalWriter.open({
            directory,
            machineId,
            bootId,
            writeAheadPath: `${directory}/wal`,
            limits: { keepFreeBytes: 0, maxFileBytes: 1 << 20 },
            files,
          });
        } catch (error) {
          expect(error).toBeInstanceOf(JournalError);
        }
      }
    };
    const writer = open();
    let refused = 0;
    for (let i = 0; i < 40; i++) {
      for (let tries = 0; tries < 200; tries++) {
        try {
          writer.commit({
            entries: [entry({ MESSAGE: `m${i}`, SAME: "x" }), entry({ MESSAGE: `n${i}` })],
            positions: [["input", i + 1]],
          });
          break;
        } catch (error) {
          expect(error).toMatchObject({ code: "cannot-write" });
          expect(writer.positions.get("input") ?? 0).toBe(i);
          refused++;
        }
      }
      expect(writer.positions.get("input")).toBe(i + 1);
    }
    expect(refused).toBeGreaterThan(0);
    // A writer without such trouble finishes what is unfinished.
    JournalWriter.open({
      directory,
      machineId,
      bootId,
      writeAheadPath: `${directory}/wal`,
      limits: { keepFreeBytes: 0, maxFileBytes: 1 << 20 },
    }).close();
    const journal = Journal.openDirectories([directory]);
    const found: string[] = [];
    for (let one = journal.next(); one !== undefined; one = journal.next()) found.push(one.text("MESSAGE")!);
    journal.close();
    expect(found).toEqual(Array.from({ length: 40 }, (_, i) => [`m${i}`, `n${i}`]).flat());
    if (haveJournalctl) journalctl("-D", directory, "--verify", "-q");
  },
);
