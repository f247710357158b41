import { mkdirSync, readdirSync, renameSync, statfsSync, statSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { openStorage, type Storage } from "../storage.ts";

/** What the writer does to directories and files, so that a test can count it and cut it anywhere. */
export interface FileAccess {
  /** Opens for reading and writing; with `create` an empty file is made, in place of one that is there. */
  open(path: string, create: boolean): Storage;
  exists(path: string): boolean;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  makeDirectory(path: string): void;
  list(directory: string): { readonly name: string; readonly bytes: number }[];
  /** Bytes of the file system that holds the directory. */
  space(directory: string): { readonly total: number; readonly free: number };
}

/** The system's own files. */
export const systemFiles: FileAccess = {
  open: (path, create) => openStorage(path, create ? "w+" : "r+"),
  exists: (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  rename: renameSync,
  unlink: unlinkSync,
  makeDirectory,
  list(directory) {
    return readdirSync(directory).flatMap((name) => {
      const stat = statSync(`${directory}/${name}`, { throwIfNoEntry: false });
      return stat?.isFile() ? [{ name, bytes: stat.blocks * 512 }] : [];
    });
  },
  space(directory) {
    const stat = statfsSync(directory);
    return { total: stat.blocks * stat.bsize, free: stat.bavail * stat.bsize };
  },
};

/** mkdir -p. Node's own goes round in circles where a directory cannot hold any, as below /proc. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  try {
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const parent = dirname(path);
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || statSync(parent, { throwIfNoEntry: false }) !== undefined) throw error;
    makeDirectory(parent);
    mkdirSync(path, { mode: 0o755 });
  }
}
