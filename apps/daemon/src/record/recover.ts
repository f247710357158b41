import type { Effect } from "@steward/state-machine";
import { numbersPerEffect, type Settings, type SnapshotEntry, type StepEntry } from "./entry.ts";
import { emptyShellState, foldEffect, foldEvent, importShell, type ShellState } from "./shell-state.ts";
import type { LoadedRecord } from "./store.ts";

/** What a record says about the state in which its manager died. */
export interface Recovered {
  /** The core's records, to be imported: units, jobs and counters by name. */
  readonly core: unknown;
  readonly units: Map<string, unknown>;
  readonly jobs: Map<string, unknown>;
  readonly counters: unknown;
  readonly shell: ShellState;
  readonly settings: Settings | undefined;
  /** The next free command number. */
  readonly next: number;
  /** Effects with the numbers that they were given, in order; those that the keeper has not executed are to be sent again. */
  readonly effects: readonly { readonly number: number; readonly effect: Effect }[];
}

/** Folds a record into the state of its last line. */
export function recover(record: LoadedRecord): Recovered {
  const { snapshot, steps } = record;
  const shell = importShell(snapshot.shell);
  const units = new Map<string, unknown>();
  const jobs = new Map<string, unknown>();
  const effects: { number: number; effect: Effect }[] = [...snapshot.pending];
  let next = snapshot.next;
  let counters: unknown;
  let settings = snapshot.settings ?? undefined;
  for (const step of steps) {
    if ("settings" in step) {
      settings = step.settings;
      continue;
    }
    foldStep(shell, step);
    for (const [id, value] of Object.entries(step.units)) units.set(id, value);
    for (const [id, value] of Object.entries(step.jobs)) jobs.set(id, value);
    if (step.counters !== undefined) counters = step.counters;
    for (const [index, effect] of step.effects.entries())
      effects.push({ number: step.at + index * numbersPerEffect, effect });
    next = Math.max(next, step.at + step.effects.length * numbersPerEffect);
  }
  return { core: snapshot.core, units, jobs, counters, shell, settings, next, effects };
}

function foldStep(shell: ShellState, step: StepEntry): void {
  if (step.event.kind !== "load") foldEvent(shell, step.event, step.answers, step.seq);
  for (const [index, effect] of step.effects.entries()) foldEffect(shell, effect, step.at + index * numbersPerEffect);
}

/** A snapshot of a machine on which nothing has happened yet. */
export function firstSnapshot(instance: string, core: unknown, next: number): Omit<SnapshotEntry, "v"> {
  return {
    snapshot: true,
    instance,
    next,
    core,
    shell: {
      booted: false,
      lastSeq: emptyShellState().lastSeq,
      timers: [],
      processes: [],
      unanswered: [],
      pidFiles: [],
    },
    settings: null,
    pending: [],
  };
}
