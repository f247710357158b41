import type { DirEntry, UnitTree } from "@steward/unit-file";
import { chase } from "../src/chase.ts";

/** A tree out of paths and contents; "-> target" is a symlink. Directories are there when something is in them. */
export function memoryTree(files: Readonly<Record<string, string>>): UnitTree {
  const links = {
    readlink: (path: string) => (files[path]?.startsWith("-> ") ? files[path].slice(3) : undefined),
  };
  const isDirectory = (path: string): boolean => Object.keys(files).some((name) => name.startsWith(`${path}/`));
  return {
    ...links,
    list(directory) {
      const at = chase(links, directory) ?? directory;
      const entries = new Map<string, DirEntry["kind"]>();
      for (const path of Object.keys(files)) {
        if (!path.startsWith(`${at}/`)) continue;
        const [name = "", ...below] = path.slice(at.length + 1).split("/");
        entries.set(name, below.length > 0 ? "directory" : links.readlink(path) === undefined ? "file" : "symlink");
      }
      return entries.size === 0 ? undefined : [...entries].map(([name, kind]) => ({ name, kind }));
    },
    read(path) {
      const at = chase(links, path);
      const text = at === undefined ? undefined : files[at];
      return text === undefined ? { ok: false, error: "ENOENT" } : { ok: true, text, mtimeUsec: 0 };
    },
    stat(path) {
      const at = chase(links, path);
      if (at === undefined) return undefined;
      if (files[at] !== undefined) return { kind: "file", size: files[at].length, mtimeUsec: 0 };
      return isDirectory(at) ? { kind: "directory", size: 0, mtimeUsec: 0 } : undefined;
    },
  };
}
