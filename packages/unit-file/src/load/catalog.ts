import { simplifyPath } from "../escape-name.ts";
import { instantiate, parseUnitName, type UnitNameParts } from "../names.ts";
import type { DirEntry, UnitTree } from "./unit-tree.ts";

/** What a name leads to: a file of its own, or another name by a symlink inside the search path. */
export type CatalogEntry = { readonly path: string } | { readonly alias: string };

/** A directory with more about a unit: its real path, and which directory of the search path it was found in. */
interface CompanionDirectory {
  readonly path: string;
  readonly rank: number;
}

/** All unit names of a search path, and the directories with more about them. Made once for each reload. */
export interface UnitCatalog {
  readonly tree: UnitTree;
  readonly searchPath: readonly string[];
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  /** For each name that some symlink leads to: those symlinks' names. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** `foo.service.d`, `foo.target.wants` and the like, by that name, highest priority first. */
  readonly directories: ReadonlyMap<string, readonly CompanionDirectory[]>;
  /** Odd symlinks, in systemd's words. */
  readonly warnings: readonly string[];
  /** The entries of one of those directories; read once. */
  entriesOf(directory: string): readonly DirEntry[];
}

/** Looks through the search path once and notes every name, alias and directory. A name in an earlier directory hides later ones. */
export function scanUnitPaths(tree: UnitTree, searchPath: readonly string[]): UnitCatalog {
  const entries = new Map<string, CatalogEntry>();
  const directories = new Map<string, CompanionDirectory[]>();
  const warnings: string[] = [];
  const roots = searchPath.map((dir) => (dir.endsWith("/") ? dir : `${dir}/`));

  for (const directory of searchPath) {
    const listed = tree.list(directory);
    if (!listed) continue;
    // systemd names drop-ins by where their directory really is (/usr/lib, where /lib is a link to it); fragments by where they were found.
    let real: string | undefined;
    for (const entry of listed) {
      const { name } = entry;
      if (isCompanion(name)) {
        if (entry.kind === "file" || entry.kind === "other") continue;
        real ??= realPath(tree, directory);
        const path = entry.kind === "symlink" ? realPath(tree, `${real}/${name}`) : `${real}/${name}`;
        const known = directories.get(name);
        if (!known) directories.set(name, [{ path, rank: searchPath.indexOf(directory) }]);
        else if (!known.some((d) => d.path === path)) known.push({ path, rank: searchPath.indexOf(directory) });
        continue;
      }
      if (entry.kind !== "file" && entry.kind !== "symlink") continue;
      if (entries.has(name)) continue;
      const parts = parseUnitName(name);
      if (!parts) continue;
      const path = `${directory}/${name}`;
      if (entry.kind === "file") entries.set(name, { path });
      else {
        const target = symlinkTarget(tree, directory, name);
        if (target === undefined) continue;
        const inside = roots.some((root) => target.startsWith(root));
        if (!inside) {
          entries.set(name, { path });
          continue;
        }
        const alias = target.slice(target.lastIndexOf("/") + 1);
        const problem = aliasProblem(parts, alias, path, target);
        if (problem !== undefined) warnings.push(problem);
        else if (alias !== name) entries.set(name, { alias });
        // A symlink of the same name into another directory of the path stands for the file there.
        else entries.set(name, { path: target });
      }
    }
  }

  const aliases = new Map<string, string[]>();
  for (const [name, entry] of entries) {
    if (!("alias" in entry)) continue;
    const end = resolveName(entries, name)?.id;
    if (end === undefined || end === name) continue;
    const known = aliases.get(end);
    if (known) known.push(name);
    else aliases.set(end, [name]);
  }

  const listed = new Map<string, readonly DirEntry[]>();
  return {
    tree,
    searchPath,
    entries,
    aliases,
    directories,
    warnings,
    entriesOf(directory) {
      const known = listed.get(directory);
      if (known) return known;
      const found = tree.list(directory) ?? [];
      listed.set(directory, found);
      return found;
    },
  };
}

function isCompanion(name: string): boolean {
  return name.endsWith(".d") || name.endsWith(".wants") || name.endsWith(".requires") || name.endsWith(".upholds");
}

/** The absolute path that a symlink names, `.` and `..` taken out; only one hop. */
function symlinkTarget(tree: UnitTree, directory: string, name: string): string | undefined {
  const target = tree.readlink(`${directory}/${name}`);
  if (target === undefined || target === "") return undefined;
  const parts: string[] = [];
  for (const part of simplifyPath(target.startsWith("/") ? target : `${directory}/${target}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** A path with every symlink on the way resolved; as it stands where that leads nowhere. */
function realPath(tree: UnitTree, path: string): string {
  const pending = path.split("/").filter((part) => part !== "");
  const done: string[] = [];
  for (let links = 0; pending.length > 0; ) {
    const part = pending.shift() as string;
    if (part === ".") continue;
    if (part === "..") {
      done.pop();
      continue;
    }
    const target = tree.readlink(`/${[...done, part].join("/")}`);
    if (target === undefined) {
      done.push(part);
      continue;
    }
    links += 1;
    if (links > 32) return path;
    if (target.startsWith("/")) done.length = 0;
    pending.unshift(...target.split("/").filter((p) => p !== ""));
  }
  return `/${done.join("/")}`;
}

/** Why a symlink cannot be an alias (systemd.unit(5), "Description": same type, instances and templates to their like). */
function aliasProblem(from: UnitNameParts, alias: string, path: string, target: string): string | undefined {
  const to = parseUnitName(alias);
  if (!to) return `${path}: target ${target} is not a valid unit name, ignoring.`;
  if (to.type !== from.type) return `${path}: symlink target ${target} has a different suffix, ignoring.`;
  if (from.kind === "plain" && to.kind === "template") return `${path}: symlink to a template, ignoring: ${target}`;
  if (from.kind === "template" && to.kind !== "template") return `${path}: template symlinked to ${target}, ignoring.`;
  if (from.kind === "plain" && to.kind !== "plain") return undefined;
  if (from.kind === "instance" && to.kind === "plain") return `${path}: instance symlinked to ${target}, ignoring.`;
  return undefined;
}

/** Follows aliases to the name that has the file. `id` bears the instance that was asked for. */
export function resolveName(
  entries: ReadonlyMap<string, CatalogEntry>,
  name: string,
): { readonly id: string; readonly path: string | undefined } | undefined {
  const instance = parseUnitName(name)?.instance || undefined;
  let current = name;
  // systemd follows eight symlinks at most.
  for (let hops = 0; hops < 8; hops++) {
    let entry = entries.get(current);
    const parts = parseUnitName(current);
    if (!entry && parts?.kind === "instance") entry = entries.get(`${parts.prefix}@.${parts.type}`);
    if (!entry) return { id: current, path: undefined };
    if ("path" in entry) return { id: current, path: entry.path };
    const next = parseUnitName(entry.alias);
    current = next?.kind === "template" && instance ? (instantiate(entry.alias, instance) ?? entry.alias) : entry.alias;
  }
  return undefined;
}

/** Every name that a catalog knows, templates too, aliases too. */
export function catalogNames(catalog: UnitCatalog): string[] {
  return [...catalog.entries.keys()];
}
