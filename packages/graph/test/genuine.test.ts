import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type ActiveState,
  buildGraph,
  dependencyKinds,
  dependencyProperties,
  type Graph,
  type GraphOptions,
  planTransaction,
} from "../src/index.ts";
import { loadClosure } from "./support/disk.ts";
import { everyType } from "./support/every-type.ts";
import { askSystemd, type GenuineAnswer, type GenuineUnit, missingSystemd } from "./support/genuine.ts";

type Units = ReadonlyMap<string, GenuineUnit>;

/** What this machine has mounted is not in the directory of units. */
function isMachine(name: string, units: Units): boolean {
  return units.get(name)?.isFromMountinfo === true || name === "init.scope" || name === "-.mount";
}

/** Why a mount is needed depends, in systemd, on which of the two was loaded first. */
function line(name: string, kind: string, other: string, origins: string): string {
  const byPath = name.endsWith(".mount") || other.endsWith(".mount");
  return `${name}: ${kind} ${other} ${byPath ? origins.replace(/\b(?<!-)(file|implicit|path)\b/g, "path").replace("path path", "path") : origins}`;
}

/** `name: Kind other (origins)` of every unit. */
function theirs(units: Units): Set<string> {
  const out = new Set<string>();
  for (const [name, unit] of units) {
    if (isMachine(name, units)) continue;
    for (const edge of unit.edges) {
      const [kind, other] = edge.split(" ") as [string, string];
      // The origin of a path stands with the edges that it makes.
      if (kind === "RequiresMountsFor") out.add(`${name}: ${kind} ${other}`);
      else if (!isMachine(other, units)) out.add(line(name, kind, other, edge.slice(edge.indexOf("("))));
    }
  }
  return out;
}

function ours(graph: Graph, units: Units): Set<string> {
  const out = new Set<string>();
  for (const name of graph.ids()) {
    if (isMachine(name, units)) continue;
    for (const kind of dependencyKinds.filter((kind) => kind !== "NamespaceJoinedBy"))
      for (const other of graph.dependencies(name, kind))
        if (!isMachine(other, units))
          out.add(line(name, kind, other, `(${[...graph.origins(name, kind, other)].sort().join(" ")})`));
    const paths = dependencyProperties(graph, name).find((property) => property.name === "RequiresMountsFor");
    for (const path of paths?.value ?? []) out.add(`${name}: RequiresMountsFor ${path}`);
  }
  return out;
}

function compare(directory: string, start: string, answer: GenuineAnswer, options: GraphOptions = {}): void {
  const graph = buildGraph(loadClosure(directory, [start], options), { ...options, isContainer: answer.isContainer });
  const expected = theirs(answer.units);
  const found = ours(graph, answer.units);
  expect({
    missing: [...expected].filter((edge) => !found.has(edge)),
    extra: [...found].filter((edge) => !expected.has(edge)),
  }).toEqual({ missing: [], extra: [] });
  expect([...graph.ids()].filter((name) => graph.isReferenced(name) && !answer.units.has(name))).toEqual([]);
  const plan = planTransaction({
    graph,
    view: {
      activeState: (name) => (answer.units.get(name)?.activeState ?? "inactive") as ActiveState,
      job: () => undefined,
      jobs: () => [],
    },
    request: { unit: start, type: "start", mode: "isolate" },
  });
  expect(plan.ok && plan.jobs.map((job) => `${job.type} ${job.unit}`).sort()).toEqual(answer.jobs);
}

const missing = missingSystemd();
const debian = "/lib/systemd/system";
const recorded = new URL("../../../test-fixtures/recorded/transactions/every-type.json", import.meta.url);

function withEveryType(act: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "graph-"));
  try {
    chmodSync(directory, 0o1777);
    for (const [name, text] of Object.entries(everyType)) writeFileSync(join(directory, name), text);
    act(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("units of every type, with every directive that implies a dependency, as recorded (test-fixtures/record/transactions.sh)", () => {
  const { units, jobs, isContainer } = JSON.parse(readFileSync(recorded, "utf8"));
  withEveryType((directory) => compare(directory, "all.target", { units: new Map(units), jobs, isContainer }));
});

describe.skipIf(missing !== undefined)(`as the genuine systemd has it now${missing ? `: ${missing}` : ""}`, () => {
  test.skipIf(!existsSync(`${debian}/multi-user.target`))("the units that this machine's systemd brings", () => {
    compare(debian, "graphical.target", askSystemd(debian, "graphical.target"));
  });

  test("units of every type", () => {
    withEveryType((directory) => compare(directory, "all.target", askSystemd(directory, "all.target")));
  });

  test("units of every type, of a user's manager", () => {
    withEveryType((directory) => {
      const directories = {
        runtime: directory,
        state: `${directory}/.config`,
        cache: `${directory}/.cache`,
        logs: `${directory}/.config/log`,
        configuration: `${directory}/.config`,
      };
      const answer = askSystemd(directory, "all.target", "user");
      compare(directory, "all.target", answer, { scope: "user", directories });
    });
  });
});
