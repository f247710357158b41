/** enable, disable, mask and kin: asked of the manager, or done on the disk where there is none. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DBusError, type Value } from "@steward/ipc";
import { errorText } from "../bus/manager.ts";
import { socketPath } from "../bus/socket-path.ts";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { mangleUnitName } from "../unit-name.ts";
import { isOffline } from "./install-place.ts";

interface FileCall {
  readonly method: string;
  readonly signature: string;
  readonly body: readonly Value[];
  /** Whether the answer begins with "the files have [Install] sections". */
  readonly carries: boolean;
}

const withoutInstall = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled using systemctl.
 
Possible reasons for having this kind of units are:
• A unit may be statically enabled by being symlinked from another unit's
  .wants/ or .requires/ directory.
• A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
• A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
• In case of template units, the unit is meant to be enabled with some
  instance name specified.`;

/** Whether to work on the disk: asked for, or no manager's socket is there. */
export function offline({ options }: Context): boolean {
  if (isOffline(options)) return true;
  try {
    return !existsSync(socketPath(options));
  } catch {
    return true;
  }
}

function callOf({ verb, options }: Context, names: readonly string[]): FileCall {
  const runtime = options.runtime === true;
  const force = options.force === true;
  switch (verb) {
    case "enable":
      return { method: "EnableUnitFiles", signature: "asbb", body: [names, runtime, force], carries: true };
    case "reenable":
      return { method: "ReenableUnitFiles", signature: "asbb", body: [names, runtime, force], carries: true };
    case "disable":
      return { method: "DisableUnitFiles", signature: "asb", body: [names, runtime], carries: false };
    case "link":
      return { method: "LinkUnitFiles", signature: "asbb", body: [names, runtime, force], carries: false };
    case "mask":
      return { method: "MaskUnitFiles", signature: "asbb", body: [names, runtime, force], carries: false };
    case "unmask":
      return { method: "UnmaskUnitFiles", signature: "asb", body: [names, runtime], carries: false };
    case "revert":
      return { method: "RevertUnitFiles", signature: "as", body: [names], carries: false };
    case "preset":
      return presetCall(textOption(options, "preset-mode") ?? "full", names, runtime, force);
    default: {
      const [target = "", ...units] = names;
      const kind = verb === "add-wants" ? "Wants" : "Requires";
      const body = [units, target, kind, runtime, force];
      return { method: "AddDependencyUnitFiles", signature: "asssbb", body, carries: false };
    }
  }
}

function presetCall(mode: string, names: readonly string[], runtime: boolean, force: boolean): FileCall {
  if (mode === "full")
    return { method: "PresetUnitFiles", signature: "asbb", body: [names, runtime, force], carries: true };
  return { method: "PresetUnitFilesWithMode", signature: "assbb", body: [names, mode, runtime, force], carries: true };
}

export async function unitFileVerb(context: Context, args: readonly string[]): Promise<number> {
  const names = args.map((name, index) => fileName(context.verb, name, index));
  if (offline(context)) return (await import("./unit-files-offline.ts")).changeOnDisk(context, names);
  if (context.verb === "mask" || context.verb === "unmask") await warnOfMissing(context, names);
  const call = callOf(context, names);
  const answer = await ask(`${context.verb} unit`, context.manager.call(call.method, call.signature, call.body));
  await printChanges(context, (call.carries ? answer[1] : answer[0]) as Value[]);
  if (call.carries && answer[0] === false && warns(context)) context.out.error(withoutInstall);
  await reload(context);
  if (context.options.now !== true) return 0;
  return now(context, names);
}

/** A path stays one for those verbs that take files from anywhere. */
function fileName(verb: string, name: string, index: number): string {
  const isPath =
    verb === "link"
      ? true
      : name.startsWith("/") && ["enable", "reenable", "preset", "revert", "is-enabled"].includes(verb);
  if (isPath) return resolve(name);
  return mangleUnitName(name, index === 0 && verb.startsWith("add-") ? ".target" : ".service");
}

function warns({ options, verb }: Context): boolean {
  return options["no-warn"] !== true && options.quiet !== true && verb !== "preset";
}

async function now(context: Context, names: readonly string[]): Promise<number> {
  const verb = ["enable", "reenable", "link"].includes(context.verb) ? "start" : "stop";
  const { runNow } = await import("./jobs.ts");
  return runNow(
    context,
    verb,
    names.map((name) => name.slice(name.lastIndexOf("/") + 1)),
  );
}

async function warnOfMissing({ manager, out, options, verb }: Context, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const load = await manager.getUnit(name, "LoadState").catch(() => "loaded");
    if (load === "not-found" && options.quiet !== true && verb === "mask") {
      out.error(`Unit ${name} does not exist, proceeding anyway.`);
    }
  }
}

async function ask(what: string, answer: Promise<Value[]>): Promise<Value[]> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof DBusError)) throw error;
    throw new Failure(`Failed to ${what}: ${errorText(error)}`);
  }
}

async function printChanges({ out, options, verb }: Context, changes: readonly Value[]): Promise<void> {
  if (options.quiet === true || changes.length === 0) return;
  const { installMessages } = await import("@steward/unit-tree");
  const list = (changes as [string, string, string][]).map(([type, path, source]) => ({ type, path, source }));
  const result = { changes: list } as Parameters<typeof installMessages>[1];
  for (const { text } of installMessages(verb, result)) out.error(text);
}

export async function reload({ manager, options }: Context): Promise<void> {
  if (options["no-reload"] !== true) await ask("reload daemon", manager.call("Reload"));
}

export async function presetAll(context: Context): Promise<number> {
  if (offline(context)) return (await import("./unit-files-offline.ts")).changeOnDisk(context, []);
  const { options, manager } = context;
  const body = [textOption(options, "preset-mode") ?? "full", options.runtime === true, options.force === true];
  const [changes] = await ask("preset all units", manager.call("PresetAllUnitFiles", "sbb", body));
  await printChanges(context, changes as Value[]);
  await reload(context);
  return 0;
}

const enabledStates = ["enabled", "enabled-runtime", "static", "alias", "indirect", "generated"];

export async function isEnabled(context: Context, args: readonly string[]): Promise<number> {
  const names = args.map((name) => mangleUnitName(name));
  const disk = offline(context) ? await import("./unit-files-offline.ts") : undefined;
  let enabled = false;
  for (const name of names) {
    const what = `get unit file state for ${name}`;
    const state =
      disk === undefined
        ? String((await ask(what, context.manager.call("GetUnitFileState", "s", [name])))[0])
        : disk.stateOnDisk(context, name);
    if (enabledStates.includes(state)) enabled = true;
    if (context.options.quiet !== true) context.out.line(state);
  }
  return enabled ? 0 : 1;
}

export async function getDefault(context: Context): Promise<number> {
  const { manager, out } = context;
  if (offline(context)) out.line((await import("./unit-files-offline.ts")).defaultOnDisk(context));
  else out.line(String((await ask("get default target", manager.call("GetDefaultTarget")))[0]));
  return 0;
}

export async function setDefault(context: Context, [name = ""]: readonly string[]): Promise<number> {
  const target = mangleUnitName(name, ".target");
  if (offline(context)) return (await import("./unit-files-offline.ts")).changeOnDisk(context, [target]);
  const [changes] = await ask("set default target", context.manager.call("SetDefaultTarget", "sb", [target, true]));
  await printChanges(context, changes as Value[]);
  await reload(context);
  const [final] = await ask("get default target", context.manager.call("GetDefaultTarget"));
  if (final !== target && warns(context))
    context.out.error(`Note: "${String(final)}" is the default unit (possibly a runtime alias).`);
  return 0;
}
