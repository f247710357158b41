import type { TimerSlot, Token } from "./model/event.ts";
import type { ArmedTimer, CoreState } from "./model/state.ts";
import { control } from "./service/data.ts";

/** Timers that a recorded state expects to be armed: of units, and of jobs (monotonic). */
export interface ArmedTimers {
  readonly units: readonly ({ readonly unit: string; readonly slot: TimerSlot } & ArmedTimer)[];
  readonly jobs: readonly {
    readonly job: number;
    readonly slot: "timeout" | "running-timeout";
    readonly atUsec: number;
  }[];
}

/** What the shell has to arm after a recovery; those that are overdue fire once, at once. */
export function armedTimers(state: CoreState): ArmedTimers {
  const units: ArmedTimers["units"][number][] = [];
  for (const unit of state.units.values())
    for (const [slot, timer] of Object.entries(unit.timers))
      units.push({ unit: unit.id, slot: slot as TimerSlot, ...timer });
  const jobs: ArmedTimers["jobs"][number][] = [];
  for (const job of state.jobs.values())
    for (const slot of ["timeout", "running-timeout"] as const) {
      const atUsec = job.timers[slot];
      if (atUsec !== undefined) jobs.push({ job: job.id, slot, atUsec });
    }
  return { units, jobs };
}

/** Every process that the core knows of, by unit: a token that the keeper has and that is not here belongs to nobody. */
export function knownTokens(state: CoreState): ReadonlyMap<Token, string> {
  const tokens = new Map<Token, string>();
  for (const { id, machine, strays } of state.units.values()) {
    for (const token of strays) tokens.set(token, id);
    if (machine.type === "scope") for (const token of machine.joining ?? []) tokens.set(token, id);
    if (machine.type !== "service") {
      if ("control" in machine && machine.control !== undefined) tokens.set(machine.control.token, id);
      continue;
    }
    for (const process of [machine.main, machine.adopting, control(machine.state)])
      if (process !== undefined) tokens.set(process.token, id);
  }
  return tokens;
}

/** `checkConditions` that no `conditionsChecked` has answered yet; asking again is harmless. */
export function checksPending(state: CoreState): readonly { readonly unit: string; readonly check: number }[] {
  return [...state.jobs.values()].flatMap(({ unit, check }) => (check === undefined ? [] : [{ unit, check }]));
}
