import { describe, expect, test } from "vitest";
import { canBootLab, isReference, lacks } from "../src/index.ts";
import { books, readRecording } from "../src/scenarios/catalogue.ts";
import { compare } from "../src/scenarios/compare.ts";
import { parseScenarios, printScenario } from "../src/scenarios/scenario.ts";
import { sideBySide } from "../src/scenarios/verdict.ts";

const cannot = [...lacks("systemctl", "systemd", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];
/** How many scenarios are played, spread evenly; 0 plays all of them. */
const sample = Number(process.env.STEWARD_SCENARIOS ?? 48);

const all = books().flatMap((book) => {
  const recording = readRecording(book);
  return book.scenarios.map((scenario) => ({ scenario, book: book.name, known: recording[scenario.name] ?? [] }));
});

test("every scenario is recorded under the genuine systemd", () => {
  expect(all.filter(({ known }) => known.length === 0).map(({ scenario }) => scenario.name)).toEqual([]);
});

test("a scenario that is printed is read as it was", () => {
  for (const { scenario } of all) {
    const [again] = parseScenarios(printScenario(scenario), scenario.origin);
    expect(again?.units.size).toBe(scenario.units.size);
    expect(again?.steps).toEqual(scenario.steps);
  }
});

test.each([
  ["-- do\ntrue", 'x:1: "-- do": expected `== NAME OF THE SCENARIO` before'],
  ["== a\n-- doo\ntrue", 'x:2: "-- doo": expected -- unit NAME, -- program NAME'],
  ["== a\n== b\n-- do\ntrue", "x:1: a: expected `-- do` and at least one command"],
  ["== a\n-- do\ntrue\n== a\n-- do\ntrue", 'x:4: "== a": expected a name that no other scenario of this file has'],
])("says where a scenario is wrong: %j", (text, message) => {
  expect(() => parseScenarios(text, "x")).toThrow(message);
});

/** The whole set: node --conditions=source test-fixtures/compare/scenarios.ts */
describe.skipIf(cannot.length > 0 || isReference)(
  `scenarios under the real daemon${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`,
  () => {
    test("go as they went under the genuine systemd", { timeout: 900_000 }, async () => {
      const every = sample === 0 ? 1 : Math.max(1, all.length / sample);
      const chosen = all.filter((_, i) => Math.floor(i / every) !== Math.floor((i - 1) / every));
      const { different } = await compare(chosen, 6);
      const shown = different.map(
        ({ index, systemd, steward }) => `${chosen[index]?.scenario.name}\n${sideBySide(systemd, steward)}`,
      );
      expect(shown).toEqual([]);
    });
  },
);
