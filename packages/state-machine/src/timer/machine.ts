import { definitionOf } from "../definition/definitions.ts";
import type { Machine } from "../engine.ts";
import type { UnitEvent } from "../model/event.ts";
import { unitOf } from "../turn.ts";
import { activeStateOf, isInactiveOrFailed } from "../unit/active-state.ts";
import { forget } from "../unit/timers.ts";
import { data, patch, settings, type Timer } from "./data.ts";
import { enterRunning } from "./run.ts";
import { enterDead, setState } from "./set-state.ts";
import { onStampRead, start } from "./start.ts";
import { enterWaiting } from "./wait.ts";

function onEvent(t: Timer, event: UnitEvent): void {
  switch (event.kind) {
    case "timer": {
      const due = event.slot === "calendar" ? unitOf(t.turn, t.unit).timers.calendar?.atUsec : undefined;
      if (!forget(t.turn, t.unit, event.slot)) return;
      if (data(t).state === "waiting") enterRunning(t, due);
      return;
    }
    case "stampRead":
      onStampRead(t, event);
      return;
    default:
      // A timer has no process, no path and no descriptor.
      return;
  }
}

/** The unit that is triggered went up or down, by the timer or by others: OnUnitActiveSec= and OnUnitInactiveSec= count from there. */
function onTriggeredChanged(t: Timer, triggered: string): void {
  const definition = definitionOf(t.turn.state, triggered);
  if (definition?.loadState !== "loaded") return;
  const { timers } = settings(t);
  const { values, state } = data(t);
  const again = values.map((value, i) => {
    const base = timers[i]?.base;
    return base === "OnUnitActive" || base === "OnUnitInactive" ? { ...value, disabled: false } : value;
  });
  switch (state) {
    case "waiting":
    case "elapsed":
      patch(t, { values: again });
      enterWaiting(t);
      return;
    case "running":
      patch(t, { values: again });
      if (isInactiveOrFailed(activeStateOf(unitOf(t.turn, triggered).machine, definition.service?.type)))
        enterWaiting(t);
      return;
    case "dead":
    case "failed":
      return;
  }
}

/** The clock was set. A trigger that now lies in the future counts as now: what came between comes again. */
function onClockChanged(t: Timer): void {
  if (data(t).state !== "waiting") return;
  const { lastTrigger } = data(t);
  const { realtimeUsec } = t.turn.now;
  if (lastTrigger.realtimeUsec > realtimeUsec) patch(t, { lastTrigger: { ...lastTrigger, realtimeUsec } });
  if (settings(t).onClockChange) enterRunning(t);
  else enterWaiting(t, "clock");
}

function onTimezoneChanged(t: Timer): void {
  if (data(t).state !== "waiting") return;
  if (settings(t).onTimezoneChange) enterRunning(t);
  else enterWaiting(t);
}

/** Timers, as the job engine sees them (systemd.timer(5)). */
export const timerMachine: Machine = {
  start: (turn, unit) => start({ turn, unit }),
  stop(turn, unit) {
    enterDead({ turn, unit }, "success");
    return "acted";
  },
  resetFailed(turn, unit) {
    const t = { turn, unit };
    if (data(t).state === "failed") setState(t, "dead");
    patch(t, { result: "success" });
  },
  event: (turn, unit, event) => onEvent({ turn, unit }, event),
  triggeredChanged: (turn, unit, triggered) => onTriggeredChanged({ turn, unit }, triggered),
  clockChanged: (turn, unit) => onClockChanged({ turn, unit }),
  timezoneChanged: (turn, unit) => onTimezoneChanged({ turn, unit }),
  /** All moments are worked out by the new file; what happens once and is over stays over, by its last trigger. */
  reloaded(turn, unit) {
    const t = { turn, unit };
    if (data(t).state !== "waiting") return;
    patch(t, { values: [] });
    enterWaiting(t, "reloaded");
  },
};
