import { instantiate, isValidUnitName, parseUnitName, templateOf } from "@steward/unit-file";
import { basename, dirname } from "../chase.ts";
import type { InstallErrno } from "./changes.ts";
import { addInfo, type InstallPlace, type InstallRun, newContext, traverse } from "./discover.ts";
import { hasRules, type InstallInfo } from "./install-info.ts";
import { type PresetRule, queryPreset, readPresets } from "./presets.ts";
import { beginRun } from "./verbs.ts";

/** What `systemctl is-enabled` answers (systemctl(1)). */
export type UnitFileState =
  | "enabled"
  | "enabled-runtime"
  | "linked"
  | "linked-runtime"
  | "alias"
  | "masked"
  | "masked-runtime"
  | "static"
  | "disabled"
  | "indirect"
  | "generated"
  | "transient"
  | "bad";

/** A row of `systemctl list-unit-files`. `preset` is given for states that presets would change. */
export interface UnitFileRow {
  readonly name: string;
  /** Path of the file or link that has the name, without the root. */
  readonly path: string;
  readonly state: UnitFileState;
  readonly preset: "enabled" | "disabled" | "ignored" | undefined;
}

/** The states of unit files, over one look at the disk: make a new one when something may have changed. */
export interface UnitFileStates {
  /** The state of a unit file by name, or why there is none ("ENOENT"). */
  stateOf(name: string): { readonly state: UnitFileState } | { readonly error: InstallErrno };
  /** What presets say of a name, whether there is a file or not. */
  presetOf(name: string): "enabled" | "disabled" | "ignored";
  /** Every unit file, sorted by type and name. */
  list(): readonly UnitFileRow[];
  /** What systemd logs while it looks: settings that are ignored, symlinks that are rejected. */
  readonly warnings: ReadonlySet<string>;
}

/** A symlink that may say that a unit is enabled. */
interface Link {
  readonly name: string;
  readonly target: string;
  /** In the search directory itself, not in a .wants or .requires below it. */
  readonly direct: boolean;
}

/** The links of one search directory, by their own name and by the name that they point to. */
interface LinkIndex {
  readonly directory: string;
  readonly byName: ReadonlyMap<string, readonly Link[]>;
}

function indexLinks(run: InstallRun, directory: string): LinkIndex {
  const byName = new Map<string, Link[]>();
  const put = (key: string, link: Link): void => {
    const links = byName.get(key);
    if (links === undefined) byName.set(key, [link]);
    else links.push(link);
  };
  const collect = (from: string, direct: boolean): void => {
    for (const { name, kind } of run.tree.list(from) ?? []) {
      if (kind === "directory" && direct && /\.(wants|requires|upholds)$/.test(name)) collect(`${from}/${name}`, false);
      if (kind !== "symlink") continue;
      const target = basename(run.tree.readlink(`${from}/${name}`) ?? "");
      const link = { name, target, direct };
      put(name, link);
      if (target !== name) put(target, link);
      const template = templateOf(name);
      if (!direct && template !== undefined && template !== target) put(template, link);
    }
  };
  collect(directory, true);
  return { directory, byName };
}

/** Whether `enable` would have made a link of this name for the unit. */
function isKnownName(info: InstallInfo, name: string): boolean {
  if (name === info.name || info.aliases.includes(name)) return true;
  if (info.defaultInstance === undefined || parseUnitName(info.name)?.kind !== "template") return false;
  return instantiate(info.name, info.defaultInstance) === name;
}

function isRuntime(run: InstallRun, directory: string): boolean {
  const { runtimeConfig, generators, transient, controls } = run.paths;
  if (directory.startsWith("/run/")) return true;
  return (
    directory === runtimeConfig ||
    directory === transient ||
    generators.includes(directory) ||
    controls[1] === directory
  );
}

function findLinks(
  run: InstallRun,
  indexes: readonly LinkIndex[],
  info: InstallInfo,
  matchName: boolean,
): UnitFileState | undefined {
  const { persistentConfig, scope } = run.paths;
  const fileDirectory = dirname(info.path ?? "");
  let below = false;
  let runtime = false;
  let anywhere = false;
  let linked: UnitFileState | undefined;
  for (const { directory, byName } of indexes) {
    let sameName = false;
    let found = false;
    for (const link of byName.get(info.name) ?? []) {
      // A link of the same name that the unit's own file hides says nothing. A wanted instance speaks for its template.
      const byOwnName =
        (link.name === info.name && !(below && link.direct)) || (!link.direct && templateOf(link.name) === info.name);
      const byTarget = link.target === info.name;
      if (byOwnName && byTarget && link.direct) sameName = true;
      else if ((byOwnName || byTarget) && (!matchName || isKnownName(info, link.name))) found = true;
    }
    if (found) {
      if (directory === persistentConfig || (scope === "user" && directory.startsWith("/etc/"))) return "enabled";
      if (isRuntime(run, directory)) runtime = true;
      else anywhere = true;
    } else if (sameName) {
      if (directory === persistentConfig) linked = "linked";
      else if (isRuntime(run, directory)) linked ??= "linked-runtime";
    }
    if (fileDirectory === directory) below = true;
  }
  if (runtime) return "enabled-runtime";
  // An instance that a vendor links in is enabled for good; a plain name would only be an alias.
  if (anywhere && parseUnitName(info.name)?.kind === "instance") return "static";
  return linked;
}

function lookUp(run: InstallRun, indexes: readonly LinkIndex[], name: string): UnitFileState | InstallErrno {
  if (!isValidUnitName(name)) return "EINVAL";
  const context = newContext();
  const first = addInfo(context, name, false)!;
  const info = traverse(run, context, first, { load: true, followConfig: true });
  if (typeof info === "string") return info;
  const path = info.path!;
  if (info.mode === "masked") return isRuntime(run, dirname(path)) ? "masked-runtime" : "masked";
  if (name !== basename(path) && parseUnitName(info.name)?.kind !== "instance") return "alias";
  if (run.paths.generators.includes(dirname(path))) return "generated";
  if (dirname(path) === run.paths.transient) return "transient";
  const state = findLinks(run, indexes, info, true);
  if (state !== undefined) return state;
  if (findLinks(run, indexes, info, false) !== undefined) return "indirect";
  if (hasRules(info)) return "disabled";
  return info.also.length > 0 ? "indirect" : "static";
}

const states = new Set<string>([
  "enabled",
  "enabled-runtime",
  "linked",
  "linked-runtime",
  "alias",
  "masked",
  "masked-runtime",
  "static",
  "disabled",
  "indirect",
  "generated",
  "transient",
  "bad",
] satisfies UnitFileState[]);

/** States for which `list-unit-files` does not show what presets say: they would change nothing. */
const withoutPreset = new Set<UnitFileState>(["static", "alias", "generated", "transient"]);

const presetWords = { enable: "enabled", disable: "disabled", ignore: "ignored" } as const;

function compareNames(a: string, b: string): number {
  const [typeA, typeB] = [a.slice(a.lastIndexOf(".")), b.slice(b.lastIndexOf("."))];
  if (typeA !== typeB) return typeA < typeB ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Looks at the unit files of a place: `is-enabled`, `list-unit-files`, and the UnitFileState and UnitFilePreset of D-Bus. */
export function unitFileStates(place: InstallPlace): UnitFileStates {
  const run = beginRun(place);
  let indexes: readonly LinkIndex[] | undefined;
  let rules: readonly PresetRule[] | undefined;
  const links = (): readonly LinkIndex[] =>
    (indexes ??= run.paths.search.map((directory) => indexLinks(run, directory)));
  const presetOf = (name: string): "enabled" | "disabled" | "ignored" => {
    rules ??= readPresets(run.tree, run.paths.presets);
    return presetWords[queryPreset(rules, name).action];
  };
  return {
    stateOf(name) {
      const found = lookUp(run, links(), name);
      return states.has(found) ? { state: found as UnitFileState } : { error: found as InstallErrno };
    },
    presetOf,
    warnings: run.warnings,
    list() {
      const rows = new Map<string, UnitFileRow>();
      for (const directory of run.paths.search) {
        for (const { name, kind } of run.tree.list(directory) ?? []) {
          if ((kind !== "file" && kind !== "symlink") || rows.has(name) || !isValidUnitName(name)) continue;
          const found = lookUp(run, links(), name);
          const state = states.has(found) ? (found as UnitFileState) : "bad";
          const preset = withoutPreset.has(state) ? undefined : presetOf(name);
          rows.set(name, { name, path: `${directory}/${name}`, state, preset });
        }
      }
      return [...rows.values()].sort((a, b) => compareNames(a.name, b.name));
    },
  };
}
