import { logUnit, priority } from "../log/log.ts";
import { jobOf } from "../turn.ts";
import { rateLimit } from "../unit/rate-limit.ts";
import { triggeredUnit } from "../unit/triggered.ts";
import { data, type Path, patch, settings } from "./data.ts";
import { enterDead, setState } from "./set-state.ts";

/** Starts the unit because of a path, within TriggerLimitIntervalSec= and TriggerLimitBurst=. $TRIGGER_PATH tells it which. */
export function enterRunning(p: Path, path: string): void {
  const { turn, unit } = p;
  if (jobOf(turn, unit)?.type === "stop") return;
  const triggered = triggeredUnit(turn, unit);
  if (triggered === undefined) {
    logUnit(turn, priority.err, unit, "Unit to trigger vanished.");
    enterDead(p, "resources");
    return;
  }
  const { triggerLimitIntervalUsec, triggerLimitBurst } = settings(p);
  const now = turn.now.monotonicUsec;
  const { limit, below } = rateLimit(data(p).triggerLimit, triggerLimitIntervalUsec, triggerLimitBurst, now);
  patch(p, { triggerLimit: limit });
  if (!below) {
    logUnit(turn, priority.warning, unit, "Trigger limit hit, refusing further activation.");
    enterDead(p, "trigger-limit-hit");
    return;
  }
  const env = [
    ["TRIGGER_UNIT", unit],
    ["TRIGGER_PATH", path],
  ] as const;
  const enqueued = turn.engine.enqueue(turn, {
    unit: triggered,
    type: "start",
    mode: "replace",
    trigger: { unit, env },
  });
  if (!enqueued.ok) {
    logUnit(turn, priority.warning, unit, `Failed to queue unit startup job: ${enqueued.message}`);
    enterDead(p, "resources");
    return;
  }
  setState(p, "running");
}
