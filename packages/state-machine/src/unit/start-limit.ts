import { definitionOf } from "../definition/definitions.ts";
import { logUnit, priority } from "../log/log.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";
import { limitAction } from "./emergency.ts";
import { rateLimit } from "./rate-limit.ts";

/**
 * Counts a start against StartLimitIntervalSec= and StartLimitBurst= (systemd.unit(5)). False when there were too many: the machine
 * then goes into its failed state with the result `start-limit-hit`.
 */
export function withinStartLimit(turn: Turn, unit: string): boolean {
  const definition = definitionOf(turn.state, unit);
  if (definition === undefined) return true;
  const { startLimitIntervalUsec, startLimitBurst, startLimitAction } = definition;
  const now = turn.now.monotonicUsec;
  const { limit, below } = rateLimit(unitOf(turn, unit).startLimit, startLimitIntervalUsec, startLimitBurst, now);
  patchUnit(turn, unit, { startLimit: limit, startLimitHit: !below });
  if (below) return true;
  logUnit(turn, priority.warning, unit, "Start request repeated too quickly.");
  limitAction(turn, unit, startLimitAction, `unit ${unit} failed`);
  return false;
}
