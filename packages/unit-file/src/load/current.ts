import { parseUnitName } from "../names.ts";
import { resolveName, type UnitCatalog } from "./catalog.ts";
import { dropInPaths, linkedDependencies } from "./drop-ins.ts";
import { allNames, type LoadedUnit } from "./load-unit.ts";

/**
 * Whether loading a unit again would read the same files: the same fragment and drop-ins with the same times of modification, the same names
 * and the same links in .wants and the like. A reload keeps such units; systemd's NeedDaemonReload is the opposite.
 * `catalog` is a fresh one; the facts and specifiers are taken to be the same.
 */
export function isUnitCurrent(catalog: UnitCatalog, unit: LoadedUnit): boolean {
  const resolved = resolveName(catalog.entries, unit.id);
  const parts = parseUnitName(resolved?.id ?? "");
  if (!resolved || !parts || resolved.id !== unit.id || resolved.path !== unit.fragmentPath) return false;
  const names = allNames(catalog, parts, unit.id);
  if (unit.loadState !== "masked" && !names.every((name) => unit.names.includes(name))) return false;
  const { tree } = catalog;
  for (const source of unit.sources) if (tree.stat(source.path)?.mtimeUsec !== source.mtimeUsec) return false;
  const paths = dropInPaths(catalog, names);
  if (!sameItems(paths, unit.dropInPaths)) return false;
  const links = ([".wants", ".requires", ".upholds"] as const).flatMap((suffix) =>
    linkedDependencies(catalog, names, suffix, () => undefined).map((link) => link.path),
  );
  return sameItems(
    links,
    unit.dependencies.filter((d) => d.origin.line === 0).map((d) => d.origin.file),
  );
}

function sameItems(x: readonly string[], y: readonly string[]): boolean {
  return x.length === y.length && x.every((item, i) => item === y[i]);
}
