import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { decodeEntry, encodeEntry, numbersPerEffect, recordVersion, type StepEntry } from "../src/record/entry.ts";
import { firstSnapshot, recover } from "../src/record/recover.ts";
import { RecordStore } from "../src/record/store.ts";

const now = { monotonicUsec: 1, boottimeUsec: 1, realtimeUsec: 1 };
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "record-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function step(token: number): StepEntry {
  return {
    v: recordVersion,
    seq: token,
    event: { kind: "timer", now, unit: "a.service", slot: "state" },
    units: { "a.service": { token } },
    jobs: {},
    counters: { nextToken: token },
    effects: [
      { kind: "spawn", unit: "a.service", token, command: { directive: "ExecStart", index: 0 }, role: "main", env: [] },
      { kind: "armTimer", unit: "a.service", slot: "state", clock: "monotonic", atUsec: Number.POSITIVE_INFINITY },
    ],
    at: 10 + token * 100,
  };
}

test("a record cut at any byte gives the state of its last whole line", () => {
  const path = join(directory, "record");
  const store = new RecordStore(path);
  store.reset({ v: recordVersion, ...firstSnapshot("life", { empty: true }, 5) });
  const base = readFileSync(path).length;
  const lines = [1, 2, 3].map((token) => `${encodeEntry(step(token))}\n`);
  for (const token of [1, 2, 3]) store.append([step(token)]);
  const whole = readFileSync(path);
  const ends = lines.map((_, index) => base + Buffer.byteLength(lines.slice(0, index + 1).join("")));
  for (let cut = base; cut <= whole.length; cut += 7) {
    writeFileSync(path, whole.subarray(0, cut));
    const loaded = new RecordStore(path).load("life");
    const expected = ends.filter((end) => end <= cut).length;
    expect(loaded?.steps.length).toBe(expected);
    const found = recover(loaded as NonNullable<typeof loaded>);
    expect(found.shell.lastSeq).toBe(expected);
    expect([...found.shell.processes.keys()]).toEqual([1, 2, 3].slice(0, expected));
    expect(found.next).toBe(expected === 0 ? 5 : 10 + expected * 100 + 2 * numbersPerEffect);
  }
});

test("infinity survives the record", () => {
  const path = join(directory, "record");
  const store = new RecordStore(path);
  store.reset({ v: recordVersion, ...firstSnapshot("life", {}, 5) });
  store.append([step(1)]);
  const found = recover(new RecordStore(path).load("life") as never);
  expect(found.shell.timers.get("unit\0a.service\0state")?.atUsec).toBe(Number.POSITIVE_INFINITY);
});

test("a record of another keeper's life is not continued", () => {
  const store = new RecordStore(join(directory, "record"));
  store.reset({ v: recordVersion, ...firstSnapshot("life", {}, 5) });
  expect(store.load("another life")).toBeUndefined();
});

test("garbage after the last line is nothing", () => {
  const path = join(directory, "record");
  const store = new RecordStore(path);
  store.reset({ v: recordVersion, ...firstSnapshot("life", {}, 5) });
  appendFileSync(path, "\0\0\0garbage\n");
  expect(store.load("life")?.steps).toEqual([]);
});

test("a released process, a disarmed timer and an answered question are forgotten", () => {
  const path = join(directory, "record");
  const store = new RecordStore(path);
  store.reset({ v: recordVersion, ...firstSnapshot("life", {}, 5) });
  store.append([
    step(1),
    {
      ...step(1),
      seq: 2,
      effects: [
        { kind: "release", token: 1 },
        { kind: "disarmTimer", unit: "a.service", slot: "state" },
        { kind: "checkConditions", unit: "a.service", check: 7 },
      ],
      at: 300,
    },
  ]);
  const asked = recover(store.load("life") as never).shell;
  expect([asked.processes.size, asked.timers.size, [...asked.unanswered.keys()]]).toEqual([
    0,
    0,
    [300 + 2 * numbersPerEffect],
  ]);
  store.append([{ ...step(1), seq: 3, answers: 300 + 2 * numbersPerEffect, effects: [], at: 400 }]);
  expect(recover(store.load("life") as never).shell.unanswered.size).toBe(0);
});

test.each([
  ["a job that went away", {}, { "7": null }],
  ["a unit that went away and a word that looks like it", { "a.service": null, "null.service": { x: "null" } }, {}],
])("infinity survives beside %s", (_what, units, jobs) => {
  const entry = { ...step(1), units, jobs };
  const read = decodeEntry(encodeEntry(entry)) as StepEntry;
  expect(read).toEqual(entry);
  const finite = { ...entry, effects: [] };
  expect(decodeEntry(encodeEntry(finite))).toEqual(finite);
});

test("a record is compacted when its lines have outgrown its snapshot, however large that is", () => {
  const store = new RecordStore(join(directory, "record"));
  const large = "x".repeat(20 << 20);
  store.reset({ v: recordVersion, ...firstSnapshot("life", { large }, 5) });
  expect(store.wantsCompaction).toBe(false);
  store.append([{ ...step(1), units: { "a.service": large.slice(0, 15 << 20) } }]);
  expect(store.wantsCompaction).toBe(false);
  store.append([{ ...step(2), units: { "a.service": large.slice(0, 15 << 20) } }]);
  expect(store.wantsCompaction).toBe(true);
});
