import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { idFromHex, Journal, JournalWriter, newEntries, queryEntries } from "../src/index.ts";
import { bootId, entry, haveJournalctl, journalctl, machineId, scratch } from "./support/scratch.ts";

const limits = { maxFileBytes: 1 << 20, keepFreeBytes: 0, maxUseBytes: 1 << 30 };

function writer(directory: string, name = "system"): JournalWriter {
  mkdirSync(directory, { recursive: true });
  return JournalWriter.open({ directory, name, machineId, bootId, writeAheadPath: `${directory}/${name}.wal`, limits });
}

const texts = (journal: Journal, step: "next" | "previous"): string[] => {
  const found: string[] = [];
  for (let one = journal[step](); one !== undefined; one = journal[step]()) found.push(one.text("MESSAGE")!);
  return found;
};

describe("several files are one journal", () => {
  test("in order of time where their sequence numbers do not compare, both ways", () => {
    const directory = scratch();
    const a = writer(directory, "system");
    const b = writer(directory, "other");
    for (let i = 0; i < 60; i++)
      (i % 3 === 0 ? a : b).commit({
        entries: [entry({ MESSAGE: `m${i}`, SOURCE: i % 3 === 0 ? "a" : "b" }, 1000 + i)],
      });
    a.rotate();
    for (let i = 60; i < 90; i++)
      (i % 2 === 0 ? a : b).commit({ entries: [entry({ MESSAGE: `m${i}`, SOURCE: "c" }, 1000 + i)] });
    a.close();
    b.close();
    const expected = Array.from({ length: 90 }, (_, i) => `m${i}`);
    const journal = Journal.openDirectories([directory]);
    expect(journal.files.length).toBe(3);
    expect(texts(journal, "next")).toEqual(expected);
    expect(texts(journal, "previous")).toEqual(expected.slice(0, -1).reverse());
    journal.seekRealtime(1_700_000_000_000_000 + 1045);
    expect(journal.next()?.text("MESSAGE")).toBe("m45");
    expect(journal.previous()?.text("MESSAGE")).toBe("m44");
    expect(journal.next()?.text("MESSAGE")).toBe("m45");
    journal.seekMonotonic("00112233445566778899aabbccddeeff", 1_000_000 + 1070);
    expect(journal.next()?.text("MESSAGE")).toBe("m70");
    const { cursor } = journal.next()!;
    journal.seekHead();
    expect(journal.seekCursor(cursor)).toBe(true);
    expect(journal.next()?.text("MESSAGE")).toBe("m71");
    expect(journal.seekCursor(cursor, false)).toBe(true);
    expect(journal.next()?.text("MESSAGE")).toBe("m72");
    expect(journal.seekCursor("nonsense")).toBe(false);
    if (haveJournalctl) {
      expect(journalctl("-D", directory, "-o", "cat").trim().split("\n")).toEqual(expected);
      expect(journalctl("-D", directory, "-o", "cat", "-c", cursor).trim().split("\n")).toEqual(expected.slice(71));
    }
    journal.close();
  });

  test("an entry that stands in two files is given once", () => {
    const directory = scratch();
    const one = writer(directory);
    one.commit({ entries: [entry({ MESSAGE: "first" }), entry({ MESSAGE: "second" })] });
    one.close();
    const path = `${directory}/system.journal`;
    const journal = Journal.openFiles([path, `${directory}/../${directory.split("/").at(-1)}/system.journal`]);
    expect(journal.files.length).toBe(2);
    expect(texts(journal, "next")).toEqual(["first", "second"]);
    journal.close();
  });

  test("another boot's entries come in their place", () => {
    const directory = scratch();
    const one = writer(directory);
    one.commit({ entries: [entry({ MESSAGE: "old boot" }, 5_000_000)] });
    one.close();
    const two = JournalWriter.open({
      directory,
      machineId,
      bootId: idFromHex("10112233445566778899aabbccddeeff")!,
      limits,
    });
    two.commit({
      entries: [
        {
          ...entry({ MESSAGE: "new boot" }, 6_000_000),
          monotonicUsec: 10,
          bootId: idFromHex("10112233445566778899aabbccddeeff")!,
        },
      ],
    });
    two.close();
    const journal = Journal.openDirectories([directory]);
    expect(texts(journal, "next")).toEqual(["old boot", "new boot"]);
    journal.close();
    if (haveJournalctl) journalctl("-D", directory, "--verify", "-q");
  });

  test("reading goes on where it stood when files grow and rotate", () => {
    const directory = scratch();
    const one = writer(directory);
    for (let i = 0; i < 10; i++) one.commit({ entries: [entry({ MESSAGE: `m${i}` })] });
    const journal = Journal.openDirectories([directory]);
    expect([...queryEntries(journal, { lines: 3 })].map((found) => found.text("MESSAGE"))).toEqual(["m7", "m8", "m9"]);
    one.commit({ entries: [entry({ MESSAGE: "m10" })] });
    one.rotate();
    one.commit({ entries: [entry({ MESSAGE: "m11" })] });
    journal.refresh();
    expect([...newEntries(journal, {})].map((found) => found.text("MESSAGE"))).toEqual(["m10", "m11"]);
    journal.refresh();
    expect([...newEntries(journal, {})]).toEqual([]);
    journal.close();
    one.close();
  });
});

describe("files that cannot be continued", () => {
  test("are set aside when a crash left them open, and read all the same", () => {
    const directory = scratch();
    const crashed = JournalWriter.open({ directory, machineId, bootId, limits });
    crashed.commit({ entries: [entry({ MESSAGE: "before the crash" })] });
    // The machine is gone: nothing closes the file, and no side file outlives the boot.
    const next = JournalWriter.open({
      directory,
      machineId,
      bootId: idFromHex("10112233445566778899aabbccddeeff")!,
      limits,
    });
    next.commit({ entries: [entry({ MESSAGE: "after" })] });
    next.close();
    const journal = Journal.openDirectories([directory]);
    expect(journal.files.map((file) => file.name.replace(/@.*\./, "@."))).toEqual([
      "system.journal",
      "system@.journal~",
    ]);
    expect(texts(journal, "next").sort()).toEqual(["after", "before the crash"]);
    journal.close();
  });

  test("are not those that were brought to the disk before the machine crashed", () => {
    const directory = scratch();
    const crashed = JournalWriter.open({ directory, machineId, bootId, limits });
    crashed.commit({ entries: [entry({ MESSAGE: "one" })] });
    crashed.sync();
    crashed.commit({ entries: [entry({ MESSAGE: "two" })] });
    crashed.sync();
    const next = JournalWriter.open({
      directory,
      machineId,
      bootId: idFromHex("10112233445566778899aabbccddeeff")!,
      limits,
    });
    next.commit({ entries: [entry({ MESSAGE: "three" })] });
    next.close();
    const journal = Journal.openDirectories([directory]);
    expect(journal.files.map((file) => file.name)).toEqual(["system.journal"]);
    expect(texts(journal, "next")).toEqual(["one", "two", "three"]);
    journal.close();
  });

  test("old ones are removed when there is too much", () => {
    const directory = scratch();
    const one = JournalWriter.open({ directory, machineId, bootId, limits: { ...limits, maxFiles: 2 } });
    for (let i = 0; i < 6; i++) {
      one.commit({ entries: [entry({ MESSAGE: `m${i}` })] });
      one.rotate();
    }
    const journal = Journal.openDirectories([directory]);
    expect(texts(journal, "next")).toEqual(["m4", "m5"]);
    journal.close();
    expect(one.vacuum({ maxFiles: 1 }).length).toBe(1);
    one.close();
  });
});
