/** Verbs that tell the manager one thing: kill, reset-failed, cancel, reload, log levels. */
import { DBusError, type Value, variant } from "@steward/ipc";
import { expandNames } from "../bus/expand-names.ts";
import { errorText, isCut, managerPath } from "../bus/manager.ts";
import { listOption, textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { parseSignal, signalList } from "../print/signals.ts";
import { waitWhile } from "./wait-for-end.ts";

const LOG_CONTROL = "/org/freedesktop/LogControl1";

/** Does something for each name; a refusal is told and the rest is done. */
async function each(
  context: Context,
  names: readonly string[],
  what: (name: string) => string,
  act: (name: string) => Promise<unknown>,
): Promise<number> {
  let code = 0;
  for (const name of names) {
    try {
      await act(name);
    } catch (error) {
      if (!(error instanceof DBusError)) throw error;
      context.out.error(`Failed to ${what(name)}: ${errorText(error)}`);
      code = 1;
    }
  }
  return code;
}

/** One call whose refusal ends the command. */
async function once<T>(what: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    if (!(error instanceof DBusError)) throw error;
    throw new Failure(`Failed to ${what}: ${errorText(error)}`);
  }
}

export async function kill(context: Context, args: readonly string[]): Promise<number> {
  const { manager, options, out } = context;
  const text = textOption(options, "signal") ?? "TERM";
  if (text === "help" || text === "list") {
    for (const line of signalList()) out.line(line);
    return 0;
  }
  if (args.length === 0) throw new Failure("Too few arguments.");
  const signal = parseSignal(text);
  if (signal === undefined) throw new Failure(`Failed to parse signal string "${text}".`);
  const whom = textOption(options, "kill-whom") ?? "all";
  const names = await expandNames(context, args);
  const value = textOption(options, "kill-value");
  return each(
    context,
    names,
    (name) => `kill unit ${name}`,
    (name) =>
      value === undefined
        ? manager.call("KillUnit", "ssi", [name, whom, signal])
        : manager.call("QueueSignalUnit", "ssii", [name, whom, signal, Number(value)]),
  );
}

export async function clean(context: Context, args: readonly string[]): Promise<number> {
  const what = listOption(context.options, "what");
  const mask = what.length > 0 ? what : ["cache", "runtime"];
  const names = await expandNames(context, args);
  return each(
    context,
    names,
    (name) => `clean unit ${name}`,
    async (name) => {
      await context.manager.call("CleanUnit", "sas", [name, mask]);
      if (context.options["no-block"] !== true) await waitWhile(context, name, "maintenance");
    },
  );
}

export async function freezer(context: Context, args: readonly string[]): Promise<number> {
  const method = context.verb === "freeze" ? "FreezeUnit" : "ThawUnit";
  const names = await expandNames(context, args);
  return each(
    context,
    names,
    (name) => `${context.verb} unit ${name}`,
    (name) => context.manager.call(method, "s", [name]),
  );
}

export async function resetFailed(context: Context, args: readonly string[]): Promise<number> {
  const { manager } = context;
  if (args.length === 0) {
    await once("reset failed state", manager.call("ResetFailed"));
    return 0;
  }
  const names = await expandNames(context, args);
  return each(
    context,
    names,
    (name) => `reset failed state of unit ${name}`,
    (name) => manager.call("ResetFailedUnit", "s", [name]),
  );
}

export async function cancel(context: Context, args: readonly string[]): Promise<number> {
  const { manager } = context;
  if (args.length === 0) {
    await once("cancel all jobs", manager.call("ClearJobs"));
    return 0;
  }
  for (const id of args)
    if (!/^[1-9][0-9]*$/.test(id)) throw new Failure(`Failed to parse job id "${id}": Invalid argument`);
  return each(
    context,
    args,
    (id) => `cancel job ${id}`,
    (id) => manager.call("CancelJob", "u", [Number(id)]),
  );
}

/** daemon-reload and daemon-reexec. The latter's answer is the connection's end. */
export async function daemonReload({ manager, verb }: Context): Promise<number> {
  if (verb === "daemon-reload") {
    await once("reload daemon", manager.call("Reload"));
    return 0;
  }
  try {
    await manager.call("Reexecute");
  } catch (error) {
    if (!isCut(error)) {
      throw error instanceof DBusError ? new Failure(`Failed to reexecute daemon: ${errorText(error)}`) : error;
    }
  }
  return 0;
}

/** log-level and log-target, shown or set. */
export async function logSetting({ manager, verb, out }: Context, [value]: readonly string[]): Promise<number> {
  const property = verb === "log-level" ? "LogLevel" : "LogTarget";
  const word = verb.replace("-", " ");
  if (value === undefined) {
    out.line(String(await once(`get ${word}`, manager.get(LOG_CONTROL, "org.freedesktop.LogControl1", property))));
    return 0;
  }
  const body: Value[] = ["org.freedesktop.LogControl1", property, variant("s", value)];
  await once(
    `set ${word} to ${value}`,
    manager.request(LOG_CONTROL, "org.freedesktop.DBus.Properties", "Set", "ssv", body),
  );
  return 0;
}

const words: { readonly [text: string]: boolean } = {
  yes: true,
  y: true,
  true: true,
  t: true,
  on: true,
  "1": true,
  no: false,
  n: false,
  false: false,
  f: false,
  off: false,
  "0": false,
};

export async function serviceWatchdogs({ manager, out }: Context, [value]: readonly string[]): Promise<number> {
  const name = "org.freedesktop.systemd1.Manager";
  if (value === undefined) {
    out.line(
      (await once("get service-watchdog state", manager.getManager("ServiceWatchdogs"))) === true ? "yes" : "no",
    );
    return 0;
  }
  const on = words[value.toLowerCase()];
  if (on === undefined) throw new Failure("Failed to parse service-watchdogs argument: Invalid argument");
  const body: Value[] = [name, "ServiceWatchdogs", variant("b", on)];
  await once(
    "set service-watchdog state",
    manager.request(managerPath, "org.freedesktop.DBus.Properties", "Set", "ssv", body),
  );
  return 0;
}
