import { isValidUnitName } from "@steward/unit-file";
import { applyUnits } from "./apply-units.ts";
import { failed, type InstallErrno, type InstallResult, type Outcome } from "./changes.ts";
import {
  discover,
  discoverAndCheck,
  findInfo,
  type InstallContext,
  type InstallPlace,
  type InstallRun,
  newContext,
} from "./discover.ts";
import { removeMarkedLinks } from "./links.ts";
import { type PresetRule, queryPreset, readPresets } from "./presets.ts";
import { beginRun, configPathOf, endRun, type InstallFlags, markForRemoval } from "./verbs.ts";

/** `--preset-mode=`: do both, or only enable, or only disable. */
export type PresetMode = "full" | "enable-only" | "disable-only";

interface Sorted {
  readonly plus: InstallContext;
  readonly minus: InstallContext;
}

/** Puts one unit among those to enable or those to disable. */
function sortOne(
  run: InstallRun,
  { plus, minus }: Sorted,
  name: string,
  rules: readonly PresetRule[],
): InstallErrno | undefined {
  if (findInfo(plus, name) !== undefined || findInfo(minus, name) !== undefined) return undefined;
  const info = discover(run, newContext(), name, { followConfig: true });
  if (typeof info === "string") return info;
  // An alias goes the way of its unit.
  if (info.name !== name) return undefined;
  const { action, units } = queryPreset(rules, name, true);
  if (action === "ignore") return undefined;
  const search = { followConfig: true };
  if (action === "disable") {
    const found = discover(run, minus, name, search);
    return typeof found === "string" ? found : undefined;
  }
  for (const unit of units ?? [name]) {
    const found = discoverAndCheck(run, plus, unit, { load: true, followConfig: true });
    if (typeof found === "string") return found;
  }
  return undefined;
}

function execute(run: InstallRun, { plus, minus }: Sorted, mode: PresetMode, flags: InstallFlags): Outcome {
  const configPath = configPathOf(run, flags);
  const removed = mode === "enable-only" ? 0 : removeMarkedLinks(run, markForRemoval(run, minus), configPath);
  if (mode === "disable-only") return removed;
  const apply = { force: flags.force ?? false, ignoreAuxiliaryFailure: true };
  const applied = applyUnits(run, plus, configPath, apply, { load: true });
  return failed(removed) ? removed : applied;
}

/** `systemctl preset`: enables or disables units as the preset files say. */
export function presetUnitFiles(
  place: InstallPlace,
  names: readonly string[],
  mode: PresetMode = "full",
  flags: InstallFlags = {},
): InstallResult {
  const run = beginRun(place);
  const rules = readPresets(run.tree, run.paths.presets);
  const sorted = { plus: newContext(), minus: newContext() };
  for (const name of names) {
    const error = sortOne(run, sorted, name, rules);
    if (error !== undefined) return endRun(run, error);
  }
  return endRun(run, execute(run, sorted, mode, flags));
}

/** Troubles of single units that `preset-all` reports and passes over. */
const passedOver = new Set<string>([
  "EEXIST",
  "ERFKILL",
  "EADDRNOTAVAIL",
  "ETXTBSY",
  "EBADSLT",
  "EIDRM",
  "EUCLEAN",
  "ELOOP",
  "EXDEV",
  "ENOENT",

  "EUNATCH",
]);

/** `systemctl preset-all`: the same for every unit file there is. */
export function presetAllUnitFiles(
  place: InstallPlace,
  mode: PresetMode = "full",
  flags: InstallFlags = {},
): InstallResult {
  const run = beginRun(place);
  const rules = readPresets(run.tree, run.paths.presets);
  const sorted = { plus: newContext(), minus: newContext() };
  for (const directory of run.paths.search) {
    for (const { name, kind } of run.tree.list(directory) ?? []) {
      if ((kind !== "file" && kind !== "symlink") || !isValidUnitName(name)) continue;
      const error = sortOne(run, sorted, name, rules);
      if (error !== undefined && !passedOver.has(error)) return endRun(run, error);
    }
  }
  return endRun(run, execute(run, sorted, mode, flags));
}
