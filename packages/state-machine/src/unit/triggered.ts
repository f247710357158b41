import { definitionOf } from "../definition/definitions.ts";
import { logUnit, priority } from "../log/log.ts";
import type { Turn } from "../turn.ts";
import { related } from "./related.ts";

/** The unit that a timer, a path or a socket triggers: Unit=, Service=, or the service of the same name. */
export function triggeredUnit(turn: Turn, unit: string): string | undefined {
  return related(turn, unit, "triggers")[0];
}

/** Whether what is to be triggered can be started at all; says so where it cannot. */
export function isTriggerLoaded(turn: Turn, unit: string): boolean {
  const triggered = triggeredUnit(turn, unit);
  if (triggered === undefined) return false;
  if (definitionOf(turn.state, triggered)?.loadState === "loaded") return true;
  logUnit(turn, priority.err, unit, `Refusing to start, unit ${triggered} to trigger not loaded.`);
  return false;
}
