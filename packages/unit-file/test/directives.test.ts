import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Directive, directives, loadUnitFromFiles, type SectionName } from "@steward/unit-file";
import { expect, expectTypeOf, test } from "vitest";

/** What `/lib/systemd/systemd --dump-configuration-items` of systemd 252 prints: sections with their directives and kinds of values. */
const dump = readFileSync(fileURLToPath(new URL("recorded/configuration-items.txt", import.meta.url)), "utf8");

const rows = directives();
const known = new Map(rows.map((row) => [`${row.section}.${row.name}`, row]));

const genuine: string[] = [];
let section = "";
for (const line of dump.split("\n")) {
  if (line.startsWith("[")) section = line.slice(1, -1);
  else if (line.includes("=")) genuine.push(`${section}.${line.slice(0, line.indexOf("="))}`);
}

test("every directive that systemd 252 knows is in the tables", () => {
  expect(genuine.length).toBeGreaterThan(1150);
  expect(genuine.filter((name) => !known.has(name))).toEqual([]);
});

test("those that it does not know say since when they are there", () => {
  const genuineSet = new Set(genuine);
  const newer = rows.filter((row) => !genuineSet.has(`${row.section}.${row.name}`));
  expect(newer.filter((row) => row.since < 253).map((row) => `${row.section}.${row.name}`)).toEqual([]);
  expect(rows.filter((row) => row.since >= 253 && genuineSet.has(`${row.section}.${row.name}`))).toEqual([]);
});

test("no directive is in a section twice", () => {
  const names = rows.map((row) => `${row.section}.${row.name}`);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test("what a directive sets is there", () => {
  for (const row of rows) {
    for (const target of row.sets) {
      const where = target.includes(".") ? target.split(".") : [row.section, target];
      const unit = loadUnitFromFiles("x.target", []);
      expect([row.name, where[1], (where[1] as string) in unit.settings[where[0] as SectionName]]).toEqual([
        row.name,
        where[1],
        true,
      ]);
    }
  }
});

test("every word of a choice is accepted and every other is not", () => {
  const types: Partial<Record<SectionName, string>> = { Service: "service", Unit: "service" };
  const scalar = (row: Directive): boolean => row.repeats === "replaces" && row.choices.length > 0 && row.since === 0;
  for (const row of rows.filter(scalar)) {
    const type = types[row.section];
    if (!type) continue;
    const load = (value: string) =>
      loadUnitFromFiles(`x.${type}`, [
        { path: "/f", text: `[${row.section}]\n${row.name}=${value}\n` },
      ]).diagnostics.filter((d) => d.line > 0);
    for (const word of row.choices.filter((w) => !w.endsWith(":"))) {
      // Two are taken, and said to be out of use.
      expect([row.name, word, load(word).filter((d) => !/obsolete|KillMode=none/.test(d.message))]).toEqual([
        row.name,
        word,
        [],
      ]);
    }
    expect([row.name, load("surely-not-a-word").length]).toEqual([row.name, 1]);
  }
});

test("the types of settings follow from the tables", () => {
  const { Service, Unit, Socket } = loadUnitFromFiles("x.service", []).settings;
  expectTypeOf(Service.TimeoutStartSec).toEqualTypeOf<number>();
  expectTypeOf(Service.Restart).toEqualTypeOf<
    "no" | "on-success" | "on-failure" | "on-abnormal" | "on-watchdog" | "on-abort" | "always"
  >();
  expectTypeOf(Unit.After).toEqualTypeOf<readonly string[]>();
  expectTypeOf(Service.PrivateTmp).toEqualTypeOf<boolean>();
  expectTypeOf(Socket.Listen[0]?.address).toEqualTypeOf<string | undefined>();
});
