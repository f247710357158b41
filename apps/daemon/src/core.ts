import { type KeeperRecovery, tokenState } from "@steward/process-runtime";
import {
  adoptRunning,
  type CoreState,
  createState,
  type Effect,
  type ExportedState,
  importState,
} from "@steward/state-machine";
import type { Environment } from "./environment.ts";
import { numbersPerEffect, type Settings } from "./record/entry.ts";
import { type Recovered, recover } from "./record/recover.ts";
import { emptyShellState, type ShellState } from "./record/shell-state.ts";
import type { RecordStore } from "./record/store.ts";
import { shellTokens } from "./shell-tokens.ts";

/** The core as the last manager left it, or a new one. */
export interface LoadedCore {
  readonly state: CoreState;
  readonly shell: ShellState;
  readonly next: number;
  /** Effects of the record, for the keeper to be told again. */
  readonly effects: Recovered["effects"];
  readonly recovered: boolean;
  readonly settings: Settings | undefined;
}

/** Reads the record of this keeper's life. */
export function loadCore(
  store: RecordStore,
  instance: string,
  environment: Environment,
  lastCommand: number,
): LoadedCore {
  const record = store.load(instance);
  if (record === undefined) {
    const state = createState({
      scope: environment.places.scope,
      seed: `${instance}/${environment.clock.now().realtimeUsec}`,
    });
    return {
      state,
      shell: emptyShellState(),
      next: lastCommand + numbersPerEffect,
      effects: [],
      recovered: false,
      settings: undefined,
    };
  }
  const found = recover(record);
  const state = importState(merge(found));
  return {
    state,
    shell: found.shell,
    next: Math.max(found.next, lastCommand + 1),
    effects: found.effects,
    recovered: true,
    settings: found.settings,
  };
}

/**
 * The core when its record was set aside: whatever the keeper has is taken over as it is. The boot is not done again, so that
 * a machine full of running services is not turned upside down.
 */
export function adoptInventory(recovery: KeeperRecovery, environment: Environment): LoadedCore {
  const now = environment.clock.now();
  const state = createState({ scope: environment.places.scope, seed: `${now.realtimeUsec}` });
  const alive = recovery.tokens.filter((row) => row.state === tokenState.alive && row.token < shellTokens);
  adoptRunning(
    state,
    alive.map((row) => ({ unit: row.group, token: row.token, pid: row.pid })),
    now,
    recovery.sockets,
  );
  const shell = { ...emptyShellState(), booted: true };
  for (const { token, group, pid } of alive)
    shell.processes.set(token, { unit: group, effect: { kind: "adopt", unit: group, token, pid } });
  // Open sockets are watched again. Descriptors that were kept for somebody are nobody's now.
  const wanted: Effect[] = [
    ...recovery.sockets.map(({ unit, set }): Effect => ({ kind: "watchSockets", unit, set, flush: false })),
    ...recovery.fds.map(({ fd }): Effect => ({ kind: "closeFd", fd })),
  ];
  const first = recovery.hello.lastCommand + numbersPerEffect;
  return {
    state,
    shell,
    next: first + wanted.length * numbersPerEffect,
    effects: wanted.map((effect, i) => ({ number: first + i * numbersPerEffect, effect })),
    recovered: true,
    settings: undefined,
  };
}

/** The snapshot's state with the lines behind it laid over: a null says that a record went away. */
function merge(found: Recovered): ExportedState {
  const base = found.core as ExportedState;
  const units = new Map<string, unknown>(base.units.map((unit) => [unit.id, unit]));
  for (const [id, unit] of found.units) units.set(id, unit);
  const jobs = new Map<string, unknown>(base.jobs.map((job) => [String(job.id), job]));
  for (const [id, job] of found.jobs) jobs.set(id, job);
  const present = <T>(map: Map<string, unknown>): T[] => [...map.values()].filter((value) => value !== null) as T[];
  return {
    ...base,
    units: present(units),
    jobs: present(jobs),
    counters: (found.counters ?? base.counters) as ExportedState["counters"],
  };
}
