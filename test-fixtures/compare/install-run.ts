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
  const lines = text
    .replaceAll(root, "ROOT")
    .split("\n")
    .filter((line) => line !== "");
  const noInstall = lines.findIndex((line) => line.startsWith("The unit files have no installation config"));
  const kept = noInstall < 0 ? lines : [...lines.slice(0, noInstall), "no installation config"];
  // A file that is read twice warns twice: each message counts once.
  return { lines: [...new Set(kept)].sort(), status };
}

/** Runs a step with ours. */
export function runOurs(root: string, [verb, ...args]: Step): StepResult {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const flags = { runtime: args.includes("--runtime"), force: args.includes("--force") };
  const mode = (args.find((arg) => arg.startsWith("--preset-mode="))?.slice("--preset-mode=".length) ??
    "full") as PresetMode;
  const place: InstallPlace = { tree: nodeTree(root), paths: systemUnitPaths, root };
  const act = (result: InstallResult, word = verb, empty = ""): StepResult => {
    const failures = applyDiskChanges(result.disk, root);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    const text = [...result.warnings, ...installMessages(word, result).map((message) => message.text)];
    if (result.error === undefined && !result.carriesInstallInfo && empty !== "") text.push(empty);
    return tidy(root, text.join("\n"), result.error === undefined ? 0 : 1);
  };
  // systemctl looks first whether the name is a unit file or a script in /etc/init.d, and gives up on one that it cannot look at.
  if (verb === "enable" || verb === "disable" || verb === "is-enabled") {
    for (const name of names.filter((each) => each.endsWith(".service") && !each.startsWith("/"))) {
      const search = systemUnitPaths.search.filter((directory) => !systemUnitPaths.generators.includes(directory));
      const run = checkUnitFile({ ...place, paths: { ...systemUnitPaths, search } }, name);
      if (run.error === undefined || ["ELOOP", "ERFKILL", "EADDRNOTAVAIL"].includes(run.error)) continue;
      return tidy(root, [...run.warnings, `Failed to look up unit file state: ${errnoText(run.error)}`].join("\n"), 1);
    }
  }
  // After set-default it says what the default is now, where that is something else.
  const setDefault = (done: StepResult): StepResult => {
    const found = getDefaultTarget(place);
    if (done.status !== 0) return done;
    if ("error" in found) {
      const text = [...done.lines, ...found.warnings, `Failed to get default target: ${errnoText(found.error)}`];
      return tidy(root, text.join("\n"), 1);
    }
    if (found.name === names[0]) return done;
    const note = `Note: "${found.name}" is the default unit (possibly a runtime override).`;
    return tidy(root, [...done.lines, note].join("\n"), 0);
  };
  const noInstall = "The unit files have no installation config";
  switch (verb) {
    case "enable":
      return act(enableUnitFiles(place, names, flags), verb, noInstall);
    case "disable":
      return act(disableUnitFiles(place, names, flags));
    case "reenable":
      return act(reenableUnitFiles(place, names, flags), verb, noInstall);
    case "preset":
      return act(presetUnitFiles(place, names, mode, flags));
    case "preset-all":
      return act(presetAllUnitFiles({ ...place, tree: unsorted(root) }, mode, flags), "preset");
    case "mask":
      return act(maskUnitFiles(place, names, flags));
    case "unmask":
      return act(unmaskUnitFiles(place, names, flags));
    case "link":
      return act(linkUnitFiles(place, names, flags));
    case "revert":
      return act(revertUnitFiles(place, names));
    case "add-wants":
    case "add-requires": {
      const [target, ...units] = names;
      const kind = verb === "add-wants" ? "Wants" : "Requires";
      return act(addDependencyUnitFiles(place, units, target!, kind, flags), "add dependency on");
    }
    case "set-default":
      return setDefault(act(setDefaultTarget(place, names[0]!), "set default"));
    case "get-default": {
      const found = getDefaultTarget(place);
      if ("name" in found) return tidy(root, found.name, 0);
      return tidy(root, [...found.warnings, `Failed to get default target: ${errnoText(found.error)}`].join("\n"), 1);
    }
    case "is-enabled": {
      const states = unitFileStates(place);
      const found = states.stateOf(names[0]!);
      if ("error" in found) {
        const text = [...states.warnings, `Failed to get unit file state for ${names[0]}: ${errnoText(found.error)}`];
        return tidy(root, text.join("\n"), 1);
      }
      const good = ["enabled", "enabled-runtime", "static", "alias", "indirect", "generated"].includes(found.state);
      return tidy(root, [...states.warnings, found.state].join("\n"), good ? 0 : 1);
    }
    default: {
      const states = unitFileStates(place);
      const rows = states.list();
      const shown = rows.map(({ name, state, preset }) => ({ unit_file: name, state, preset: preset ?? null }));
      return tidy(root, [...states.warnings, JSON.stringify(shown)].join("\n"), 0);
    }
  }
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
