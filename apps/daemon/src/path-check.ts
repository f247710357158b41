import { existsSync, opendirSync } from "node:fs";
import type { PathSpec } from "@steward/unit-file";
import { firstMatch } from "./glob.ts";

/** What a path unit's path is found to be: there, or as its directive wants it; and which file that is. */
export interface CheckedPath {
  readonly good: boolean;
  readonly path: string;
}

/** Looks at one path of systemd.path(5) as it is now. */
export function checkPath({ type, path }: PathSpec): CheckedPath {
  switch (type) {
    case "PathExists":
    case "PathChanged":
    case "PathModified":
      return { good: existsSync(path), path };
    case "PathExistsGlob": {
      const found = firstMatch(path);
      return { good: found !== undefined, path: found ?? path };
    }
    case "DirectoryNotEmpty":
      return { good: holdsSomething(path), path };
  }
}

/** A directory that may not be read counts as not empty, as systemd has it. */
function holdsSomething(path: string): boolean {
  try {
    const directory = opendirSync(path);
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync())
        if (!isHiddenOrBackup(entry.name)) return true;
      return false;
    } finally {
      directory.closeSync();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}

const leftovers: ReadonlySet<string> = new Set(["lost+found", "aquota.user", "aquota.group"]);
const backups: ReadonlySet<string> = new Set(
  "rpmnew rpmsave rpmorig dpkg-old dpkg-new dpkg-tmp dpkg-dist dpkg-bak dpkg-backup dpkg-remove ucf-new ucf-old ucf-dist swp bak old new".split(
    " ",
  ),
);

/** What editors and package managers leave behind is nothing that anybody put there. */
export function isHiddenOrBackup(name: string): boolean {
  if (name.startsWith(".") || name.endsWith("~") || leftovers.has(name)) return true;
  const dot = name.lastIndexOf(".");
  return dot >= 0 && backups.has(name.slice(dot + 1));
}
