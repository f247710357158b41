import { definitionOf } from "../definition/definitions.ts";
import { logUnit, priority } from "../log/log.ts";
import type { Turn } from "../turn.ts";
import { limitAction } from "../unit/emergency.ts";

/** JobTimeoutSec=, JobRunningTimeoutSec= (systemd.unit(5)): the job ends, the unit goes on with what it was doing. */
export function jobTimedOut(turn: Turn, id: number, slot: "timeout" | "running-timeout"): void {
  const job = turn.state.jobs.get(id);
  if (job?.timers[slot] === undefined) return;
  const { unit, type } = job;
  logUnit(turn, priority.warning, unit, `Job ${unit}/${type} timed out.`);
  turn.engine.finishJob(turn, id, "timeout", { recursive: true, already: false });
  const action = definitionOf(turn.state, unit)?.jobTimeoutAction;
  limitAction(turn, unit, action, "job timed out");
}
