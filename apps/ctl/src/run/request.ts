/** What StartTransientUnit is asked for, as data. */
import { type Value, variant } from "@steward/ipc";
import { mangleUnitName } from "../unit-name.ts";
import type { RunOptions } from "./options.ts";
import { type Property, propertiesOf } from "./properties.ts";

/** A unit to be made. */
export interface WantedUnit {
  readonly name: string;
  readonly properties: readonly Property[];
}

/** The unit that is started, and those that come with it. */
export interface Request {
  readonly unit: WantedUnit;
  readonly auxiliary: readonly WantedUnit[];
}

/** What the request needs of the place where the command is called. */
export interface RequestFacts {
  /** For names that nobody chose: 32 hexadecimal digits. */
  readonly random: string;
  readonly pid: number;
  readonly term: string | undefined;
  /** The program to execute, as an absolute path. */
  readonly path: string | undefined;
  /** The slice that --slice and --slice-inherit come to. */
  readonly slice: string | undefined;
  /** The pseudo terminal that was made for --pty. */
  readonly terminal: string | undefined;
}

/** Turns checked options into the call's arguments. */
export function requestOf(options: RunOptions, facts: RequestFacts): Request {
  const suffix = options.scope ? ".scope" : ".service";
  const chosen = options.unit === undefined ? `run-r${facts.random}${suffix}` : mangleUnitName(options.unit, suffix);
  if (options.trigger !== undefined) return triggerRequest(options, facts, chosen);
  const properties = options.scope ? scopeProperties(options, facts) : serviceProperties(options, facts);
  return { unit: { name: chosen, properties: [...commonProperties(options), ...properties] }, auxiliary: [] };
}

function triggerRequest(options: RunOptions, facts: RequestFacts, chosen: string): Request {
  const { type, properties } = options.trigger!;
  const base = chosen.slice(0, chosen.lastIndexOf("."));
  const service = `${base}.service`;
  const unit: WantedUnit = {
    name: `${base}.${type}`,
    properties: [
      ...commonProperties(options),
      ...propertiesOf(type, properties),
      // A timer that has done its work goes by itself.
      ...(type === "timer" ? [["RemainAfterElapse", variant("b", false)] as const] : []),
    ],
  };
  if (options.command.length === 0) return { unit, auxiliary: [] };
  return {
    unit,
    auxiliary: [{ name: service, properties: [...commonProperties(options), ...serviceProperties(options, facts)] }],
  };
}

function commonProperties({ description, command, unit, collect, wait, streams }: RunOptions): Property[] {
  const text = description ?? (command.length > 0 ? command.join(" ") : (unit ?? ""));
  return [
    ["Description", variant("s", text)],
    ...(collect ? [["CollectMode", variant("s", "inactive-or-failed")] as const] : []),
    // How it ended is asked when it has ended: until then the unit is not to be unloaded.
    ...(wait || streams !== "none" ? [["AddRef", variant("b", true)] as const] : []),
  ];
}

function groupProperties({ sendSighup }: RunOptions, { slice }: RequestFacts): Property[] {
  return [
    ...(slice === undefined ? [] : [["Slice", variant("s", slice)] as const]),
    ...(sendSighup ? [["SendSIGHUP", variant("b", true)] as const] : []),
  ];
}

function scopeProperties(options: RunOptions, facts: RequestFacts): Property[] {
  return [
    ...propertiesOf("scope", options.properties),
    ...groupProperties(options, facts),
    ["PIDs", variant("au", [facts.pid])],
  ];
}

function serviceProperties(options: RunOptions, facts: RequestFacts): Property[] {
  const { command, remainAfterExit, serviceType, uid, gid, nice, workingDirectory, streams } = options;
  const environment = [
    ...(streams === "pty" && facts.term !== undefined ? [`TERM=${facts.term}`] : []),
    ...options.environment,
  ];
  const path = facts.path ?? command[0]!;
  const given: readonly (readonly [string, string, Value | undefined])[] = [
    ["RemainAfterExit", "b", remainAfterExit || undefined],
    ["Type", "s", serviceType],
    ["User", "s", uid],
    ["Group", "s", gid],
    ["Nice", "i", nice],
    ["WorkingDirectory", "s", workingDirectory],
    ["StandardInput", "s", streams === "pty" ? "tty" : undefined],
    ["StandardOutput", "s", streams === "pty" ? "tty" : undefined],
    ["StandardError", "s", streams === "pty" ? "tty" : undefined],
    ["TTYPath", "s", facts.terminal],
    // Indices of the descriptors that go along with the message.
    ["StandardInputFileDescriptor", "h", streams === "pipe" ? 0 : undefined],
    ["StandardOutputFileDescriptor", "h", streams === "pipe" ? 1 : undefined],
    ["StandardErrorFileDescriptor", "h", streams === "pipe" ? 2 : undefined],
    ["Environment", "as", environment.length > 0 ? environment : undefined],
    ["ExecStart", "a(sasb)", [[path, [path, ...command.slice(1)], false]]],
  ];
  return [
    ...propertiesOf("service", options.properties),
    ...groupProperties(options, facts),
    ...given.flatMap(([name, signature, value]): Property[] =>
      value === undefined ? [] : [[name, variant(signature, value)]],
    ),
  ];
}
