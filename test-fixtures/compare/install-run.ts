import { spawnSync } from "node:child_process";
import fs from "node:fs";
import type { DirEntry, UnitTree } from "../../packages/unit-file/src/index.ts";
import {
  addDependencyUnitFiles,
  applyDiskChanges,
  checkUnitFile,
  disableUnitFiles,
  enableUnitFiles,
  errnoText,
  getDefaultTarget,
  type InstallPlace,
  type InstallResult,
  installMessages,
  linkUnitFiles,
  maskUnitFiles,
  nodeTree,
  type PresetMode,
  presetAllUnitFiles,
  presetUnitFiles,
  reenableUnitFiles,
  revertUnitFiles,
  setDefaultTarget,
  systemUnitPaths,
  unitFileStates,
  unmaskUnitFiles,
} from "../../packages/unit-tree/src/index.ts";
import type { Step } from "./install-tree.ts";

/** What a step printed (sorted, the root taken out) and how it ended. */
export interface StepResult {
  readonly lines: readonly string[];
  readonly status: number;
}

/** Runs a step with the genuine systemctl. */
export function runGenuine(root: string, [verb, ...args]: Step): StepResult {
  const format = verb === "list-unit-files" ? ["--output=json"] : [];
  const env = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", SYSTEMD_LOG_LEVEL: "info", SYSTEMD_COLORS: "0" };
  const run = spawnSync("systemctl", [`--root=${root}`, ...format, verb, ...args], { encoding: "utf8", env });
  return tidy(root, run.stdout + run.stderr, run.status ?? -1);
}

/** Lines that name the root are compared without it; the explanation that systemctl adds for units without [Install] is one line. */
function tidy(root: string, text: string, status: number): StepResult {
  const lines = (root === "" ? text : text.replaceAll(root, "ROOT")).split("\n").filter((line) => line !== "");
  const noInstall = lines.findIndex((line) => line.startsWith("The unit files have no installation config"));
  const kept = noInstall < 0 ? lines : [...lines.slice(0, noInstall), "no installation config"];
  // A file that is read twice warns twice: each message counts once.
  return { lines: [...new Set(kept)].sort(), status };
}

/** A verb that changes links, decided and not yet carried out. */
export interface Decision {
  /** The verb as messages name it. */
  readonly verb: string;
  readonly result: InstallResult;
  /** What systemctl says before it does anything: it looks at a name first, and gives up on one that it cannot look at. */
  readonly refusedByClient: string | undefined;
}

/** Decides a step on a tree. */
export function decide(root: string, [verb, ...args]: Step): Decision {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const flags = { runtime: args.includes("--runtime"), force: args.includes("--force") };
  const mode = (args.find((arg) => arg.startsWith("--preset-mode="))?.slice("--preset-mode=".length) ??
    "full") as PresetMode;
  const place: InstallPlace = { tree: nodeTree(root), paths: systemUnitPaths, root };
  const [target = "", ...units] = names;
  const verbs: Readonly<Record<string, readonly [word: string, () => InstallResult]>> = {
    enable: ["enable", () => enableUnitFiles(place, names, flags)],
    disable: ["disable", () => disableUnitFiles(place, names, flags)],
    reenable: ["reenable", () => reenableUnitFiles(place, names, flags)],
    preset: ["preset", () => presetUnitFiles(place, names, mode, flags)],
    "preset-all": ["preset", () => presetAllUnitFiles({ ...place, tree: unsorted(root) }, mode, flags)],
    mask: ["mask", () => maskUnitFiles(place, names, flags)],
    unmask: ["unmask", () => unmaskUnitFiles(place, names, flags)],
    link: ["link", () => linkUnitFiles(place, names, flags)],
    revert: ["revert", () => revertUnitFiles(place, names)],
    "add-wants": ["add dependency on", () => addDependencyUnitFiles(place, units, target, "Wants", flags)],
    "add-requires": ["add dependency on", () => addDependencyUnitFiles(place, units, target, "Requires", flags)],
    "set-default": ["set default", () => setDefaultTarget(place, target)],
  };
  const [word, decideVerb] = verbs[verb]!;
  return { verb: word, result: decideVerb(), refusedByClient: lookUpFailure(place, verb, names) };
}

/** systemctl looks first whether a name is a unit file or a script in /etc/init.d. */
function lookUpFailure(place: InstallPlace, verb: string, names: readonly string[]): string | undefined {
  if (verb !== "enable" && verb !== "disable" && verb !== "is-enabled") return undefined;
  const search = systemUnitPaths.search.filter((directory) => !systemUnitPaths.generators.includes(directory));
  for (const name of names.filter((each) => each.endsWith(".service") && !each.startsWith("/"))) {
    const run = checkUnitFile({ ...place, paths: { ...systemUnitPaths, search } }, name);
    if (run.error === undefined || ["ELOOP", "ERFKILL", "EADDRNOTAVAIL"].includes(run.error)) continue;
    return [...run.warnings, `Failed to look up unit file state: ${errnoText(run.error)}`].join("\n");
  }
  return undefined;
}

/** Runs a step with ours. */
export function runOurs(root: string, step: Step): StepResult {
  const [verb, ...names] = step;
  const place: InstallPlace = { tree: nodeTree(root), paths: systemUnitPaths, root };
  switch (verb) {
    case "get-default": {
      const found = getDefaultTarget(place);
      if ("name" in found) return tidy(root, found.name, 0);
      return tidy(root, [...found.warnings, `Failed to get default target: ${errnoText(found.error)}`].join("\n"), 1);
    }
    case "is-enabled": {
      const refused = lookUpFailure(place, verb, names);
      if (refused !== undefined) return tidy(root, refused, 1);
      const states = unitFileStates(place);
      const found = states.stateOf(names[0]!);
      if ("error" in found) {
        const text = [...states.warnings, `Failed to get unit file state for ${names[0]}: ${errnoText(found.error)}`];
        return tidy(root, text.join("\n"), 1);
      }
      const good = ["enabled", "enabled-runtime", "static", "alias", "indirect", "generated"].includes(found.state);
      return tidy(root, [...states.warnings, found.state].join("\n"), good ? 0 : 1);
    }
    case "list-unit-files": {
      const states = unitFileStates(place);
      const rows = states.list();
      const shown = rows.map(({ name, state, preset }) => ({ unit_file: name, state, preset: preset ?? null }));
      return tidy(root, [...states.warnings, JSON.stringify(shown)].join("\n"), 0);
    }
    default:
      return carryOut(root, place, step);
  }
}

function carryOut(root: string, place: InstallPlace, step: Step): StepResult {
  const [verb] = step;
  const { verb: word, result, refusedByClient } = decide(root, step);
  if (refusedByClient !== undefined) return tidy(root, refusedByClient, 1);
  const failures = applyDiskChanges(result.disk, root);
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  const text = [...result.warnings, ...installMessages(word, result).map((message) => message.text)];
  const explains =
    (verb === "enable" || verb === "reenable") && result.error === undefined && !result.carriesInstallInfo;
  if (explains) text.push("The unit files have no installation config");
  const done = tidy(root, text.join("\n"), result.error === undefined ? 0 : 1);
  return verb === "set-default" && done.status === 0 ? withDefault(root, place, step[1]!, done) : done;
}

/** After set-default systemctl says what the default is now, where that is something else. */
function withDefault(root: string, place: InstallPlace, name: string, done: StepResult): StepResult {
  const found = getDefaultTarget(place);
  if ("error" in found) {
    const text = [...done.lines, ...found.warnings, `Failed to get default target: ${errnoText(found.error)}`];
    return tidy(root, text.join("\n"), 1);
  }
  if (found.name === name) return done;
  const note = `Note: "${found.name}" is the default unit (possibly a runtime override).`;
  return tidy(root, [...done.lines, note].join("\n"), 0);
}

/**
 * A tree whose directories are listed in the kernel's order, which is the genuine client's: where two units claim one alias, preset-all gives it to
 * the one that comes first.
 */
function unsorted(root: string): UnitTree {
  const tree = nodeTree(root);
  const order = (directory: string): string[] => {
    const names: string[] = [];
    const opened = fs.opendirSync(root + directory);
    for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) names.push(entry.name);
    opened.closeSync();
    return names;
  };
  const list = (directory: string): readonly DirEntry[] | undefined => {
    const entries = tree.list(directory);
    if (entries === undefined) return undefined;
    const names = order(directory);
    return [...entries].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  };
  return { ...tree, list };
}

/** Whether the genuine client is there, in the version that the rules were taken from. */
export function genuineVersion(): string | undefined {
  const run = spawnSync("systemctl", ["--version"], { encoding: "utf8" });
  return run.status === 0 ? /^systemd (\d+)/.exec(run.stdout)?.[1] : undefined;
}

/** Removes what a comparison wrote. */
export function removeTree(root: string): void {
  fs.rmSync(root, { recursive: true, force: true });
}
