import { formatTimestamp } from "@steward/time";
import type { Outcome } from "../engine.ts";
import { logUnit, priority } from "../log/log.ts";
import type { UnitEvent } from "../model/event.ts";
import { emit, jobOf, patchUnit, take } from "../turn.ts";
import { never } from "../unit/blank.ts";
import { invocationId } from "../unit/invocation.ts";
import { withinStartLimit } from "../unit/start-limit.ts";
import { isTriggerLoaded } from "../unit/triggered.ts";
import { data, patch, settings, type Timer } from "./data.ts";
import { enterDead } from "./set-state.ts";
import { enterWaiting } from "./wait.ts";
import { zoneFrom } from "./zone.ts";

/** OnActiveSec= counts anew; with Persistent= the last trigger of an earlier life is asked for first. */
export function start(t: Timer): Outcome {
  const { turn, unit } = t;
  if (!withinStartLimit(turn, unit)) {
    enterDead(t, "start-limit-hit");
    return "failed";
  }
  if (!isTriggerLoaded(turn, unit)) return "failed";
  const { timers, persistent, wakeSystem } = settings(t);
  patchUnit(turn, unit, { invocation: invocationId(turn.state.seed, take(turn, "nextInvocation")) });
  const values = timers.map(({ base }, i) => {
    const { nextUsec, disabled } = data(t).values[i] ?? { nextUsec: 0, disabled: false };
    return { nextUsec, disabled: disabled && base !== "OnActive" };
  });
  patch(t, { lastTrigger: never, values, result: "success", stamp: undefined });
  if (wakeSystem)
    logUnit(
      turn,
      priority.notice,
      unit,
      "WakeSystem= does not wake this machine: the timer elapses when it is awake again.",
    );
  if (!persistent) {
    enterWaiting(t);
    return "acted";
  }
  const stamp = take(turn, "nextCheck");
  patch(t, { stamp });
  emit(turn, { kind: "readStamp", unit, stamp });
  return "quiet";
}

/** Persistent=: what the stamp file said. A time to come cannot be when the timer triggered: the clock is wrong, or was. */
export function onStampRead(t: Timer, event: Extract<UnitEvent, { kind: "stampRead" }>): void {
  const { turn, unit } = t;
  if (data(t).stamp !== event.stamp) return;
  patch(t, { stamp: undefined });
  if (jobOf(turn, unit)?.type !== "start") return;
  const { mtimeUsec } = event;
  const { realtimeUsec } = turn.now;
  if (mtimeUsec === undefined) emit(turn, { kind: "touchStamp", unit, atUsec: realtimeUsec });
  else if (mtimeUsec < realtimeUsec) patch(t, { lastTrigger: { realtimeUsec: mtimeUsec, monotonicUsec: 0 } });
  else {
    const when = formatTimestamp(mtimeUsec, zoneFrom(turn.state.definitions.time.zone));
    logUnit(turn, priority.warning, unit, `Not using persistent file timestamp ${when} as it is in the future.`);
  }
  enterWaiting(t);
}
