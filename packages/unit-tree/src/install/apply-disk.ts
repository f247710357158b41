import fs from "node:fs";
import { encodeUtf8 } from "@steward/unit-file";
import { chase, dirname } from "../chase.ts";
import type { DiskChange } from "./changes.ts";

/** A change that the disk did not take: which, and the errno's name. */
export interface DiskFailure {
  readonly change: DiskChange;
  readonly error: string;
}

/** Makes the changes of an install verb, in order, inside a root; symlinks on the way do not lead out of it. Failures are values. */
export function applyDiskChanges(changes: readonly DiskChange[], root = "/"): readonly DiskFailure[] {
  const prefix = root.replace(/\/+$/, "");
  const links = {
    readlink(path: string): string | undefined {
      try {
        return fs.readlinkSync(prefix + path);
      } catch {
        return undefined;
      }
    },
  };
  const failures: DiskFailure[] = [];
  for (const change of changes) {
    const path = chase(links, change.path, true);
    try {
      if (path !== undefined) perform(change, prefix + path);
      else failures.push({ change, error: "ELOOP" });
    } catch (error) {
      failures.push({ change, error: (error as NodeJS.ErrnoException).code ?? "EIO" });
    }
  }
  return failures;
}

function perform(change: DiskChange, path: string): void {
  switch (change.type) {
    case "symlink":
      fs.mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      if (change.replace) replaceLink(change.target, path);
      else fs.symlinkSync(change.target, path);
      return;
    case "write":
      fs.mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      replaceFile(change.text, path);
      return;
    case "unlink":
      fs.rmSync(path, { force: true });
      return;
    case "remove-directory":
      removeIfEmpty(path);
      return;
    case "remove-tree":
      fs.rmSync(path, { recursive: true, force: true });
  }
}

/** The new link takes the old one's place in one step: whoever looks meanwhile sees either. */
function replaceLink(target: string, path: string): void {
  const temporary = `${path}.steward-${process.pid}`;
  fs.rmSync(temporary, { force: true });
  fs.symlinkSync(target, temporary);
  fs.renameSync(temporary, path);
}

/** A file whole or not at all: it is written beside its place, flushed, and renamed onto it. */
function replaceFile(text: string, path: string): void {
  const temporary = `${path}.steward-${process.pid}`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, encodeUtf8(text), { mode: 0o644, flag: "wx", flush: true });
  fs.renameSync(temporary, path);
}

function removeIfEmpty(path: string): void {
  try {
    fs.rmdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "ENOENT") throw error;
  }
}
