import { describe, expect, test } from "vitest";
import { Journal, JournalWriter } from "../src/index.ts";
import { systemFiles } from "../src/write/file-access.ts";
import { cutFiles } from "./support/cut-files.ts";
import { bootId, entry, haveJournalctl, journalctl, machineId, scratch } from "./support/scratch.ts";

const LINES = 26;

/** Writes lines from where the journal says that the input was read, a few in a commit, rotating now and then. */
function writeLines(directory: string, files = systemFiles): void {
  const writer = JournalWriter.open({
    directory,
    machineId,
    bootId,
    writeAheadPath: `${directory}/wal`,
    limits: { maxFileBytes: 1 << 16, keepFreeBytes: 0, maxUseBytes: 1 << 30 },
    files,
  });
  let line = writer.positions.get("input") ?? 0;
  while (line < LINES) {
    const end = Math.min(LINES, line + 1 + (line % 7));
    const entries = [];
    for (let i = line; i < end; i++)
      entries.push(entry({ MESSAGE: `line ${i}`, PRIORITY: String(i % 3), _PID: "7", SHORT: "again" }, i));
    writer.commit({ entries, positions: [["input", end]] });
    line = end;
    if (line > 10 && line < 16) writer.rotate();
  }
  writer.close();
}

function messages(directory: string): string[] {
  const journal = Journal.openDirectories([directory]);
  const found: string[] = [];
  for (let one = journal.next(); one !== undefined; one = journal.next()) found.push(one.text("MESSAGE")!);
  expect([...journal.problems]).toEqual([]);
  journal.close();
  return found;
}

const expected = Array.from({ length: LINES }, (_, i) => `line ${i}`);

describe("a writer that is killed after its N-th change", () => {
  test.each([0, 0.5, 0.99])(
    "is continued with nothing lost and nothing twice (%d of the last write made)",
    { timeout: 300_000 },
    (torn) => {
      const whole = cutFiles(Number.POSITIVE_INFINITY, 0);
      writeLines(scratch(), whole);
      expect(whole.changes()).toBeGreaterThan(150);
      for (let n = 0; n <= whole.changes(); n++) {
        const directory = scratch();
        try {
          writeLines(directory, cutFiles(n, torn));
        } catch {}
        // The recovery is killed as well, somewhere.
        try {
          writeLines(directory, cutFiles(n % 11, torn));
        } catch {}
        // Whatever is there can be read at any time, and is a beginning.
        const there = messages(directory);
        expect(there).toEqual(expected.slice(0, there.length));
        writeLines(directory);
        expect(messages(directory), `killed at change ${n}`).toEqual(expected);
        if (haveJournalctl && n % 25 === 0) journalctl("-D", directory, "--verify", "-q");
      }
    },
  );
});

describe.skipIf(!haveJournalctl)("the genuine journalctl", () => {
  test("verifies and reads every file that the writer left", () => {
    const directory = scratch();
    writeLines(directory);
    journalctl("-D", directory, "--verify", "-q");
    expect(journalctl("-D", directory, "-o", "cat").trim().split("\n")).toEqual(expected);
    expect(journalctl("-D", directory, "-o", "cat", "PRIORITY=1", "_PID=7").trim().split("\n")).toEqual(
      expected.filter((_, i) => i % 3 === 1),
    );
  });
});
