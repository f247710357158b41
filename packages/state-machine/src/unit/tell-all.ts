import type { Machine } from "../engine.ts";
import type { Turn } from "../turn.ts";

/** Tells every unit that has a record of what concerns them all; a unit that never did anything waits for nothing. */
export function tellAll(turn: Turn, what: "clockChanged" | "timezoneChanged" | "reloaded"): void {
  for (const unit of [...turn.state.units.keys()]) {
    const machine: Machine = turn.engine.machineOf(unit);
    machine[what]?.(turn, unit);
  }
}
