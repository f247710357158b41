import { chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import type { Places } from "./places.ts";

/** A directory that could not be made ours. */
export class PrepareError extends Error {
  readonly code = "PREPARE";
}

/**
 * Makes the runtime directories. A user's are closed to others and must be the user's own; /run/systemd/system is what
 * sd_booted(3) looks for, and goes away with us where we made it.
 */
export function prepareDirectories(places: Places): { readonly madeBootedMark: boolean } {
  if (places.scope === "user") privateDirectory(places.runtimeDirectory);
  for (const directory of [places.stateDirectory, places.systemdDirectory, `${places.systemdDirectory}/units`, `${places.systemdDirectory}/generator`])
    make(directory, 0o755);
  privateDirectory(places.stateDirectory, places.scope === "system" ? 0o755 : 0o700);
  const mark = `${places.systemdDirectory}/system`;
  const madeBootedMark = places.scope === "system" && !existsSync(mark);
  if (places.scope === "system") make(mark, 0o755);
  if (places.journalSockets !== undefined) make(places.journalSockets, 0o755);
  return { madeBootedMark };
}

function make(path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    throw new PrepareError(`cannot make ${path}: ${(error as Error).message}. Is the file system writable, and is this user allowed to?`);
  }
}

function privateDirectory(path: string, mode = 0o700): void {
  make(path, mode);
  const info = lstatSync(path);
  if (!info.isDirectory() || info.uid !== process.getuid?.())
    throw new PrepareError(`${path} is not a directory of this user. Set XDG_RUNTIME_DIR to one that is.`);
  if ((info.mode & 0o077) !== 0 && mode === 0o700) chmodSync(path, 0o700);
}
