import { createState, type CoreState, importState } from "@steward/state-machine";
import type { Environment } from "./environment.ts";
import { numbersPerEffect } from "./record/entry.ts";
import { type Recovered, recover } from "./record/recover.ts";
import { emptyShellState, type ShellState } from "./record/shell-state.ts";
import type { RecordStore } from "./record/store.ts";

/** The core as the last manager left it, or a new one. */
export interface LoadedCore {
  readonly state: CoreState;
  readonly shell: ShellState;
  readonly next: number;
  /** Effects of the record, for the keeper to be told again. */
  readonly effects: Recovered["effects"];
  readonly recovered: boolean;
}

/** Reads the record of this keeper's life. */
export function loadCore(store: RecordStore, instance: string, environment: Environment, lastCommand: number): LoadedCore {
  const scope = environment.places.scope;
  const record = store.load(instance);
  if (record === undefined) {
    const state = createState({ scope, seed: `${instance}/${environment.clock.now().realtimeUsec}`, now: environment.clock.now() });
    return { state, shell: emptyShellState(), next: lastCommand + numbersPerEffect, effects: [], recovered: false };
  }
  const found = recover(record);
  const state = importState(found.core, { units: found.units, jobs: found.jobs, counters: found.counters });
  return { state, shell: found.shell, next: Math.max(found.next, lastCommand + 1), effects: found.effects, recovered: true };
}
