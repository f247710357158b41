import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadUnit, scanUnitPaths, type UnitCatalog } from "@steward/unit-file";
import { expect, test } from "vitest";
import { type Files, memoryTree } from "./memory-tree.ts";

/** Recorded by test-fixtures/record/show-trees.sh from systemd 252: random trees of links, masks, drop-ins and .wants directories. */
const recorded = fileURLToPath(new URL("../../../test-fixtures/recorded/show", import.meta.url));
const lines = (file: string): string[] => readFileSync(`${recorded}/${file}`, "utf8").trim().split("\n");

const path = ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system"];
const catalogs = lines("trees.jsonl").map((line) => scanUnitPaths(memoryTree(JSON.parse(line) as Files), path));

interface Answer {
  readonly tree: number;
  readonly unit: string;
  readonly Id: string;
  readonly Names: readonly string[];
  readonly LoadState: string;
  readonly FragmentPath: string;
  readonly DropInPaths: readonly string[];
  readonly Description: string;
  readonly Documentation: readonly string[];
  readonly Wants: readonly string[];
  readonly Requires: readonly string[];
}
const answers = lines("tree-answers.jsonl").map((line) => JSON.parse(line) as Answer);

/**
 * A template's alias whose file is masked: systemd keeps the name that was asked for as the id of the one, and the file's of the other, by the
 * order in which other units brought them in. steward takes the file's.
 */
const maskedTemplateAlias = (catalog: UnitCatalog, answer: Answer): boolean =>
  answer.LoadState === "masked" && loadUnit(catalog, answer.unit).id !== answer.unit && answer.unit.includes("@");

test.each(catalogs.map((catalog, tree) => [tree, catalog] as const))("tree %i", (tree, catalog) => {
  const idOf = (name: string): string => loadUnit(catalog, name).id;
  // Dependencies of one's own, and several names of one unit, count once at most.
  const others = (names: readonly string[], self: string): string[] =>
    [...new Set(names.map(idOf))].filter((name) => name !== self).sort();
  for (const answer of answers.filter((a) => a.tree === tree && !maskedTemplateAlias(catalog, a))) {
    const unit = loadUnit(catalog, answer.unit);
    const linked = (kind: string): string[] =>
      others(
        unit.dependencies.filter((d) => d.kind === kind && d.origin.line === 0).map((d) => d.name),
        unit.id,
      );
    expect({
      Id: unit.id,
      Names: unit.names.toSorted(),
      LoadState: unit.loadState,
      FragmentPath: unit.fragmentPath ?? "",
      DropInPaths: unit.dropInPaths,
      Description: unit.settings.Unit.Description || unit.id,
      Documentation: unit.settings.Unit.Documentation,
      Wants: linked("Wants"),
      Requires: linked("Requires"),
    }).toEqual({
      Id: answer.Id,
      Names: answer.Names.toSorted(),
      LoadState: answer.LoadState,
      FragmentPath: answer.FragmentPath,
      DropInPaths: answer.DropInPaths,
      Description: answer.Description,
      Documentation: answer.Documentation,
      Wants: others(answer.Wants, unit.id),
      Requires: others(answer.Requires, unit.id),
    });
  }
});
