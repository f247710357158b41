import { expect, test } from "vitest";
import { Journal, JournalWriter } from "../src/index.ts";
import { systemFiles } from "../src/write/file-access.ts";
import { cutFiles } from "./support/cut-files.ts";
import { bootId, entry, haveJournalctl, journalctl, machineId, scratch } from "./support/scratch.ts";

/** Enough new values that the hash table is written at once, chains and arrays grow, and the file is full after some commits. */
const BATCH = 1500;
const BATCHES = 4;

function write(directory: string, files = systemFiles): void {
  const writer = JournalWriter.open({
    directory,
    machineId,
    bootId,
    writeAheadPath: `${directory}/wal`,
    limits: { maxFileBytes: 1 << 21, keepFreeBytes: 0, maxUseBytes: 1 << 30 },
    files,
  });
  for (let batch = writer.positions.get("batch") ?? 0; batch < BATCHES; batch++) {
    const entries = Array.from({ length: BATCH }, (_, i) =>
      entry({ MESSAGE: `message ${batch * BATCH + i}`, MANY: String(i % 40), _PID: String(i % 3) }, batch * BATCH + i),
    );
    writer.commit({ entries, positions: [["batch", batch + 1]] });
  }
  writer.close();
}

function check(directory: string): void {
  const journal = Journal.openDirectories([directory]);
  for (let i = 0; i < BATCH * BATCHES; i++) {
    const found = journal.next();
    if (found?.text("MESSAGE") !== `message ${i}`) expect(found?.text("MESSAGE"), "in order").toBe(`message ${i}`);
  }
  expect(journal.next()).toBeUndefined();
  journal.close();
  if (haveJournalctl) {
    journalctl("-D", directory, "--verify", "-q");
    expect(journalctl("-D", directory, "-o", "cat", "MANY=7", "_PID=1").split("\n")[1]).toBe("message 127");
  }
}

test("large commits are whole or not there, wherever the writer is killed", { timeout: 300_000 }, () => {
  const whole = scratch();
  const counted = cutFiles(Number.POSITIVE_INFINITY, 0);
  write(whole, counted);
  check(whole);
  for (let n = 0; n < counted.changes(); n += Math.ceil(counted.changes() / 8)) {
    const directory = scratch();
    try {
      write(directory, cutFiles(n, 0.5));
    } catch {}
    write(directory);
    check(directory);
  }
});
