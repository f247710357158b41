/** Units as a manager on this disk would load them, and all that they mention. */
import { hostname, release, totalmem, userInfo } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { addUnits, buildGraph, type Graph, referencedNames } from "@steward/graph";
import {
  defaultFacts,
  defaultSpecifiers,
  type LoadContext,
  type LoadedUnit,
  loadUnit,
  scanUnitPaths,
  type UnitCatalog,
} from "@steward/unit-file";
import { readText } from "@steward/unit-tree";
import { scopeOf } from "../bus/socket-path.ts";
import type { Options } from "../command-line.ts";
import { installPlace } from "../verbs/install-place.ts";

/** What specifiers stand for on this machine. */
export function contextOf(options: Options): LoadContext {
  const user = userInfo();
  const scope = scopeOf(options, user.uid);
  return {
    facts: { ...defaultFacts, scope, physicalMemoryBytes: totalmem() },
    specifiers: {
      ...defaultSpecifiers,
      hostName: hostname(),
      kernelRelease: release(),
      machineId: readText("/etc/machine-id").trim() || defaultSpecifiers.machineId,
      userName: user.username,
      userId: String(user.uid),
      home: user.homedir,
      shell: user.shell ?? "/bin/sh",
    },
  };
}

/** The unit files that options mean; directories of `extra` come before the search path, as systemd-analyze verify has it. */
export function catalogOf(options: Options, extra: readonly string[] = []): UnitCatalog {
  const { tree, paths } = installPlace(options);
  const given = process.env.SYSTEMD_UNIT_PATH;
  const own = given === undefined || options.root !== undefined ? [] : given.split(":").filter((path) => path !== "");
  const usual = own.length > 0 && !given!.endsWith(":") ? [] : paths.search;
  return scanUnitPaths(tree, [...new Set([...extra, ...own, ...usual])]);
}

/** One unit by name. */
export function loadOne(options: Options, name: string): LoadedUnit {
  return loadUnit(catalogOf(options), name, contextOf(options));
}

/** Where a file that was named on the command line is, as a directory to search and a unit name. */
export function placeOf(file: string, root = ""): { readonly directory: string; readonly name: string } {
  if (root !== "") return { directory: dirname(file), name: basename(file) };
  const path = resolve(file);
  return { directory: dirname(path), name: basename(path) };
}

export interface Loaded {
  readonly units: ReadonlyMap<string, LoadedUnit>;
  readonly graph: Graph;
}

/** Loads units and, in turn, every unit that they mention. */
export function loadClosure(catalog: UnitCatalog, names: readonly string[], options: Options): Loaded {
  const context = contextOf(options);
  const graphOptions = { scope: context.facts!.scope };
  const graph = buildGraph([], graphOptions);
  const units = new Map<string, LoadedUnit>();
  const queue = [...names];
  const known = new Set(queue);
  for (const name of queue) {
    if (units.has(name)) continue;
    const unit = loadUnit(catalog, name, context);
    for (const each of unit.names) units.set(each, unit);
    addUnits(graph, [unit]);
    for (const other of referencedNames(unit, graphOptions)) {
      if (known.has(other)) continue;
      known.add(other);
      queue.push(other);
    }
  }
  return { units, graph };
}
