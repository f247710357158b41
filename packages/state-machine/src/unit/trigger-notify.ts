import type { Turn } from "../turn.ts";
import { related } from "./related.ts";

/**
 * Tells those that trigger a unit (its sockets, timers and paths: TriggeredBy= of systemd.unit(5)) that it has changed its state or
 * lost its job. They look at the unit themselves.
 */
export function notifyTriggers(turn: Turn, unit: string): void {
  for (const other of related(turn, unit, "triggered-by"))
    if (turn.state.units.has(other)) turn.engine.machineOf(other).triggeredChanged?.(turn, other, unit);
}
