/** Which verb is in which file. A file is loaded when one of its verbs is called. */
import type { Run } from "./context.ts";
import { isActive, isFailed, isSystemRunning } from "./verbs/state-query.ts";

export interface Verb {
  readonly load: () => Promise<Run>;
  /** How many arguments it takes at least, and at most. */
  readonly min?: number;
  readonly max?: number;
  /** On a terminal its output goes through a pager. */
  readonly paged?: boolean;
  readonly help: string;
}

const jobs = (): Promise<typeof import("./verbs/jobs.ts")> => import("./verbs/jobs.ts");
const files = (): Promise<typeof import("./verbs/unit-files.ts")> => import("./verbs/unit-files.ts");
const control = (): Promise<typeof import("./verbs/control.ts")> => import("./verbs/control.ts");
const power = (): Promise<typeof import("./verbs/power.ts")> => import("./verbs/power.ts");
const environment = (): Promise<typeof import("./verbs/environment.ts")> => import("./verbs/environment.ts");

const job = (help: string): Verb => ({ min: 1, help, load: async () => (await jobs()).jobVerb });
const file = (help: string, min = 1): Verb => ({ min, help, load: async () => (await files()).unitFileVerb });
const ending = (help: string, max = 0): Verb => ({ max, help, load: async () => (await power()).endingVerb });

const verbTable: { readonly [name: string]: Verb } = {
  "list-units": {
    paged: true,
    help: "List the units in memory",
    load: async () => (await import("./verbs/list-units.ts")).listUnitsVerb,
  },
  "list-unit-files": {
    paged: true,
    help: "List the unit files that are installed",
    load: async () => (await import("./verbs/list-unit-files.ts")).listUnitFiles,
  },
  "list-sockets": {
    paged: true,
    help: "List socket units by address",
    load: async () => (await import("./verbs/list-sockets.ts")).listSockets,
  },
  "list-timers": {
    paged: true,
    help: "List timer units by next elapse",
    load: async () => (await import("./verbs/list-timers.ts")).listTimers,
  },
  "list-dependencies": {
    paged: true,
    help: "Show units that a unit requires or wants",
    load: async () => (await import("./verbs/list-dependencies.ts")).listDependencies,
  },
  "list-jobs": {
    paged: true,
    help: "List jobs",
    load: async () => (await import("./verbs/list-jobs.ts")).listJobs,
  },
  status: {
    paged: true,
    help: "Show the state of units, or of all",
    load: async () => (await import("./verbs/status.ts")).status,
  },
  show: {
    paged: true,
    help: "Show properties of units, or of the manager",
    load: async () => (await import("./verbs/show.ts")).show,
  },
  edit: {
    min: 1,
    help: "Edit drop-ins of units, or with --full their files",
    load: async () => (await import("./edit/edit.ts")).edit,
  },
  cat: { min: 1, paged: true, help: "Show unit files", load: async () => (await import("./verbs/cat.ts")).cat },
  logs: { help: "Show what units wrote to the journal", load: async () => (await import("./verbs/logs.ts")).logs },
  "is-active": { min: 1, help: "Whether units are active", load: async () => isActive },
  "is-failed": { min: 1, help: "Whether units have failed", load: async () => isFailed },
  "is-system-running": { max: 0, help: "The state of the whole", load: async () => isSystemRunning },
  start: job("Start units"),
  stop: job("Stop units"),
  reload: job("Tell units to read their configuration again"),
  restart: job("Stop and start units"),
  "try-restart": job("Restart units that are active"),
  condrestart: job("The same as try-restart"),
  "reload-or-restart": job("Reload units that can, restart the others"),
  "try-reload-or-restart": job("The same for units that are active"),
  "reload-or-try-restart": job("The same as try-reload-or-restart"),
  "force-reload": job("The same as reload-or-restart"),
  isolate: { min: 1, max: 1, help: "Start one unit and stop all others", load: async () => (await jobs()).isolate },
  kill: { help: "Send a signal to processes of units", load: async () => (await control()).kill },
  clean: { min: 1, help: "Remove directories of units", load: async () => (await control()).clean },
  freeze: { min: 1, help: "Suspend units", load: async () => (await control()).freezer },
  thaw: { min: 1, help: "Resume units", load: async () => (await control()).freezer },
  "reset-failed": { help: "Forget failures", load: async () => (await control()).resetFailed },
  "is-enabled": { min: 1, help: "Whether unit files are enabled", load: async () => (await files()).isEnabled },
  enable: file("Enable unit files"),
  disable: file("Disable unit files"),
  reenable: file("Disable and enable unit files"),
  preset: file("Enable or disable unit files as presets say"),
  mask: file("Make it impossible to start units"),
  unmask: file("Undo mask"),
  link: file("Link unit files into the search path"),
  revert: file("Take away all changes of unit files"),
  "add-wants": file("Add Wants= dependencies to a unit", 2),
  "add-requires": file("Add Requires= dependencies to a unit", 2),
  "preset-all": {
    max: 0,
    help: "Enable or disable all unit files as presets say",
    load: async () => (await files()).presetAll,
  },
  "get-default": { max: 0, help: "The target to start by default", load: async () => (await files()).getDefault },
  "set-default": { min: 1, max: 1, help: "Set that target", load: async () => (await files()).setDefault },
  cancel: { help: "Cancel jobs", load: async () => (await control()).cancel },
  "daemon-reload": { max: 0, help: "Read all unit files again", load: async () => (await control()).daemonReload },
  "daemon-reexec": { max: 0, help: "Start the manager anew", load: async () => (await control()).daemonReload },
  "log-level": { max: 1, help: "Show or set the manager's log level", load: async () => (await control()).logSetting },
  "log-target": {
    max: 1,
    help: "Show or set the manager's log target",
    load: async () => (await control()).logSetting,
  },
  "service-watchdogs": {
    max: 1,
    help: "Show or set whether watchdogs work",
    load: async () => (await control()).serviceWatchdogs,
  },
  "show-environment": {
    max: 0,
    help: "Show what services inherit",
    load: async () => (await environment()).showEnvironment,
  },
  "set-environment": {
    min: 1,
    help: "Set variables that services inherit",
    load: async () => (await environment()).setEnvironment,
  },
  "unset-environment": { min: 1, help: "Unset variables", load: async () => (await environment()).unsetEnvironment },
  "import-environment": { help: "Take variables from here", load: async () => (await environment()).importEnvironment },
  analyze: {
    paged: true,
    help: "Look into unit files, times and conditions, as systemd-analyze does",
    load: async () => (await import("./analyze/analyze.ts")).analyze,
  },
  import: {
    help: "Make unit files of a supervisord.conf, a Procfile or a pm2 ecosystem file",
    load: async () => (await import("./import/import.ts")).importVerb,
  },
  "set-property": {
    min: 2,
    help: "Change properties of a unit that is there, for good or --runtime",
    load: async () => (await import("./verbs/set-property.ts")).setProperty,
  },
  run: {
    help: "Run a command in a unit of its own, as systemd-run does",
    load: async () => (await import("./run/run.ts")).runVerb,
  },
  verify: {
    help: "Check unit files before anything runs them",
    load: async () => (await import("./verify/verify.ts")).verify,
  },
  replay: {
    help: "Re-run what a manager recorded, and say where it would go another way",
    load: async () => (await import("./replay/replay.ts")).replay,
  },
  simulate: {
    paged: true,
    help: "Play a scenario on unit files, and tell what would happen",
    load: async () => (await import("./simulate/simulate.ts")).simulate,
  },
  escape: {
    help: "Escape strings for unit names, as systemd-escape does",
    load: async () => (await import("./escape/escape.ts")).escapeVerb,
  },
  default: ending("Isolate default.target"),
  rescue: ending("Isolate rescue.target"),
  emergency: ending("Isolate emergency.target"),
  halt: ending("Shut down and halt"),
  poweroff: ending("Shut down and power off"),
  reboot: ending("Shut down and reboot", 1),
  kexec: ending("Shut down and reboot by kexec"),
  exit: ending("End the manager", 1),
};

/** The verb of this name. */
export function findVerb(name: string): Verb | undefined {
  return Object.hasOwn(verbTable, name) ? verbTable[name] : undefined;
}

/** All verbs with their help, for help and completion. */
export function allVerbs(): readonly (readonly [name: string, verb: Verb])[] {
  return Object.entries(verbTable);
}
