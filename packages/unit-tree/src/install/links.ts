import { parseUnitName, templateOf } from "@steward/unit-file";
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

/** Two targets are the same unit when they lead to the same file, or have the same name in two directories of the search path. */
function sameUnit(run: InstallRun, link: string, a: string, b: string): boolean {
  const absolute = (target: string): string =>
    normalisePath(target.startsWith("/") ? target : `${dirname(link)}/${target}`);
  const [first, second] = [absolute(a), absolute(b)];
  if (first === second) return true;
  if (basename(first) !== basename(second)) return chase(run.tree, first) === chase(run.tree, second);
  const searched = (target: string): boolean => run.paths.search.includes(dirname(target));
  return (searched(first) && searched(second)) || chase(run.tree, first) === chase(run.tree, second);
}

/** Removes every link below a configuration directory that bears a marked name or leads to one; links to what was removed go as well. */
export function removeMarkedLinks(run: InstallRun, marked: Set<string>, configPath: string): Outcome {
  const loops = new Set<string>();
  if (marked.size > 0) while (removeBelow(run, { marked, loops, top: configPath }, configPath));
  return loops.size > 0 ? "ELOOP" : 0;
}

interface Removal {
  readonly marked: Set<string>;
  /** Links that lead in circles: what they belong to cannot be said. */
  readonly loops: Set<string>;
  readonly top: string;
}

/** One pass; says whether something was removed that other links may lead to, so that another pass is due. */
function removeBelow(run: InstallRun, removal: Removal, directory: string): boolean {
  const { marked, loops, top } = removal;
  let again = false;
  for (const { name, kind } of run.tree.list(directory) ?? []) {
    const path = `${directory}/${name}`;
    if (kind === "directory") {
      if (removeBelow(run, removal, path)) again = true;
      continue;
    }
    if (kind !== "symlink" || parseUnitName(name) === undefined) continue;
    const target = chase(run.tree, path);
    if (target === undefined && !isMarked(run, marked, name, path)) {
      if (!loops.has(path)) note(run, "ELOOP", shown(run, path));
      loops.add(path);
      continue;
    }
    if (!isMarked(run, marked, name, target ?? path)) continue;
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

/** By its own name, by its template's, or by what it leads to. systemd knows whole paths only where there is no root before them. */
function isMarked(run: InstallRun, marked: ReadonlySet<string>, name: string, target: string): boolean {
  const template = templateOf(name);
  return (
    (run.root === "" && marked.has(target)) ||
    marked.has(basename(target)) ||
    marked.has(name) ||
    (template !== undefined && marked.has(template))
  );
}
