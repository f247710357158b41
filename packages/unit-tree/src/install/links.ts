import { parseUnitName } from "@steward/unit-file";
import { basename, chase, dirname, normalisePath } from "../chase.ts";
import type { Outcome } from "./changes.ts";
import { type InstallRun, note, shown } from "./discover.ts";

/** Makes a link, unless an equivalent one is there. Without `force` anything else in its place is a refusal. */
export function createLink(run: InstallRun, target: string, path: string, force: boolean): Outcome {
  const kind = run.tree.kindOf(path);
  if (kind === undefined) {
    run.tree.symlink(path, target, false);
    note(run, "symlink", shown(run, path), target);
    return 1;
  }
  const present = run.tree.readlink(path);
  if (present === undefined) {
    note(run, "EEXIST", shown(run, path));
    return "EEXIST";
  }
  if (sameUnit(run, path, present, target)) return 1;
  if (!force) {
    note(run, "EEXIST", shown(run, path), present);
    return "EEXIST";
  }
  run.tree.symlink(path, target, true);
  note(run, "unlink", shown(run, path));
  note(run, "symlink", shown(run, path), target);
  return 1;
}

/** Two targets are the same when they are the same path, or the same name in what is the same directory by symlinks (/lib and /usr/lib). */
function sameUnit(run: InstallRun, link: string, a: string, b: string): boolean {
  const absolute = (target: string): string =>
    normalisePath(target.startsWith("/") ? target : `${dirname(link)}/${target}`);
  const [first, second] = [absolute(a), absolute(b)];
  if (first === second) return true;
  if (basename(first) !== basename(second)) return false;
  return chase(run.tree, dirname(first)) === chase(run.tree, dirname(second));
}

/** Removes every link below a configuration directory that bears a marked name or leads to one; links to what was removed go as well. */
export function removeMarkedLinks(run: InstallRun, marked: Set<string>, configPath: string): void {
  if (marked.size === 0) return;
  for (let again = true; again; ) again = removeBelow(run, marked, configPath, configPath);
}

function removeBelow(run: InstallRun, marked: Set<string>, directory: string, top: string): boolean {
  let again = false;
  for (const { name, kind } of run.tree.list(directory) ?? []) {
    const path = `${directory}/${name}`;
    if (kind === "directory") {
      if (removeBelow(run, marked, path, top)) again = true;
      continue;
    }
    if (kind !== "symlink" || parseUnitName(name) === undefined) continue;
    const target = chase(run.tree, path);
    if (target === undefined) continue;
    // systemd compares the whole target only where it is not below a root.
    const hit = (run.root === "" && marked.has(target)) || marked.has(basename(target)) || marked.has(name);
    if (!hit) continue;
    run.tree.unlink(path);
    for (let up = directory; up !== top && run.tree.removeDirectory(up); ) up = dirname(up);
    note(run, "unlink", shown(run, path));
    if (!marked.has(path)) {
      marked.add(path);
      again = true;
    }
  }
  return again;
}
