/** Options of `run`: systemd-run(1)'s. */
import { listOption, type Options, textOption } from "../command-line.ts";
import { Failure } from "../failure.ts";
import type { OptionRow } from "../option-table.ts";

/** Options that stand for a property of the timer. */
const timerShortcuts: readonly (readonly [option: string, directive: string, help: string])[] = [
  ["on-active", "OnActiveSec", "Run after this delay"],
  ["on-boot", "OnBootSec", "Run this long after the machine was booted"],
  ["on-startup", "OnStartupSec", "Run this long after the manager was started"],
  ["on-unit-active", "OnUnitActiveSec", "Run this long after the last activation"],
  ["on-unit-inactive", "OnUnitInactiveSec", "Run this long after the last deactivation"],
  ["on-calendar", "OnCalendar", "Run at these times"],
];

export const runOptionTable: readonly OptionRow[] = [
  { name: "help", short: "h", kind: "flag", help: "Show this help" },
  { name: "no-ask-password", kind: "flag", help: "Accepted for systemd-run's sake" },
  { name: "system", kind: "flag", help: "Speak to the system's manager" },
  { name: "user", kind: "flag", help: "Speak to this user's manager" },
  { name: "socket", kind: "value", help: "The manager's socket, in place of the usual one" },
  { name: "scope", kind: "flag", help: "Run this as a scope, rather than as a service" },
  { name: "unit", short: "u", kind: "value", help: "Run under this unit name" },
  { name: "property", short: "p", kind: "each", help: "Set a property of the service or scope" },
  { name: "description", kind: "value", help: "Describe the unit" },
  { name: "slice", kind: "value", help: "Run in this slice" },
  { name: "slice-inherit", kind: "flag", help: "Run in the slice that this command runs in" },
  { name: "no-block", kind: "flag", help: "Do not wait until the unit has started" },
  { name: "remain-after-exit", short: "r", kind: "flag", help: "Leave the service around until it is stopped" },
  { name: "wait", kind: "flag", help: "Wait until the service has ended" },
  { name: "send-sighup", kind: "flag", help: "Send SIGHUP when it is ended" },
  { name: "service-type", kind: "value", help: "The service's Type=" },
  { name: "uid", kind: "value", help: "Run as this user" },
  { name: "gid", kind: "value", help: "Run as this group" },
  { name: "nice", kind: "value", help: "Run with this nice level" },
  { name: "working-directory", kind: "value", help: "Run in this directory" },
  { name: "same-dir", short: "d", kind: "flag", help: "Run in the directory of this command" },
  { name: "setenv", short: "E", kind: "each", help: "Set a variable, or pass one on" },
  { name: "pty", short: "t", kind: "flag", help: "Run on a pseudo terminal that is connected to this one" },
  { name: "pipe", short: "P", kind: "flag", help: "Give stdin, stdout and stderr to the service" },
  { name: "quiet", short: "q", kind: "flag", help: "Say nothing but errors" },
  { name: "collect", short: "G", kind: "flag", help: "Unload the unit after it ran, also when it failed" },
  { name: "shell", short: "S", kind: "flag", help: "Run $SHELL on a pseudo terminal" },
  { name: "path-property", kind: "each", help: "Set a property of the path unit" },
  { name: "socket-property", kind: "each", help: "Set a property of the socket unit" },
  { name: "timer-property", kind: "each", help: "Set a property of the timer" },
  ...timerShortcuts.map(([name, , help]): OptionRow => ({ name, kind: "each", help })),
  { name: "on-clock-change", kind: "flag", help: "Run when the clock was set" },
  { name: "on-timezone-change", kind: "flag", help: "Run when the time zone was changed" },
];

/** How the service's streams are connected. */
export type Streams = "none" | "pty" | "pipe";

/** What is wanted, checked. */
export interface RunOptions {
  readonly command: readonly string[];
  readonly scope: boolean;
  readonly unit: string | undefined;
  readonly properties: readonly string[];
  readonly description: string | undefined;
  readonly slice: string | undefined;
  readonly sliceInherit: boolean;
  readonly block: boolean;
  readonly remainAfterExit: boolean;
  readonly wait: boolean;
  readonly sendSighup: boolean;
  readonly serviceType: string | undefined;
  readonly uid: string | undefined;
  readonly gid: string | undefined;
  readonly nice: number | undefined;
  readonly workingDirectory: string | undefined;
  readonly environment: readonly string[];
  readonly streams: Streams;
  readonly quiet: boolean;
  readonly collect: boolean;
  /** What starts the service, where that is not this command: the type of the unit and its properties. */
  readonly trigger: { readonly type: "path" | "socket" | "timer"; readonly properties: readonly string[] } | undefined;
}

/** Where the command is called. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** stdin, stdout and stderr are a terminal. */
  readonly onTerminal: boolean;
  readonly shell: string;
}

/** What options and words come to. Throws the Failure that says what does not go together, in systemd-run's words. */
export function readRunOptions(options: Options, words: readonly string[], here: Surroundings): RunOptions {
  const shell = options.shell === true;
  const flag = (name: string): boolean => options[name] === true;
  const timer = [
    ...timerShortcuts.flatMap(([name, directive]) => listOption(options, name).map((value) => `${directive}=${value}`)),
    ...(flag("on-clock-change") ? ["OnClockChange=yes"] : []),
    ...(flag("on-timezone-change") ? ["OnTimezoneChange=yes"] : []),
    ...listOption(options, "timer-property"),
  ];
  const triggers = [
    { type: "path", properties: listOption(options, "path-property") },
    { type: "socket", properties: listOption(options, "socket-property") },
    { type: "timer", properties: timer },
  ] as const;
  const [trigger] = triggers.filter(({ properties }) => properties.length > 0);
  const read: RunOptions = {
    command: shell && words.length === 0 ? [here.shell] : words,
    scope: flag("scope"),
    unit: textOption(options, "unit"),
    properties: listOption(options, "property"),
    description: textOption(options, "description"),
    slice: textOption(options, "slice"),
    sliceInherit: flag("slice-inherit"),
    block: !flag("no-block"),
    remainAfterExit: flag("remain-after-exit"),
    wait: flag("wait") || shell,
    sendSighup: flag("send-sighup"),
    serviceType: textOption(options, "service-type") ?? (shell ? "exec" : undefined),
    uid: textOption(options, "uid"),
    gid: textOption(options, "gid"),
    nice: niceLevel(textOption(options, "nice")),
    workingDirectory:
      textOption(options, "working-directory") ?? (flag("same-dir") || shell ? here.directory : undefined),
    environment: listOption(options, "setenv").map((entry) => assignment(entry, here.env)),
    streams: streamsOf(flag("pty") || shell, flag("pipe"), here.onTerminal),
    quiet: flag("quiet"),
    collect: flag("collect") || shell,
    trigger,
  };
  check(read, triggers.filter(({ properties }) => properties.length > 0).length);
  return read;
}

/** Both --pty and --pipe: what suits the place (systemd-run(1), --pipe). */
function streamsOf(pty: boolean, pipe: boolean, onTerminal: boolean): Streams {
  if (pty && pipe) return onTerminal ? "pty" : "pipe";
  return pty ? "pty" : pipe ? "pipe" : "none";
}

function niceLevel(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || value < -20 || value > 19) throw new Failure(`Failed to parse nice value: ${text}`);
  return value;
}

/** NAME=VALUE, or NAME alone for what it is here. */
function assignment(entry: string, env: Surroundings["env"]): string {
  const name = entry.split("=", 1)[0] as string;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new Failure(`Cannot assign environment variable ${entry}: Invalid argument`);
  if (entry.includes("=")) return entry;
  const value = env[name];
  if (value === undefined) throw new Failure(`Cannot assign environment variable ${entry}: No such device or address`);
  return `${name}=${value}`;
}

function check(read: RunOptions, triggers: number): void {
  const refuse = (message: string): never => {
    throw new Failure(message);
  };
  if (triggers > 1) refuse("Only single trigger (path, socket, timer) unit can be created.");
  const nameAlone = read.trigger !== undefined && read.unit !== undefined;
  if (read.command.length === 0 && !nameAlone) refuse("Command line to execute required.");
  if (read.scope && (read.remainAfterExit || read.serviceType !== undefined))
    refuse("--remain-after-exit and --service-type= are not supported in --scope mode.");
  if (read.streams !== "none" && (read.trigger !== undefined || read.scope))
    refuse("--pty/--pipe is not compatible in timer or --scope mode.");
  if (read.streams !== "none" && !read.block) refuse("--pty/--pipe is not compatible with --no-block.");
  if (read.scope && read.trigger !== undefined)
    refuse("Path, socket or timer options are not supported in --scope mode.");
  if (read.wait && !read.block) refuse("--wait may not be combined with --no-block.");
  if (read.wait && read.trigger !== undefined)
    refuse("--wait may not be combined with path, socket or timer operations.");
  if (read.wait && read.scope) refuse("--wait may not be combined with --scope.");
}
