import type { TimerSlot } from "../model/event.ts";
import { forget } from "../unit/timers.ts";
import type { Service } from "./data.ts";
import { dispatch } from "./dispatch.ts";
import type { ServiceEvent } from "./event.ts";

const events: Readonly<Record<TimerSlot, ServiceEvent | undefined>> = {
  state: { kind: "timeout" },
  watchdog: { kind: "watchdog" },
  restart: { kind: "restartElapsed" },
  "runtime-max": { kind: "runtimeMax" },
  elapse: undefined,
  calendar: undefined,
};

/** A timer of the unit has elapsed; one that was disarmed or armed anew in the meantime is old news. */
export function onTimer(s: Service, slot: TimerSlot): void {
  const event = events[slot];
  if (event !== undefined && forget(s.turn, s.unit, slot)) dispatch(s, event);
}
