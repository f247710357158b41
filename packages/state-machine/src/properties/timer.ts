import { definitionOf } from "../definition/definitions.ts";
import type { CoreState } from "../model/state.ts";
import type { TimerData } from "../model/timer.ts";
import { type Property, timestamp, usec } from "./value.ts";

/** org.freedesktop.systemd1.Timer, as far as it follows from the run-time state. */
export function timerProperties(state: CoreState, id: string, timer: TimerData): Property[] {
  const timers = definitionOf(state, id)?.timer?.timers ?? [];
  const next = (index: number): bigint => usec(timer.values[index]?.nextUsec ?? 0);
  return [
    {
      name: "TimersMonotonic",
      signature: "a(stt)",
      value: timers.flatMap((spec, i) =>
        spec.base === "OnCalendar" ? [] : [[`${spec.base}USec`, usec(spec.usec), next(i)]],
      ),
    },
    {
      name: "TimersCalendar",
      signature: "a(sst)",
      value: timers.flatMap((spec, i) =>
        spec.base === "OnCalendar" ? [["OnCalendar", spec.expression, next(i)]] : [],
      ),
    },
    { name: "NextElapseUSecRealtime", signature: "t", value: usec(timer.nextRealtimeUsec ?? Number.POSITIVE_INFINITY) },
    {
      name: "NextElapseUSecMonotonic",
      signature: "t",
      value: usec(timer.nextMonotonicUsec ?? Number.POSITIVE_INFINITY),
    },
    ...timestamp("LastTriggerUSec", timer.lastTrigger),
    { name: "Result", signature: "s", value: timer.result },
  ];
}
