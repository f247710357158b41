import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildGraph, dependencyKinds, type Graph } from "../src/index.ts";
import { loadClosure } from "./support/disk.ts";
import { askSystemd, type GenuineUnit, missingSystemd } from "./support/genuine.ts";

/** What this machine has mounted is not in the directory of units. */
function isMachine(name: string, units: ReadonlyMap<string, GenuineUnit>): boolean {
  return units.get(name)?.isFromMountinfo === true || name.endsWith(".swap") || name === "init.scope";
}

function theirs(units: ReadonlyMap<string, GenuineUnit>): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const [name, unit] of units) {
    if (isMachine(name, units)) continue;
    const edges = unit.edges.filter((edge) => {
      const [kind, other] = edge.split(" ") as [string, string];
      return kind !== "RequiresMountsFor:" && !isMachine(other, units) && kind !== "RequiresMountsFor";
    });
    out.set(name, edges.sort());
  }
  return out;
}

function ours(graph: Graph, names: Iterable<string>, units: ReadonlyMap<string, GenuineUnit>): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const name of names) {
    const edges: string[] = [];
    for (const kind of dependencyKinds)
      for (const other of graph.dependencies(name, kind))
        if (!isMachine(other, units)) edges.push(`${kind} ${other} (${[...graph.origins(name, kind, other)].sort().join(" ")})`);
    out.set(name, edges.sort());
  }
  return out;
}

const missing = missingSystemd();
const directory = "/lib/systemd/system";

describe.skipIf(missing !== undefined)(`dependencies as the genuine systemd has them${missing ? `: ${missing}` : ""}`, () => {
  test.skipIf(!existsSync(`${directory}/multi-user.target`))("of the units that this machine's systemd brings", () => {
    const start = "graphical.target";
    const { units } = askSystemd(directory, start);
    const graph = buildGraph(loadClosure(directory, [start]));
    const expected = theirs(units);
    const found = ours(graph, expected.keys(), units);
    const wrong = [...expected].filter(([name, edges]) => JSON.stringify(edges) !== JSON.stringify(found.get(name)));
    expect(wrong.map(([name, edges]) => ({ name, missing: edges.filter((e) => !found.get(name)?.includes(e)), extra: found.get(name)?.filter((e) => !edges.includes(e)) }))).toEqual([]);
  });
});
