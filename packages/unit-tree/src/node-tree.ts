import { isUtf8 } from "node:buffer";
import fs from "node:fs";
import {
  type DirEntry,
  decodeUtf8,
  type FileKind,
  type ReadResult,
  type StatResult,
  type UnitTree,
} from "@steward/unit-file";
import { chase } from "./chase.ts";

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;

type Kinds = Pick<fs.Stats, "isFile" | "isDirectory" | "isSymbolicLink">;

function kindOf(entry: Kinds): FileKind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "symlink" : "other";
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "EIO";
}

/** A call that answers "nothing there" for every error: the trees that we look at change and hold whatever people put there. */
function orUndefined<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

/** Where a symlink points. Looked at first, because most paths are none, and an exception costs more than a second call. */
function readLink(path: string): string | undefined {
  return orUndefined(() => {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    return stat?.isSymbolicLink() ? fs.readlinkSync(path) : undefined;
  });
}

function readAll(descriptor: number, size: number): Buffer {
  const chunks: Buffer[] = [];
  for (let expected = size + 1; ; expected = 65_536) {
    const chunk = Buffer.allocUnsafe(expected);
    const length = fs.readSync(descriptor, chunk, 0, expected, null);
    if (length === 0) break;
    chunks.push(length === expected ? chunk : chunk.subarray(0, length));
    // A short read of a regular file is its end.
    if (length < expected) break;
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

function decode(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString("utf8") : decodeUtf8(bytes);
}

const mtimeUsecOf = (stat: fs.Stats): number => Math.floor(stat.mtimeMs * 1000);

function readRegular(path: string): ReadResult {
  let descriptor: number | undefined;
  try {
    const before = fs.statSync(path, { throwIfNoEntry: false });
    if (before === undefined) return { ok: false, error: "ENOENT" };
    // Looked at before it is opened: opening a device may do things. O_NONBLOCK, because what was a file may be a fifo by now.
    if (!before.isFile()) return { ok: false, error: before.isDirectory() ? "EISDIR" : "EBADFD" };
    descriptor = fs.openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile()) return { ok: false, error: stat.isDirectory() ? "EISDIR" : "EBADFD" };
    return { ok: true, text: decode(readAll(descriptor, stat.size)), mtimeUsec: mtimeUsecOf(stat) };
  } catch (error) {
    return { ok: false, error: errorCode(error) };
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/**
 * The UnitTree of @steward/unit-file over the machine's own files. With `root`, paths and the targets of absolute symlinks are taken within
 * that directory, as `systemctl --root=` does. Nothing throws and nothing hangs: loops, fifos, devices and missing rights are values.
 */
export function nodeTree(root = "/"): UnitTree {
  const prefix = root.replace(/\/+$/, "");
  const hostLinks = { readlink: (path: string) => readLink(prefix + path) };
  /** The path to give to the kernel; undefined for a loop. Without a root the kernel follows links by itself. */
  const host = (path: string, keepLast = false): string | undefined => {
    if (prefix === "") return path;
    const real = chase(hostLinks, path, keepLast);
    return real === undefined ? undefined : prefix + real;
  };
  return {
    list(directory) {
      const path = host(directory);
      if (path === undefined) return undefined;
      const entries = orUndefined(() => fs.readdirSync(path, { withFileTypes: true }));
      return entries?.map((entry): DirEntry => ({ name: entry.name, kind: kindOf(entry) }));
    },
    read(path) {
      const real = host(path);
      return real === undefined ? { ok: false, error: "ELOOP" } : readRegular(real);
    },
    readlink(path) {
      const real = host(path, true);
      return real === undefined ? undefined : readLink(real);
    },
    stat(path): StatResult | undefined {
      const real = host(path);
      if (real === undefined) return undefined;
      const stat = orUndefined(() => fs.statSync(real, { throwIfNoEntry: false }));
      if (stat === undefined) return undefined;
      const kind = kindOf(stat) as StatResult["kind"];
      return { kind, size: stat.size, mtimeUsec: mtimeUsecOf(stat) };
    },
  };
}
