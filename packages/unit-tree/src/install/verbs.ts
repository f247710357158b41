import { isValidUnitName, unitTypeOf } from "@steward/unit-file";
import { basename, dirname } from "../chase.ts";
import { applyUnits, takeFirst } from "./apply-units.ts";
import { failed, type InstallErrno, type InstallResult, type Outcome } from "./changes.ts";
import {
  addInfo,
  discover,
  discoverAndCheck,
  type InstallContext,
  type InstallPlace,
  type InstallRun,
  newContext,
  note,
  shown,
  traverse,
} from "./discover.ts";
import { createLink, removeMarkedLinks } from "./links.ts";
import { machineFacts } from "./machine-facts.ts";
import { overlayOn } from "./overlay.ts";

/** The switches of the install verbs: links below /run instead of /etc, and over what is in the way. */
export interface InstallFlags {
  readonly runtime?: boolean;
  readonly force?: boolean;
}

/** Begins a verb on a place. */
export function beginRun(place: InstallPlace): InstallRun {
  const root = (place.root ?? "").replace(/\/+$/, "");
  return {
    tree: overlayOn(place.tree),
    paths: place.paths,
    root,
    facts: place.facts ?? machineFacts(place.tree, place.paths),
    changes: [],
    warnings: new Set(),
  };
}

/** Ends a verb: its answer as a value. */
export function endRun(run: InstallRun, outcome: Outcome): InstallResult {
  const answer = { changes: run.changes, disk: run.tree.disk, warnings: [...run.warnings] };
  if (failed(outcome)) return { ...answer, carriesInstallInfo: false, error: outcome };
  return { ...answer, carriesInstallInfo: outcome > 0 };
}

/** Where a verb's links go. */
export function configPathOf(run: InstallRun, flags: InstallFlags): string {
  return flags.runtime ? run.paths.runtimeConfig : run.paths.persistentConfig;
}

const everything = { load: true, followConfig: true } as const;

function enable(run: InstallRun, names: readonly string[], flags: InstallFlags): Outcome {
  const context = newContext();
  for (const name of names) {
    const info = discoverAndCheck(run, context, name, everything);
    if (typeof info === "string") return info;
  }
  return applyUnits(run, context, configPathOf(run, flags), { force: flags.force ?? false }, { load: true });
}

/** Collects the names that units are known by; a unit that is gone still gives its name, so that left-over links go. */
export function markForRemoval(run: InstallRun, context: InstallContext): Set<string> {
  const marked = new Set<string>();
  for (let next = takeFirst(context); next !== undefined; next = takeFirst(context)) {
    const found = traverse(run, context, next, everything);
    if (found === "ENOLINK") note(run, "dangling", next.path === undefined ? next.name : shown(run, next.path));
    else if (found === "ENOENT") {
      if (!next.auxiliary) note(run, "ENOENT", next.path === undefined ? next.name : shown(run, next.path));
    } else if (typeof found === "string") {
      note(run, found, next.path === undefined ? next.name : shown(run, next.path));
    } else if (next.mode === "masked") {
      note(run, "masked", shown(run, next.path ?? next.name));
      continue;
    } else if (next.mode !== "regular") continue;
    marked.add(next.name);
  }
  return marked;
}

function disable(run: InstallRun, names: readonly string[], flags: InstallFlags): Outcome {
  const context = newContext();
  for (const name of names) {
    if (!isValidUnitName(name)) {
      note(run, "EUCLEAN", name);
      return "EUCLEAN";
    }
    addInfo(context, name, false);
  }
  return removeMarkedLinks(run, markForRemoval(run, context), configPathOf(run, flags));
}

/** `systemctl enable`: makes the links that [Install] asks for. Names, or absolute paths of unit files elsewhere, which are linked too. */
export function enableUnitFiles(
  place: InstallPlace,
  names: readonly string[],
  flags: InstallFlags = {},
): InstallResult {
  const run = beginRun(place);
  return endRun(run, enable(run, names, flags));
}

/** `systemctl disable`: removes every link to the units, however it came about. */
export function disableUnitFiles(
  place: InstallPlace,
  names: readonly string[],
  flags: InstallFlags = {},
): InstallResult {
  const run = beginRun(place);
  return endRun(run, disable(run, names, flags));
}

/** `systemctl reenable`: disables by name and enables again, so that links are as [Install] says now. */
export function reenableUnitFiles(
  place: InstallPlace,
  names: readonly string[],
  flags: InstallFlags = {},
): InstallResult {
  const run = beginRun(place);
  // Below a root systemd resolves names before their links go, and then enables the files that it found; without one it does not, so that
  // an alias or a linked file is not found any more.
  const files = names.map((name) => {
    if (run.root === "" || name.startsWith("/")) return name;
    const info = discover({ ...run, changes: [] }, newContext(), name, everything);
    return typeof info === "string" ? name : (info.path ?? name);
  });
  const disabled = disable(run, names.map(basename), flags);
  return endRun(run, failed(disabled) ? disabled : enable(run, files, flags));
}

/** `systemctl mask`: a link to /dev/null in place of the unit, which need not exist. */
export function maskUnitFiles(place: InstallPlace, names: readonly string[], flags: InstallFlags = {}): InstallResult {
  const run = beginRun(place);
  let total: Outcome = 0;
  for (const name of names) {
    const outcome: Outcome = isValidUnitName(name)
      ? createLink(run, "/dev/null", `${configPathOf(run, flags)}/${name}`, flags.force ?? false)
      : "EINVAL";
    if (failed(outcome) && !failed(total)) total = outcome;
  }
  return endRun(run, total);
}

/** `systemctl unmask`: removes masks, and nothing else. */
export function unmaskUnitFiles(
  place: InstallPlace,
  names: readonly string[],
  flags: InstallFlags = {},
): InstallResult {
  const run = beginRun(place);
  const configPath = configPathOf(run, flags);
  const masked: string[] = [];
  for (const name of names) {
    if (!isValidUnitName(name)) return endRun(run, "EINVAL");
    const path = `${configPath}/${name}`;
    const target = run.tree.readlink(path);
    const isMask = target === "/dev/null" || (run.tree.stat(path)?.kind === "file" && run.tree.stat(path)?.size === 0);
    if (isMask && !masked.includes(path)) masked.push(path);
    if (!isMask && run.root === "") noteGeneratorMask(run, name);
  }
  const marked = new Set<string>();
  for (const path of masked) {
    run.tree.unlink(path);
    note(run, "unlink", shown(run, path));
    marked.add(path);
  }
  return endRun(run, removeMarkedLinks(run, marked, configPath));
}

/** A mask that a generator made would come again: it is only reported. */
function noteGeneratorMask(run: InstallRun, name: string): void {
  for (const directory of run.paths.generators) {
    const path = `${directory}/${name}`;
    const stat = run.tree.stat(path);
    if (run.tree.readlink(path) !== "/dev/null" && !(stat?.kind === "file" && stat.size === 0)) continue;
    note(run, "masked by generator", name, path);
    return;
  }
}

/** `systemctl link`: links unit files by absolute path into the search path. */
export function linkUnitFiles(place: InstallPlace, paths: readonly string[], flags: InstallFlags = {}): InstallResult {
  const run = beginRun(place);
  const todo: string[] = [];
  for (const path of paths) {
    const name = basename(path);
    if (!path.startsWith("/") || !isValidUnitName(name)) return endRun(run, "EINVAL");
    const kind = run.tree.kindOf(path);
    const error =
      kind === undefined
        ? "ENOENT"
        : kind === "symlink"
          ? "ELOOP"
          : kind === "directory"
            ? "EISDIR"
            : kind === "other"
              ? "EBADFD"
              : undefined;
    if (error !== undefined) {
      note(run, error, path);
      return endRun(run, error);
    }
    if (!run.paths.search.includes(dirname(path)) && !todo.includes(path)) todo.push(path);
  }
  let total: Outcome = 0;
  for (const path of todo) {
    const outcome = createLink(run, path, `${configPathOf(run, flags)}/${basename(path)}`, flags.force ?? false);
    if (failed(outcome) && !failed(total)) total = outcome;
  }
  return endRun(run, total);
}

/** `systemctl add-wants` and `add-requires`: links the units into a target's directory, whatever their [Install] says. */
export function addDependencyUnitFiles(
  place: InstallPlace,
  names: readonly string[],
  target: string,
  dependency: "Wants" | "Requires",
  flags: InstallFlags = {},
): InstallResult {
  const run = beginRun(place);
  const context = newContext();
  const targetInfo = discoverAndCheck(run, context, target, { followConfig: true });
  if (typeof targetInfo === "string") return endRun(run, targetInfo);
  for (const name of names) {
    const info = discoverAndCheck(run, context, name, { followConfig: true });
    if (typeof info === "string") return endRun(run, info);
    if (dependency === "Wants") info.wantedBy = [targetInfo.name];
    else info.requiredBy = [targetInfo.name];
  }
  const search = { followConfig: true };
  return endRun(run, applyUnits(run, context, configPathOf(run, flags), { force: flags.force ?? false }, search));
}

/** `systemctl set-default`: default.target becomes a link to the target. */
export function setDefaultTarget(
  place: InstallPlace,
  name: string,
  flags: InstallFlags = { force: true },
): InstallResult {
  const run = beginRun(place);
  if (unitTypeOf(name) !== "target" || name === "default.target") return endRun(run, "EINVAL");
  const info = discoverAndCheck(run, newContext(), name, {});
  if (typeof info === "string") return endRun(run, info);
  const path = `${run.paths.persistentConfig}/default.target`;
  return endRun(run, createLink(run, info.path!, path, flags.force ?? false));
}

/** `systemctl get-default`: the name of the unit that default.target leads to, or why there is none. */
export function getDefaultTarget(
  place: InstallPlace,
): { readonly name: string } | { readonly error: InstallErrno; readonly warnings: readonly string[] } {
  const run = beginRun(place);
  const info = discover(run, newContext(), "default.target", { followConfig: true });
  return typeof info === "string" ? { error: info, warnings: [...run.warnings] } : { name: info.name };
}

/** Whether there is a unit file of this name; `error` says what is wrong with one that cannot be used (a directory, a bad link). */
export function checkUnitFile(
  place: InstallPlace,
  name: string,
): { readonly exists: boolean; readonly error?: InstallErrno; readonly warnings: readonly string[] } {
  const run = beginRun(place);
  const info = discover(run, newContext(), name, {});
  const warnings = [...run.warnings];
  if (typeof info !== "string") return { exists: true, warnings };
  return info === "ENOENT" ? { exists: false, warnings } : { exists: true, error: info, warnings };
}

/** `systemctl revert`: where a vendor's version exists, everything that an administrator laid over it goes; drop-ins go always. */
export function revertUnitFiles(place: InstallPlace, names: readonly string[]): InstallResult {
  const run = beginRun(place);
  const { paths, tree } = run;
  const configs = [paths.persistentConfig, paths.runtimeConfig];
  const reverted = [...configs, ...paths.controls, paths.transient];
  const todo = new Set<string>();
  for (const name of names) {
    if (!isValidUnitName(name)) return endRun(run, "EINVAL");
    let vendor = false;
    for (const directory of paths.search) {
      const path = `${directory}/${name}`;
      if (tree.kindOf(path) === "file" && isVendor(run, path)) vendor = true;
      if (tree.kindOf(`${path}.d`) === "directory" && reverted.includes(directory)) todo.add(`${path}.d`);
    }
    if (!vendor) continue;
    for (const directory of configs) {
      const kind = tree.kindOf(`${directory}/${name}`);
      if (kind === "file" || kind === "symlink") todo.add(`${directory}/${name}`);
    }
  }
  const marked = new Set<string>();
  for (const path of todo) {
    noteRemoved(run, path);
    tree.removeTree(path);
    marked.add(path);
  }
  const runtime = removeMarkedLinks(run, marked, paths.runtimeConfig);
  const persistent = removeMarkedLinks(run, marked, paths.persistentConfig);
  return endRun(run, failed(runtime) ? runtime : persistent);
}

/** Reports everything that goes with a path, the deepest first. */
function noteRemoved(run: InstallRun, path: string): void {
  if (run.tree.kindOf(path) === "directory") {
    for (const { name } of run.tree.list(path) ?? []) noteRemoved(run, `${path}/${name}`);
  }
  note(run, "unlink", shown(run, path));
}

function isVendor(run: InstallRun, path: string): boolean {
  // Below a root systemd does not know the generators' directories here.
  return /^\/(usr|lib)\//.test(path) || (run.root === "" && run.paths.generators.includes(dirname(path)));
}
