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

/** The properties of org.freedesktop.systemd1.Unit that follow from where a unit comes from, rather than from what its file says. */
export function originProperties(
  unit: LoadedUnit,
  graph: Graph,
  files: { readonly state: string; readonly preset: string },
): ShownProperty[] {
  const error = unit.loadError;
  return [
    { name: "Id", signature: "s", value: unit.id },
    { name: "Names", signature: "as", value: [...unit.names].sort() },
    { name: "LoadState", signature: "s", value: unit.loadState },
    { name: "LoadError", signature: "(ss)", value: error === undefined ? ["", ""] : [error.name, error.message] },
    { name: "Description", signature: "s", value: unit.settings.Unit.Description || unit.id },
    { name: "FragmentPath", signature: "s", value: unit.fragmentPath ?? "" },
    { name: "SourcePath", signature: "s", value: unit.sourcePath ?? "" },
    { name: "DropInPaths", signature: "as", value: unit.dropInPaths },
    { name: "UnitFileState", signature: "s", value: files.state },
    { name: "UnitFilePreset", signature: "s", value: files.preset },
    { name: "NeedDaemonReload", signature: "b", value: needsReload(unit) },
    ...dependencyProperties(graph, unit.id).map(({ name, value }) => ({ name, signature: "as", value })),
  ];
}

/** Whether a file that the unit was made from is newer, or gone. */
export function needsReload(unit: LoadedUnit): boolean {
  return unit.sources.some(({ path, mtimeUsec }) => {
    if (path === "") return false;
    const info = statSync(path, { throwIfNoEntry: false, bigint: true });
    return info === undefined || Math.abs(Number(info.mtimeNs / 1000n) - mtimeUsec) > 1;
  });
}
