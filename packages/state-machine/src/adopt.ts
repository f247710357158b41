import type { Token } from "./model/event.ts";
import type { Now } from "./model/now.ts";
import type { CoreState, MachineData } from "./model/state.ts";
import { blankUnit, neverRan } from "./unit/blank.ts";

/** A process that runs for a unit of which no record is left. */
export interface FoundProcess {
  readonly unit: string;
  readonly token: Token;
  readonly pid: number;
}

/** Open sockets of a unit of which no record is left. */
export interface FoundSockets {
  readonly unit: string;
  readonly set: number;
  readonly fds: readonly number[];
}

/**
 * Takes running services over when their record is lost: what runs is taken for the main process of a service that is up,
 * more of one unit for processes to be released when they end. Sockets that are open go on listening. A unit's past (restarts, limits, timers) is gone; the unit lives.
 */
export function adoptRunning(
  state: CoreState,
  found: readonly FoundProcess[],
  now: Now,
  sockets: readonly FoundSockets[] = [],
): void {
  const at = { realtimeUsec: now.realtimeUsec, monotonicUsec: now.monotonicUsec };
  let highest = 0;
  for (const { unit, token, pid } of found) {
    highest = Math.max(highest, token);
    const record = state.units.get(unit) ?? blankUnit(undefined, unit);
    if (record.machine.type !== "service" && record.machine.type !== "scope") continue;
    const { machine } = record;
    const adopted: MachineData =
      machine.type === "scope"
        ? { ...machine, state: "running" }
        : machine.main === undefined
          ? {
              ...machine,
              state: { kind: "running" } as const,
              main: { token, pid, alien: false },
              mainKnown: true,
              mainCommand: 0,
              mainExec: { ...neverRan, pid, start: at },
            }
          : machine;
    const strays = machine.type === "service" && machine.main === undefined ? record.strays : [...record.strays, token];
    state.units.set(unit, {
      ...record,
      machine: adopted,
      strays,
      populated: true,
      stateChange: at,
      inactiveExit: at,
      activeEnter: at,
    });
  }
  for (const { unit, set, fds } of sockets) {
    highest = Math.max(highest, set);
    const record = state.units.get(unit) ?? blankUnit(undefined, unit);
    if (record.machine.type !== "socket") continue;
    const machine = { ...record.machine, state: "listening" as const, sockets: { set, fds } };
    state.units.set(unit, { ...record, machine, stateChange: at, inactiveExit: at, activeEnter: at });
  }
  state.counters = {
    ...state.counters,
    nextToken: Math.max(state.counters.nextToken, highest + 1),
    startup: "finished",
    startedAt: at,
  };
}
