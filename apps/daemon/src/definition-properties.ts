import { statSync } from "node:fs";
import { dependencyProperties, type Graph } from "@steward/graph";
import type { Value } from "@steward/ipc";
import type { LoadedUnit } from "@steward/unit-file";

/** A property as the bus carries it. */
export interface ShownProperty {
  readonly name: string;
  readonly signature: string;
  readonly value: Value;
}

/** What enable and preset say of a unit's file, looked up on the disk when it is asked for. */
export type FileState = () => { readonly state: string; readonly preset: string };

interface OriginRow {
  readonly signature: string;
  readonly get: (unit: LoadedUnit, files: FileState) => Value;
}

const origin: Readonly<Record<string, OriginRow>> = {
  Id: { signature: "s", get: (unit) => unit.id },
  Names: { signature: "as", get: (unit) => [...unit.names].sort() },
  LoadState: { signature: "s", get: (unit) => unit.loadState },
  LoadError: {
    signature: "(ss)",
    get: ({ loadError: error }) => (error === undefined ? ["", ""] : [error.name, error.message]),
  },
  FragmentPath: { signature: "s", get: (unit) => unit.fragmentPath ?? "" },
  SourcePath: { signature: "s", get: (unit) => unit.sourcePath ?? "" },
  DropInPaths: { signature: "as", get: (unit) => unit.dropInPaths },
  UnitFileState: { signature: "s", get: (_unit, files) => files().state },
  UnitFilePreset: { signature: "s", get: (_unit, files) => files().preset },
  NeedDaemonReload: { signature: "b", get: (unit) => needsReload(unit) },
};

/** The properties of org.freedesktop.systemd1.Unit that follow from where a unit comes from, rather than from what its file says. */
export function originProperties(unit: LoadedUnit, graph: Graph, files: FileState): ShownProperty[] {
  return [
    ...Object.entries(origin).map(([name, { signature, get }]) => ({ name, signature, value: get(unit, files) })),
    ...dependencyProperties(graph, unit.id).map(({ name, value }) => ({ name, signature: "as", value })),
  ];
}

/** One of them. */
export function originProperty(unit: LoadedUnit, graph: Graph, files: FileState, name: string): Value | undefined {
  if (Object.hasOwn(origin, name)) return origin[name]?.get(unit, files);
  return dependencyProperties(graph, unit.id, name)[0]?.value;
}

/** Whether a file that the unit was made from is newer, or gone. */
function needsReload(unit: LoadedUnit): boolean {
  return unit.sources.some(({ path, mtimeUsec }) => {
    if (path === "") return false;
    const info = statSync(path, { throwIfNoEntry: false, bigint: true });
    return info === undefined || Math.abs(Number(info.mtimeNs / 1000n) - mtimeUsec) > 1;
  });
}
