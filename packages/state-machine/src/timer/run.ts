import { logUnit, priority } from "../log/log.ts";
import { emit, jobOf } from "../turn.ts";
import { triggeredUnit } from "../unit/triggered.ts";
import { data, patch, settings, type Timer } from "./data.ts";
import { enterDead, setState } from "./set-state.ts";

/**
 * Starts the unit. `dueRealtimeUsec`: the moment of OnCalendar= for which it is; whatever the clock says now, that one has been. $TRIGGER_… of systemd.exec(5) tell it why; the stamp file remembers when (Persistent=).
 */
export function enterRunning(t: Timer, dueRealtimeUsec = 0): void {
  const { turn, unit } = t;
  if (jobOf(turn, unit)?.type === "stop") return;
  const triggered = triggeredUnit(turn, unit);
  if (triggered === undefined) {
    logUnit(turn, priority.err, unit, "Unit to trigger vanished.");
    enterDead(t, "resources");
    return;
  }
  const { monotonicUsec } = turn.now;
  const realtimeUsec = Math.max(turn.now.realtimeUsec, dueRealtimeUsec);
  const env = [
    ["TRIGGER_UNIT", unit],
    ["TRIGGER_TIMER_REALTIME_USEC", String(realtimeUsec)],
    ["TRIGGER_TIMER_MONOTONIC_USEC", String(monotonicUsec)],
  ] as const;
  const enqueued = turn.engine.enqueue(turn, {
    unit: triggered,
    type: "start",
    mode: "replace",
    trigger: { unit, env },
  });
  if (!enqueued.ok) {
    logUnit(turn, priority.warning, unit, `Failed to queue unit startup job: ${enqueued.message}`);
    enterDead(t, "resources");
    return;
  }
  // It may have ended on the way, where it is a part of what was to be stopped for that start.
  if (data(t).state === "dead" || data(t).state === "failed") return;
  patch(t, { lastTrigger: { realtimeUsec, monotonicUsec } });
  if (settings(t).persistent) emit(turn, { kind: "touchStamp", unit, atUsec: realtimeUsec });
  setState(t, "running");
}
