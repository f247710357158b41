import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  entryPrinter,
  findBoot,
  grepPattern,
  Journal,
  type OutputMode,
  outputModes,
  priorityRange,
  type Query,
  queryEntries,
} from "../src/index.ts";
import { corpusFile, variants } from "./support/corpus.ts";
import { haveJournalctl, journalctlBytes } from "./support/scratch.ts";

process.env.TZ = "UTC";

function ours(path: string, mode: OutputMode, query: Query = {}, options: object = {}): string {
  const journal = Journal.openFiles([path]);
  expect([...journal.problems]).toEqual([]);
  const print = entryPrinter({ mode, ...options, ...(query.grep === undefined ? {} : { grep: query.grep }) });
  const parts: Buffer[] = [];
  for (const entry of queryEntries(journal, query)) parts.push(print(entry) ?? Buffer.alloc(0));
  journal.close();
  return Buffer.concat(parts).toString("latin1");
}

/** JSON objects have no order: journalctl's is that of a hash table. */
function comparable(text: string, mode: OutputMode): unknown {
  if (mode === "json-pretty") return text.split(/^(?=\{)/m).map((one) => JSON.parse(one.replace(/-- Boot.*/, "")));
  if (!mode.startsWith("json")) return text;
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (line.startsWith("--") ? line : JSON.parse(line.replace(/^(data: |\x1e)/, ""))));
}

describe.skipIf(!haveJournalctl)("prints what the genuine journalctl prints", () => {
  for (const variant of variants) {
    test.each(outputModes)(`${variant} file, -o %s`, (mode) => {
      const path = corpusFile(variant);
      const theirs = journalctlBytes({}, "--file", path, "-o", mode, "-q").toString("latin1");
      expect(comparable(ours(path, mode, {}, { quiet: true }), mode)).toEqual(comparable(theirs, mode));
    });
  }

  const boot2 = "10112233445566778899aabbccddeeff";
  const cases: [string, string[], Query, object?][] = [
    ["everything, with the boots", [], {}],
    ["the last three", ["-n", "3"], { lines: 3 }],
    ["backwards", ["-r"], { reverse: true }],
    ["the last three backwards", ["-r", "-n", "3"], { reverse: true, lines: 3 }],
    ["a unit", ["-u", "a.service"], { selection: { units: ["a.service"] } }],
    ["a priority", ["-p", "err"], { selection: { priorities: priorityRange("err")! } }],
    ["a range of priorities", ["-p", "6..4"], { selection: { priorities: priorityRange("6..4")! } }],
    ["an identifier", ["-t", "sl", "-t", "systemd"], { selection: { identifiers: ["sl", "systemd"] } }],
    ["a boot", ["-b", boot2], { selection: { bootId: boot2 } }],
    ["since", ["--since", "@1700000027"], { sinceUsec: 1_700_000_027_000_000 }],
    ["until", ["--until", "@1700000027"], { untilUsec: 1_700_000_027_000_000 }],
    [
      "since and until",
      ["--since", "@1700000012", "--until", "@1700000027"],
      { sinceUsec: 1_700_000_012_000_000, untilUsec: 1_700_000_027_000_000 },
    ],
    [
      "fields together and alternatives",
      ["PRIORITY=3", "_PID=42", "+", "_PID=1"],
      { selection: { matches: [["PRIORITY=3", "_PID=42"], ["_PID=1"]] } },
    ],
    ["a word, without the boots", ["-q", "-g", "PRIO|boot"], { grep: grepPattern("PRIO|boot")! }, { quiet: true }],
    [
      "a word in any case, without the boots",
      ["-q", "-g", "prio|boot"],
      { grep: grepPattern("prio|boot")! },
      { quiet: true },
    ],
    ["everything in full", ["--all"], {}, { all: true }],
    ["without the host", ["--no-hostname"], {}, { hostname: false }],
  ];
  test.each(cases)("%s", (_, args, query, options = {}) => {
    const path = corpusFile("default");
    expect(ours(path, "short-precise", query, options)).toBe(
      journalctlBytes({}, "--file", path, "-o", "short-precise", ...args).toString("latin1"),
    );
  });

  test.each(["short", "short-delta", "cat", "verbose"] as const)("colours, -o %s", (mode) => {
    const path = corpusFile("default");
    for (const grep of [undefined, "rio [2-6]"]) {
      const query: Query = grep === undefined ? {} : { grep: grepPattern(grep)! };
      const theirs = journalctlBytes(
        { SYSTEMD_COLORS: "1" },
        "--file",
        path,
        "-q",
        "-o",
        mode,
        ...(grep === undefined ? [] : ["-g", grep]),
      );
      expect(ours(path, mode, query, { colour: true, quiet: true })).toBe(theirs.toString("latin1"));
    }
  });

  test("the zone's short name and offset", () => {
    process.env.TZ = "Europe/Berlin";
    try {
      const path = corpusFile("default");
      for (const mode of ["short-full", "short-iso"] as const) {
        expect(ours(path, mode)).toBe(
          journalctlBytes({ TZ: "Europe/Berlin" }, "--file", path, "-o", mode).toString("latin1"),
        );
      }
    } finally {
      process.env.TZ = "UTC";
    }
  });
});

test("boots are found by id, offset, or both", () => {
  const journal = Journal.openFiles([corpusFile("default")]);
  const [first, second] = ["00112233445566778899aabbccddeeff", "10112233445566778899aabbccddeeff"];
  expect(findBoot(journal, "", undefined)).toBe(second);
  expect(findBoot(journal, "-1", undefined)).toBe(first);
  expect(findBoot(journal, "1", undefined)).toBe(first);
  expect(findBoot(journal, "-2", undefined)).toBeUndefined();
  expect(findBoot(journal, `${second}-1`, undefined)).toBe(first);
  expect(findBoot(journal, "0", first)).toBe(first);
  journal.close();
});

/** Only on a terminal are lines cut: script(1) gives one. */
const haveScript = haveJournalctl && existsSync("/usr/bin/script");
test.skipIf(!haveScript).each([80, 60, 45, 43, 42, 41, 40, 38, 36, 20])(
  "lines are cut at %d columns as on a terminal",
  (columns) => {
    const path = corpusFile("default");
    const command = `stty cols ${columns}; journalctl --no-pager --no-full --file ${path}`;
    const env = {
      PATH: process.env.PATH,
      TZ: "UTC",
      LANG: "C.UTF-8",
      SYSTEMD_COLORS: "0",
      COLUMNS: String(columns),
      TERM: "dumb",
    };
    const theirs = execFileSync("script", ["-qc", command, "/dev/null"], { env, stdio: ["ignore", "pipe", "pipe"] });
    expect(ours(path, "short", {}, { columns })).toBe(theirs.toString("latin1").replaceAll("\r", ""));
  },
);
