/** The verbs of unit files, done on the disk without a manager. */
import {
  addDependencyUnitFiles,
  applyDiskChanges,
  disableUnitFiles,
  enableUnitFiles,
  errnoText,
  getDefaultTarget,
  type InstallResult,
  installMessages,
  linkUnitFiles,
  maskUnitFiles,
  type PresetMode,
  presetAllUnitFiles,
  presetUnitFiles,
  reenableUnitFiles,
  revertUnitFiles,
  setDefaultTarget,
  unitFileStates,
  unmaskUnitFiles,
} from "@steward/unit-tree";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { installPlace } from "./install-place.ts";

function decide({ verb, options }: Context, names: readonly string[]): InstallResult {
  const place = installPlace(options);
  const flags = { runtime: options.runtime === true, force: options.force === true };
  const mode = (textOption(options, "preset-mode") ?? "full") as PresetMode;
  switch (verb) {
    case "enable":
      return enableUnitFiles(place, names, flags);
    case "disable":
      return disableUnitFiles(place, names, flags);
    case "reenable":
      return reenableUnitFiles(place, names, flags);
    case "mask":
      return maskUnitFiles(place, names, flags);
    case "unmask":
      return unmaskUnitFiles(place, names, flags);
    case "link":
      return linkUnitFiles(place, names, flags);
    case "revert":
      return revertUnitFiles(place, names);
    case "preset":
      return presetUnitFiles(place, names, mode, flags);
    case "preset-all":
      return presetAllUnitFiles(place, mode, flags);
    case "set-default":
      return setDefaultTarget(place, names[0] ?? "");
    default: {
      const [target = "", ...units] = names;
      return addDependencyUnitFiles(place, units, target, verb === "add-wants" ? "Wants" : "Requires", flags);
    }
  }
}

/** Makes the changes and prints them. */
export async function changeOnDisk(context: Context, names: readonly string[]): Promise<number> {
  const { options, out, verb } = context;
  const result = decide(context, names);
  const failures = applyDiskChanges(result.disk, textOption(options, "root") ?? "/");
  for (const warning of result.warnings) out.error(warning);
  for (const { level, text } of installMessages(verb.replace("-", " "), result)) {
    if (level === "error" || options.quiet !== true) out.error(text);
  }
  for (const failure of failures) out.error(`Failed to ${verb}: ${failure.error}`);
  return result.error === undefined && failures.length === 0 ? 0 : 1;
}

export function stateOnDisk({ options }: Context, name: string): string {
  const answer = unitFileStates(installPlace(options)).stateOf(name);
  if ("state" in answer) return answer.state;
  throw new Failure(`Failed to get unit file state for ${name}: ${errnoText(answer.error)}`);
}

export function defaultOnDisk({ options }: Context): string {
  const answer = getDefaultTarget(installPlace(options));
  if ("name" in answer) return answer.name;
  throw new Failure(`Failed to get default target: ${errnoText(answer.error)}`);
}
