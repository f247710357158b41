import { parseUnitName } from "../names.ts";
import type { UnitCatalog } from "./catalog.ts";
import { isMask } from "./masks.ts";

/**
 * The directories that may hold more about a unit, most specific first (systemd.unit(5), "Description"): for each name, in each directory of the
 * search path, its own, those of its prefixes cut at dashes, then those of its template; at last those of its type.
 */
function companionDirectories(
  catalog: UnitCatalog,
  names: readonly string[],
  suffix: string,
  withType: boolean,
): string[] {
  if (catalog.directories.size === 0) return [];
  const found: string[] = [];
  for (const name of names) {
    const candidates = candidateNames(name).flatMap((c) => catalog.directories.get(c + suffix) ?? []);
    // A stable sort: within one directory of the search path the most specific comes first.
    if (candidates.length > 1) candidates.sort((x, y) => x.rank - y.rank);
    for (const { path } of candidates) if (!found.includes(path)) found.push(path);
  }
  if (withType) {
    const type = parseUnitName(names[0] ?? "")?.type;
    for (const { path } of catalog.directories.get(`${type}${suffix}`) ?? [])
      if (!found.includes(path)) found.push(path);
  }
  return found;
}

/** `a-b@c.service`: itself, `a-.service`, then the template `a-b@.service` and its prefixes. */
function candidateNames(name: string): string[] {
  const parts = parseUnitName(name);
  if (!parts) return [];
  const names = [name];
  const rest = name.slice(parts.prefix.length);
  let prefix = parts.prefix;
  for (;;) {
    const dash = prefix.lastIndexOf("-", prefix.length - 2);
    if (dash < 0) break;
    prefix = prefix.slice(0, dash + 1);
    // "foo--bar": every dash counts once; a leading dash ("-.mount") has no prefix.
    if (dash > 0) names.push(prefix + rest);
    if (dash === 0) break;
  }
  if (parts.kind === "instance") names.push(...candidateNames(`${parts.prefix}@.${parts.type}`));
  return names;
}

/** The drop-in files of a unit in the order in which they are read: by file name; of those with one name the most specific. */
export function dropInPaths(catalog: UnitCatalog, names: readonly string[]): string[] {
  const byName = new Map<string, string>();
  for (const directory of companionDirectories(catalog, names, ".d", true)) {
    for (const entry of catalog.entriesOf(directory)) {
      if (!entry.name.endsWith(".conf") || entry.name.startsWith(".")) continue;
      if (entry.kind === "directory" || byName.has(entry.name)) continue;
      byName.set(entry.name, `${directory}/${entry.name}`);
    }
  }
  const sorted = [...byName.keys()].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
  return sorted.map((name) => byName.get(name) as string);
}

/** A symlink in a .wants, .requires or .upholds directory. */
export interface LinkedDependency {
  readonly name: string;
  readonly path: string;
}

/** The units that .wants and the like name; masked links (to /dev/null) hide those of lower priority. */
export function linkedDependencies(
  catalog: UnitCatalog,
  names: readonly string[],
  suffix: ".wants" | ".requires" | ".upholds",
  warn: (path: string, message: string) => void,
): LinkedDependency[] {
  const found = new Map<string, LinkedDependency | undefined>();
  const words = suffix.slice(1);
  for (const directory of companionDirectories(catalog, names, suffix, false)) {
    for (const entry of catalog.entriesOf(directory)) {
      if (found.has(entry.name)) continue;
      const path = `${directory}/${entry.name}`;
      found.set(entry.name, undefined);
      if (entry.kind !== "symlink") {
        if (entry.kind === "file") warn(path, `${words} dependency dropin ${path} is not a symlink, ignoring.`);
        continue;
      }
      // A link that ends at /dev/null or an empty file, by way of a masked unit too, says that there is no such dependency.
      if (isMask(catalog.tree, path)) continue;
      if (!parseUnitName(entry.name)) {
        warn(path, `${words} dependency dropin ${path} is not a valid unit name, ignoring.`);
        continue;
      }
      found.set(entry.name, { name: entry.name, path });
    }
  }
  const sorted = [...found.keys()].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
  return sorted.flatMap((name) => found.get(name) ?? []);
}
