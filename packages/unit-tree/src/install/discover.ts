import { instantiate, parseUnitName, templateOf, type UnitTree, unitTypeOf } from "@steward/unit-file";
import { basename, chase, dirname } from "../chase.ts";
import { checkAliasName } from "./alias.ts";
import { failed, type InstallChange, type InstallErrno, type InstallNotice, type Outcome } from "./changes.ts";
import { type InstallInfo, mayTemplate, newInstallInfo, readInstallSection } from "./install-info.ts";
import type { Overlay } from "./overlay.ts";
import type { SpecifierFacts } from "./specifiers.ts";
import type { UnitPaths } from "./unit-paths.ts";

/** Where an install verb works: a tree seen from its root, the directories, and what to put in front of paths that are shown. */
export interface InstallPlace {
  readonly tree: UnitTree;
  readonly paths: UnitPaths;
  /** "--root=DIR": the tree's root as the caller names it; shown before paths. */
  readonly root?: string;
  /** What specifiers stand for; this machine's own unless given. */
  readonly facts?: SpecifierFacts;
}

/** A verb under way: the tree with the changes decided so far, and what there is to say. */
export interface InstallRun {
  readonly tree: Overlay;
  readonly paths: UnitPaths;
  readonly root: string;
  readonly facts: SpecifierFacts;
  readonly changes: InstallChange[];
  readonly warnings: Set<string>;
}

/** The units of one operation, in the order in which they were named: those still to come and those done. */
export interface InstallContext {
  readonly todo: Map<string, InstallInfo>;
  readonly done: Map<string, InstallInfo>;
}

/** How to search: `load` reads [Install], `followConfig` follows aliases in the configuration directories too. */
export interface SearchFlags {
  readonly load?: boolean;
  readonly followConfig?: boolean;
}

/** An operation without units. */
export function newContext(): InstallContext {
  return { todo: new Map(), done: new Map() };
}

/** Adds a line to the answer. */
export function note(run: InstallRun, type: InstallNotice | InstallErrno, path: string, source = ""): void {
  run.changes.push({ type, path, source });
}

/** A path as it is shown: with the root in front. */
export function shown(run: InstallRun, path: string): string {
  return run.root + path;
}

/** The unit that stands under this name in the operation, if any. */
export function findInfo(context: InstallContext, name: string): InstallInfo | undefined {
  return context.done.get(name) ?? context.todo.get(name);
}

/** Adds a unit by name or by path; undefined when the name is not valid. */
export function addInfo(
  context: InstallContext,
  nameOrPath: string,
  auxiliary: boolean,
  path?: string,
): InstallInfo | undefined {
  const byPath = path ?? (nameOrPath.startsWith("/") ? nameOrPath : undefined);
  const name = nameOrPath.startsWith("/") ? basename(nameOrPath) : nameOrPath;
  if (parseUnitName(name) === undefined) return undefined;
  const known = findInfo(context, name);
  if (known !== undefined) {
    known.auxiliary &&= auxiliary;
    return known;
  }
  const info = newInstallInfo(name, byPath, auxiliary);
  context.todo.set(name, info);
  return info;
}

/** Reads the file at `path` as the unit's own; a symlink answers ELOOP, and is left to `loadOrReadlink`. */
function loadFile(
  run: InstallRun,
  context: InstallContext | undefined,
  info: InstallInfo,
  path: string,
  flags: SearchFlags,
): Outcome {
  const kind = parseUnitName(info.name)?.kind;
  if (kind === undefined) return "EINVAL";
  if (kind !== "plain" && !mayTemplate(info.name)) {
    run.warnings.add(`${shown(run, path)}: unit type ${unitTypeOf(info.name)} cannot be templated, ignoring.`);
    return "EINVAL";
  }
  if (run.tree.readlink(path) !== undefined) return "ELOOP";
  const stat = run.tree.stat(path);
  if (stat === undefined) return "ENOENT";
  if (stat.kind === "directory") return "EISDIR";
  if (stat.kind === "other") return flags.load ? "EBADFD" : "ENOTTY";
  if (stat.size === 0) {
    info.mode = "masked";
    return 0;
  }
  if (flags.load) {
    const error = loadSection(run, context, info, path);
    if (error !== undefined) return error;
  }
  info.mode = "regular";
  return 0;
}

function loadSection(
  run: InstallRun,
  context: InstallContext | undefined,
  info: InstallInfo,
  path: string,
): InstallErrno | undefined {
  const file = run.tree.read(path);
  if (!file.ok) return file.error as InstallErrno;
  const add = (name: string): boolean => context === undefined || addInfo(context, name, true) !== undefined;
  const read = readInstallSection(info, file.text, shown(run, path), run.facts, add);
  for (const warning of read.warnings) run.warnings.add(warning);
  return read.error;
}

/** Whether a path is what masks point to. Below a root there is no /dev, so the path itself counts. */
function isNullOrEmpty(run: InstallRun, path: string): boolean {
  if (path === "/dev/null") return true;
  const stat = run.tree.stat(path);
  return stat !== undefined && (stat.kind === "other" || (stat.kind === "file" && stat.size === 0));
}

/** Looks at one place where a unit may be: its file, or a symlink that is then an alias, a link out of the search path, or a mask. */
function loadOrReadlink(
  run: InstallRun,
  context: InstallContext | undefined,
  info: InstallInfo,
  path: string,
  flags: SearchFlags,
): Outcome {
  const loaded = loadFile(run, context, info, path, flags);
  if (loaded !== "ELOOP") return loaded;
  const link = run.tree.readlink(path) ?? "";
  const target = chase(run.tree, link.startsWith("/") ? link : `${dirname(path)}/${link}`, true);
  if (target === undefined) return "ELOOP";
  const inside = run.paths.search.some((directory) => target.startsWith(`${directory}/`));
  if (inside) {
    const refusal = checkAliasName(basename(path), basename(target));
    if (refusal !== undefined) {
      if (refusal.message !== undefined) run.warnings.add(refusal.message);
      return refusal.error;
    }
  }
  info.symlinkTarget = target;
  // Below a root systemd knows masks by their path alone; without one an empty file behind a symlink is a mask as well.
  const masked = run.root === "" ? isNullOrEmpty(run, target) : target === "/dev/null";
  info.mode = masked ? "masked" : inside ? "alias" : "linked";
  return 0;
}

const nothingThere = new Set<Outcome>(["ENOENT", "EACCES"]);

/** Finds a unit in the search path, an instance by its template where it has no file of its own, and reads its drop-ins' [Install]. */
export function searchUnit(
  run: InstallRun,
  context: InstallContext | undefined,
  info: InstallInfo,
  flags: SearchFlags,
): Outcome {
  if (info.mode !== undefined) return 0;
  if (info.path !== undefined) return loadOrReadlink(run, context, info, info.path, flags);
  const template = templateOf(info.name);
  const names = template === undefined ? [info.name] : [info.name, template];
  const possible = parseUnitName(info.name)?.kind === "plain" || mayTemplate(info.name);
  let found = false;
  for (const name of names) {
    for (const directory of found ? [] : run.paths.search) {
      // A name whose type has no templates is refused at the first directory already, whether there is a file or not.
      if (possible && run.tree.entry(directory, name) === undefined) continue;
      const path = `${directory}/${name}`;
      const outcome = loadOrReadlink(run, context, info, path, flags);
      if (failed(outcome)) {
        if (nothingThere.has(outcome)) continue;
        return outcome;
      }
      info.path = path;
      found = true;
      break;
    }
  }
  if (!found) return "ENOENT";
  if (info.mode === "masked" || !flags.load) return 0;
  return loadDropIns(run, context, info, names);
}

/** Drop-ins of all levels that name the unit, by the order of their file names; the first directory with a name has it. */
function loadDropIns(
  run: InstallRun,
  context: InstallContext | undefined,
  info: InstallInfo,
  names: readonly string[],
): Outcome {
  const files = new Map<string, string>();
  for (const name of names) {
    for (const directory of run.paths.search) {
      if (run.tree.entry(directory, `${name}.d`) === undefined) continue;
      for (const entry of run.tree.list(`${directory}/${name}.d`) ?? []) {
        if (!entry.name.endsWith(".conf") || files.has(entry.name)) continue;
        files.set(entry.name, `${directory}/${name}.d/${entry.name}`);
      }
    }
  }
  for (const [, path] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const real = chase(run.tree, path) ?? path;
    if (isNullOrEmpty(run, real)) continue;
    const error = loadSection(run, context, info, path);
    if (error !== undefined && error !== "ENOENT") return error;
  }
  return 0;
}

const followMax = 64;

/** Follows aliases and links until a file or a mask is reached. Gives the unit in the end, which may have another name. */
export function traverse(
  run: InstallRun,
  context: InstallContext,
  start: InstallInfo,
  flags: SearchFlags,
): InstallInfo | InstallErrno {
  let info = start;
  let outcome = searchUnit(run, context, info, flags);
  for (let followed = 0; !failed(outcome) && (info.mode === "alias" || info.mode === "linked"); followed++) {
    if (followed > followMax) return "ELOOP";
    if (!flags.followConfig && info.path !== undefined && isConfigPath(run.paths, info.path)) return "ELOOP";
    const targetName = basename(info.symlinkTarget!);
    // A link out of the search path keeps the link's own name: the target's does not matter.
    if (info.mode === "linked" || targetName === info.name) {
      outcome = follow(run, context, info, flags);
      continue;
    }
    const parts = parseUnitName(info.name);
    const name =
      parts?.kind === "instance" && parseUnitName(targetName)?.kind === "template"
        ? (instantiate(targetName, parts.instance!) ?? targetName)
        : targetName;
    if (name === info.name) {
      // The instance filled in, it is the unit itself: its own link to its template.
      outcome = follow(run, context, info, flags);
      continue;
    }
    const next = addInfo(context, name, false);
    if (next === undefined) return "EINVAL";
    info = next;
    outcome = searchUnit(run, context, info, flags);
    if (outcome === "ENOENT") return "ENOLINK";
  }
  return failed(outcome) ? outcome : info;
}

function follow(run: InstallRun, context: InstallContext, info: InstallInfo, flags: SearchFlags): Outcome {
  info.path = info.symlinkTarget!;
  info.mode = undefined;
  return loadOrReadlink(run, context, info, info.path, flags);
}

/** Whether a file stands directly in /etc/systemd/system or /run/systemd/system. */
function isConfigPath(paths: UnitPaths, path: string): boolean {
  const directory = dirname(path);
  return directory === paths.persistentConfig || directory === paths.runtimeConfig;
}

/** Adds a unit by name or path and finds it; a failure is noted in the answer. */
export function discover(
  run: InstallRun,
  context: InstallContext,
  nameOrPath: string,
  flags: SearchFlags,
): InstallInfo | InstallErrno {
  const info = addInfo(context, nameOrPath, false);
  const found = info === undefined ? "EINVAL" : traverse(run, context, info, flags);
  if (typeof found === "string") note(run, found, nameOrPath);
  return found;
}

/** Like `discover`, and refuses units that install verbs must not touch: masked, generated and transient ones. */
export function discoverAndCheck(
  run: InstallRun,
  context: InstallContext,
  nameOrPath: string,
  flags: SearchFlags,
): InstallInfo | InstallErrno {
  const info = discover(run, context, nameOrPath, flags);
  if (typeof info === "string") return info;
  const path = info.path ?? info.name;
  if (info.mode === "masked") {
    note(run, "ERFKILL", shown(run, path));
    return "ERFKILL";
  }
  const directory = dirname(path);
  if (run.paths.generators.includes(directory) || directory === run.paths.transient) {
    note(run, "EADDRNOTAVAIL", shown(run, path));
    return "EADDRNOTAVAIL";
  }
  return info;
}
