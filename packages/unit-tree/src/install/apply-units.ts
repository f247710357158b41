import { isValidUnitName, parseUnitName } from "@steward/unit-file";
import { dirname } from "../chase.ts";
import { verifyAlias } from "./alias.ts";
import { failed, type Outcome } from "./changes.ts";
import {
  type InstallContext,
  type InstallRun,
  note,
  type SearchFlags,
  searchUnit,
  shown,
  traverse,
} from "./discover.ts";
import { type InstallInfo, nameWithDefaultInstance, newInstallInfo } from "./install-info.ts";
import { createLink } from "./links.ts";
import { expandInstallSpecifiers } from "./specifiers.ts";

/** How links are made: over whatever is there, and whether rules that cannot be followed are passed over (presets do). */
export interface ApplyFlags {
  readonly force: boolean;
  readonly ignoreAuxiliaryFailure?: boolean;
}

/** The first refusal stays the answer; counts add up. */
function join(total: Outcome, next: Outcome): Outcome {
  if (failed(total)) return total;
  return failed(next) ? next : total + next;
}

/** Follows the [Install] rules of every unit of the operation, those that Also= brings in included. */
export function applyUnits(
  run: InstallRun,
  context: InstallContext,
  configPath: string,
  flags: ApplyFlags,
  search: SearchFlags,
): Outcome {
  let total: Outcome = 0;
  for (let next = takeFirst(context); next !== undefined; next = takeFirst(context)) {
    const found = traverse(run, context, next, search);
    if (typeof found === "string") {
      if (next.auxiliary) {
        note(run, "auxiliary unit failed", next.name);
        continue;
      }
      note(run, found, next.name);
      return found;
    }
    if (next.mode === "masked") {
      note(run, "masked", shown(run, next.path ?? next.name));
      total = join(total, 1);
    } else if (next.mode === "regular") total = join(total, applyUnit(run, next, configPath, flags));
  }
  return total;
}

/** Takes the next unit to be done; the order is the one in which units were named. */
export function takeFirst(context: InstallContext): InstallInfo | undefined {
  const first = context.todo.values().next().value;
  if (first === undefined) return undefined;
  context.todo.delete(first.name);
  context.done.set(first.name, first);
  return first;
}

function applyUnit(run: InstallRun, info: InstallInfo, configPath: string, flags: ApplyFlags): Outcome {
  const path = info.path!;
  // A unit file outside of the search path is linked into it first.
  if (!run.paths.search.includes(dirname(path))) {
    const linked = createLink(run, path, `${configPath}/${info.name}`, flags.force);
    if (failed(linked)) return linked;
  }
  // The first of these that has anything to say is the answer, though later ones failed: systemctl then ends well.
  const outcomes = [
    applyAliases(run, info, configPath, flags),
    applyWants(run, info, configPath, info.wantedBy, ".wants", flags),
    applyWants(run, info, configPath, info.requiredBy, ".requires", flags),
    applyWants(run, info, configPath, info.upheldBy, ".upholds", flags),
  ];
  return outcomes.find((outcome) => outcome !== 0) ?? 0;
}

function applyAliases(run: InstallRun, info: InstallInfo, configPath: string, flags: ApplyFlags): Outcome {
  let total: Outcome = 0;
  for (const word of info.aliases) {
    const expanded = expandInstallSpecifiers(word, info, run.facts);
    if (!expanded.ok) {
      note(run, expanded.error, word);
      total = join(total, expanded.error);
      continue;
    }
    const alias = verifyAlias(info.name, expanded.text);
    if (!alias.ok) {
      if (alias.error === "ELOOP") continue;
      note(run, alias.error, alias.path, alias.source);
      total = join(total, alias.error);
      continue;
    }
    const outcome = createLink(run, info.path!, `${configPath}/${alias.name}`, flags.force);
    total = failed(total) ? total : outcome;
  }
  return total;
}

function applyWants(
  run: InstallRun,
  info: InstallInfo,
  configPath: string,
  list: readonly string[],
  suffix: string,
  flags: ApplyFlags,
): Outcome {
  if (list.length === 0) return 0;
  const name = nameToWant(run, info);
  if (typeof name !== "string") return name.error;
  const template = parseUnitName(name)?.kind === "template";
  let total: Outcome = 0;
  for (const word of list) {
    const expanded = expandInstallSpecifiers(word, info, run.facts);
    if (!expanded.ok) {
      note(run, expanded.error, word);
      total = expanded.error;
      continue;
    }
    const target = expanded.text;
    // A template without an instance can only be wanted by a template or an instance, which then gives it one.
    if (!(template ? isValidUnitName(target, "instance", "template") : isValidUnitName(target))) {
      if (flags.ignoreAuxiliaryFailure) continue;
      const error = isValidUnitName(target) ? "EIDRM" : "EUCLEAN";
      note(run, error, target, error === "EIDRM" ? name : "");
      total = error;
      continue;
    }
    const linked = createLink(run, info.path!, `${configPath}/${target}${suffix}/${name}`, true);
    if (total === 0) total = linked;
    if (!unitExists(run, target)) note(run, "destination not present", target, shown(run, info.path!));
  }
  return total;
}

/** The name that goes into the .wants directory: a template is wanted as its default instance, unless that is masked. */
function nameToWant(run: InstallRun, info: InstallInfo): string | { readonly error: "ERFKILL" | "EINVAL" | "ENOENT" } {
  if (parseUnitName(info.name)?.kind !== "template" || info.defaultInstance === undefined) return info.name;
  const name = nameWithDefaultInstance(info);
  if (name === undefined) return { error: "EINVAL" };
  const instance = newInstallInfo(name, undefined, false);
  const outcome = searchUnit(run, undefined, instance, { followConfig: true });
  if (failed(outcome)) return { error: outcome === "ENOENT" ? "ENOENT" : "EINVAL" };
  if (instance.mode !== "masked") return name;
  note(run, "ERFKILL", shown(run, instance.path ?? name));
  return { error: "ERFKILL" };
}

/** Whether there is a unit of this name, as the search path has it. */
function unitExists(run: InstallRun, name: string): boolean {
  const context: InstallContext = { todo: new Map(), done: new Map() };
  const info = newInstallInfo(name, undefined, false);
  // Whatever else is wrong with it, something is there.
  return traverse(run, context, info, {}) !== "ENOENT";
}
