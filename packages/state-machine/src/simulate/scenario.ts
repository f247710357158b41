import type { JobMode, JobType } from "@steward/graph";
import type { End, Program } from "./program.ts";

/** What somebody does to the simulated machine, or what befalls it. */
export type ScenarioAction =
  /** A request for a job, as systemctl makes it. */
  | {
      readonly kind: "job";
      readonly job: JobType;
      readonly unit: string;
      readonly mode: JobMode;
      readonly reloadIfPossible?: boolean;
    }
  | { readonly kind: "kill"; readonly unit: string; readonly whom: "main" | "control" | "all"; readonly signal: number }
  | { readonly kind: "resetFailed"; readonly unit?: string }
  /** Cancels the job that a unit has. */
  | { readonly kind: "cancel"; readonly unit: string }
  | { readonly kind: "clearJobs" }
  | { readonly kind: "daemonReload" }
  /** What a unit's running processes do: the main process, else the control process, else all that are there. */
  | { readonly kind: "process"; readonly unit: string; readonly does: ProcessAct }
  /** The next command of a unit cannot be spawned, or comes late. */
  | { readonly kind: "nextSpawn"; readonly unit: string; readonly fault: Partial<Program> }
  /** The real-time clock is set, forward or back. */
  | { readonly kind: "clock"; readonly byUsec: number }
  | { readonly kind: "suspend"; readonly usec: number }
  /** The next timer of a unit elapses now. */
  | { readonly kind: "elapse"; readonly unit: string }
  /** The unit's conditions hold from now on, or do not. */
  | { readonly kind: "condition"; readonly unit: string; readonly holds: boolean }
  | { readonly kind: "oomKill"; readonly unit: string }
  /** Somebody connects to a socket. */
  | { readonly kind: "connect"; readonly unit: string }
  /** Somebody makes, changes or removes a file. */
  | { readonly kind: "file"; readonly what: "make" | "modify" | "remove"; readonly path: string }
  /** Somebody mounts or unmounts what a mount unit is about. */
  | { readonly kind: "mount"; readonly unit: string; readonly there: boolean }
  /** Processes that others started become a scope. */
  | { readonly kind: "scope"; readonly unit: string; readonly programs: readonly Program[] }
  | { readonly kind: "freeze"; readonly unit: string; readonly frozen: boolean }
  /** systemctl clean: the directories of the unit that it may lose. */
  | { readonly kind: "clean"; readonly unit: string }
  /** The manager is killed after it has performed so many more effects, and recovers. */
  | { readonly kind: "managerDies"; readonly afterEffects: number };

export type ProcessAct =
  | { readonly kind: "ends"; readonly end: End }
  | { readonly kind: "hangs" }
  | { readonly kind: "ignores"; readonly signals: readonly number[] }
  | { readonly kind: "notifies"; readonly fields: readonly (readonly [string, string])[] }
  | { readonly kind: "forks"; readonly program: Program };

export interface ScenarioStep {
  /** Since the machine started. */
  readonly atUsec: number;
  readonly action: ScenarioAction;
  /** Where it stands in its file. */
  readonly line?: number;
}

/** A story that a simulated machine lives through: what its programs do, and what happens when. */
export interface Scenario {
  /** Directories with unit files, before all others. */
  readonly directories: readonly string[];
  /** Unit files that the scenario brings itself. */
  readonly units: Readonly<Record<string, string>>;
  /** The lines of the scenario's file before each unit file's first: what is wrong in it can be told where it stands. */
  readonly unitLines?: Readonly<Record<string, number>>;
  /** By unit, or by unit and command as "a.service ExecStartPre" or "a.service ExecStart 1". */
  readonly programs: Readonly<Record<string, Program>>;
  /** Units whose conditions do not hold. */
  readonly unmet: readonly string[];
  readonly steps: readonly ScenarioStep[];
  /** When to stop looking; without it, when nothing more happens. */
  readonly untilUsec?: number;
}

export const emptyScenario: Scenario = { directories: [], units: {}, programs: {}, unmet: [], steps: [] };

/** Every unit that a scenario names. */
export function namedUnits(scenario: Scenario): readonly string[] {
  const names = new Set([...Object.keys(scenario.units), ...scenario.unmet]);
  for (const key of Object.keys(scenario.programs)) names.add(key.split(" ")[0]!);
  for (const { action } of scenario.steps) if ("unit" in action && action.unit !== undefined) names.add(action.unit);
  return [...names];
}

/** What a command of a unit does, by a scenario's table. */
export function programOf(
  programs: Scenario["programs"],
  unit: string,
  directive: string,
  index: number,
): Program | undefined {
  const named = (name: string): Program | undefined =>
    programs[`${name} ${directive} ${index}`] ??
    programs[`${name} ${directive}`] ??
    (directive === "ExecStart" ? programs[name] : undefined);
  // What is said of a template is said of its instances.
  return named(unit) ?? named(unit.replace(/@.*(\.[a-z]+)$/, "@$1"));
}
