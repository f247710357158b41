import { chmodSync, existsSync, lstatSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import type { Places } from "./places.ts";

/** A directory that could not be made ours. */
export class PrepareError extends Error {
  readonly code = "PREPARE";
}

/**
 * Makes the runtime directories. A user's are closed to others and must be the user's own; /run/systemd/system is what
 * sd_booted(3) looks for, and goes away with us where we made it.
 */
export function prepareDirectories(places: Places): void {
  if (places.scope === "user") privateDirectory(places.runtimeDirectory);
  for (const directory of [
    places.stateDirectory,
    places.systemdDirectory,
    `${places.systemdDirectory}/units`,
    `${places.systemdDirectory}/generator`,
  ])
    make(directory, 0o755);
  privateDirectory(places.stateDirectory, places.scope === "system" ? 0o755 : 0o700);
  if (places.scope === "system") makeBootedMark(places);
  if (places.journalSockets !== undefined) make(places.journalSockets, 0o755);
}

/** The directory whose existence says "booted with systemd", and a note that it is ours to take away. */
function makeBootedMark(places: Places): void {
  const mark = `${places.systemdDirectory}/system`;
  if (existsSync(mark)) return;
  make(mark, 0o755);
  writeFileSync(`${places.stateDirectory}/${bootedNote}`, "");
}

const bootedNote = "made-booted-mark";

/** Takes the mark away where we made it and nobody put anything into it. */
export function removeBootedMark(places: Places): void {
  const note = `${places.stateDirectory}/${bootedNote}`;
  if (!existsSync(note)) return;
  rmSync(note, { force: true });
  try {
    rmdirSync(`${places.systemdDirectory}/system`);
  } catch {
    // Not empty: it holds somebody's unit files.
  }
}

function make(path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    throw new PrepareError(
      `cannot make ${path}: ${(error as Error).message}. Is the file system writable, and is this user allowed to?`,
    );
  }
}

function privateDirectory(path: string, mode = 0o700): void {
  make(path, mode);
  const info = lstatSync(path);
  if (!info.isDirectory() || info.uid !== process.getuid?.())
    throw new PrepareError(`${path} is not a directory of this user. Set XDG_RUNTIME_DIR to one that is.`);
  if ((info.mode & 0o077) !== 0 && mode === 0o700) chmodSync(path, 0o700);
}
