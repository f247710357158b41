import type { DirEntry, UnitTree } from "@steward/unit-file";
import { basename, chase, dirname } from "../chase.ts";
import type { DiskChange } from "./changes.ts";

/**
 * A tree with changes that have been decided but not yet made: later decisions of the same verb see them. What is written here is kept as
 * data in `disk`, for `applyDiskChanges`.
 */
export interface Overlay extends UnitTree {
  readonly disk: readonly DiskChange[];
  /** Whether anything stands at the path itself, a dangling link included. */
  kindOf(path: string): DirEntry["kind"] | undefined;
  /** The kind of a directory's entry, from one reading of the directory: most names stand in few of the many directories that are searched. */
  entry(directory: string, name: string): DirEntry["kind"] | undefined;
  symlink(path: string, target: string, replace: boolean): void;
  unlink(path: string): void;
  /** Removes the directory if it is empty; says whether it was. */
  removeDirectory(path: string): boolean;
  removeTree(path: string): void;
}

type Written = { readonly target: string } | "directory" | "gone";

/** Lays an empty list of changes over a tree. */
export function overlayOn(base: UnitTree): Overlay {
  const disk: DiskChange[] = [];
  const written = new Map<string, Written>();
  const removedTrees: string[] = [];
  /** Links are written below their real directory, so that two ways to it see the same. */
  const real = (path: string): string => {
    const directory = chase(tree, dirname(path)) ?? dirname(path);
    return directory === "/" ? `/${basename(path)}` : `${directory}/${basename(path)}`;
  };
  const isGone = (path: string): boolean => removedTrees.some((top) => path === top || path.startsWith(`${top}/`));
  const own = (path: string): Written | undefined => written.get(path) ?? (isGone(path) ? "gone" : undefined);

  let entries = new Map<string, ReadonlyMap<string, DirEntry["kind"]>>();
  const push = (change: DiskChange): void => {
    disk.push(change);
    entries = new Map();
  };

  const tree: Overlay = {
    disk,
    entry(directory, name) {
      let known = entries.get(directory);
      if (known === undefined) {
        known = new Map(tree.list(directory)?.map((each) => [each.name, each.kind]));
        entries.set(directory, known);
      }
      return known.get(name);
    },
    list(directory) {
      if (disk.length === 0) return base.list(directory);
      const at = chase(tree, directory) ?? directory;
      const listed = own(at) === "gone" ? undefined : base.list(at);
      const changed = new Map<string, Written>();
      for (const [path, entry] of written) if (dirname(path) === at) changed.set(basename(path), entry);
      if (listed === undefined && changed.size === 0) return undefined;
      const entries = (listed ?? []).filter(({ name }) => !changed.has(name) && !isGone(`${at}/${name}`));
      for (const [name, entry] of changed) {
        if (entry !== "gone") entries.push({ name, kind: entry === "directory" ? "directory" : "symlink" });
      }
      return entries;
    },
    readlink(path) {
      if (disk.length === 0) return base.readlink(path);
      const entry = own(path) ?? own(real(path));
      if (entry === undefined) return base.readlink(path);
      return typeof entry === "object" ? entry.target : undefined;
    },
    read(path) {
      if (disk.length === 0) return base.read(path);
      const at = chase(tree, path);
      if (at === undefined) return { ok: false, error: "ELOOP" };
      const entry = own(at);
      if (entry !== undefined) return { ok: false, error: entry === "directory" ? "EISDIR" : "ENOENT" };
      return base.read(at);
    },
    stat(path) {
      if (disk.length === 0) return base.stat(path);
      const at = chase(tree, path);
      const entry = at === undefined ? "gone" : own(at);
      if (entry === "directory") return { kind: "directory", size: 0, mtimeUsec: 0 };
      return entry === undefined ? base.stat(at!) : undefined;
    },
    kindOf(path) {
      if (tree.readlink(path) !== undefined) return "symlink";
      return tree.stat(path)?.kind;
    },
    symlink(path, target, replace) {
      push({ type: "symlink", path, target, replace });
      for (let up = dirname(real(path)); up !== "/" && base.stat(up) === undefined; up = dirname(up)) {
        written.set(up, "directory");
      }
      written.set(real(path), { target });
    },
    unlink(path) {
      push({ type: "unlink", path });
      written.set(real(path), "gone");
    },
    removeDirectory(path) {
      if ((tree.list(path)?.length ?? 1) > 0) return false;
      push({ type: "remove-directory", path });
      written.set(real(path), "gone");
      return true;
    },
    removeTree(path) {
      push({ type: "remove-tree", path });
      for (const key of [...written.keys()]) if (key.startsWith(`${path}/`)) written.delete(key);
      written.delete(path);
      removedTrees.push(path);
    },
  };
  return tree;
}
