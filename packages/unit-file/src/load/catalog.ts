import { simplifyPath } from "../escape-name.ts";
import { instantiate, parseUnitName, templateOf, type UnitNameParts } from "../names.ts";
import { isMask } from "./masks.ts";
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
        // A link to its own name in another directory of the path has no effect: the search goes on there.
        if (alias === name) continue;
        const problem = aliasProblem(parts, alias, path);
        if (problem === undefined) entries.set(name, { alias });
        else warnings.push(problem);
      }
    }
  }

  const aliases = aliasesOf(tree, entries);
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

/** Unit types that may have aliases; the others stand for something that has one name only. */
const mayAlias = new Set(["service", "socket", "target", "device", "timer", "path"]);

/** Why a symlink cannot be an alias (systemd.unit(5), "Description"): both of one type, and templates and instances only of their like. */
function aliasProblem(from: UnitNameParts, alias: string, path: string): string | undefined {
  if (!mayAlias.has(from.type)) return `${path}: symlinks are not allowed for units of this type, rejecting.`;
  const to = parseUnitName(alias);
  if (!to) return `${path} points to "${alias}" which is not a valid unit name, rejecting.`;
  if (to.kind !== from.kind && !(from.kind === "instance" && to.kind === "template")) {
    return `${path}: symlink target name type "${to.kind}" does not match source, rejecting.`;
  }
  if (to.type !== from.type) return `${path}: symlink target suffix does not match source, rejecting.`;
  if (from.kind === "instance" && to.kind === "instance" && from.instance !== to.instance) {
    return `${path}: unit symlink target "${alias}" instance name doesn't match, rejecting.`;
  }
  return undefined;
}

/** Follows aliases to a file: its path, undefined where there is none, "loop" after eight hops. */
function follow(entries: ReadonlyMap<string, CatalogEntry>, name: string): string | "loop" | undefined {
  let current = name;
  for (let hops = 0; hops < 8; hops++) {
    let entry = entries.get(current);
    // An alias may name an instance that only its template has a file for.
    if (!entry && hops > 0) entry = entries.get(templateOf(current) ?? "");
    if (!entry) return undefined;
    if ("path" in entry) return entry.path;
    current = entry.alias;
  }
  return "loop";
}

/**
 * Where the file of a name is, and the unit's id: the name of that file, with the instance of the name that was asked for where it is a template.
 * Undefined where symlinks go round in circles.
 */
export function resolveName(
  entries: ReadonlyMap<string, CatalogEntry>,
  name: string,
): { readonly id: string; readonly path: string | undefined } | undefined {
  const template = templateOf(name);
  let path = follow(entries, name);
  if (path === undefined && template !== undefined) path = follow(entries, template);
  if (path === "loop") return undefined;
  if (path === undefined) return { id: name, path };
  const file = path.slice(path.lastIndexOf("/") + 1);
  const parts = parseUnitName(file);
  const instance = parseUnitName(name)?.instance;
  const id = parts?.kind === "template" && instance ? (instantiate(file, instance) ?? file) : file;
  return { id, path };
}

/** For each file's name: the names that lead to it. What leads to nothing or to a mask does not count. */
function aliasesOf(tree: UnitTree, entries: ReadonlyMap<string, CatalogEntry>): Map<string, string[]> {
  const aliases = new Map<string, string[]>();
  for (const [name, entry] of entries) {
    if (!("alias" in entry)) continue;
    const path = follow(entries, name);
    if (path === undefined || path === "loop") continue;
    if (tree.stat(path) === undefined || isMask(tree, path)) continue;
    const file = path.slice(path.lastIndexOf("/") + 1);
    const instance = parseUnitName(name)?.instance;
    const id = instance && parseUnitName(file)?.kind === "template" ? (instantiate(file, instance) ?? file) : file;
    const known = aliases.get(id);
    if (known) known.push(name);
    else aliases.set(id, [name]);
  }
  return aliases;
}

/** Every name that a catalog knows, templates too, aliases too. */
export function catalogNames(catalog: UnitCatalog): string[] {
  return [...catalog.entries.keys()];
}
