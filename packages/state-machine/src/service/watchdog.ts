import { formatTimespan } from "@steward/time";
import { logUnit, priority } from "../log/log.ts";
import { armAfter, disarm } from "../unit/timers.ts";
import { data, moment, patch, type Service, settings } from "./data.ts";
import { enterSignal } from "./ending.ts";

/** WatchdogSec=, or what the service asked for by WATCHDOG_USEC= (sd_notify(3)); 0 and infinity mean none. */
function watchdogUsec(s: Service): number {
  return data(s).watchdogOverrideUsec ?? settings(s).watchdogUsec;
}

/** The service lives: the watchdog counts anew. */
export function resetWatchdog(s: Service): void {
  patch(s, { watchdogAt: moment(s) });
  startWatchdog(s);
}

export function startWatchdog(s: Service): void {
  const usec = watchdogUsec(s);
  if (usec === 0 || usec === Number.POSITIVE_INFINITY) disarm(s.turn, s.unit, "watchdog");
  else armAfter(s.turn, s.unit, "watchdog", usec);
}

/** WATCHDOG_USEC=: from now on, until the next start. */
export function overrideWatchdog(s: Service, usec: number): void {
  patch(s, { watchdogOverrideUsec: usec });
  startWatchdog(s);
}

/** No sign of life in time. */
export function watchdogElapsed(s: Service): void {
  const limit = formatTimespan(watchdogUsec(s), 1_000_000);
  logUnit(s.turn, priority.err, s.unit, `Watchdog timeout (limit ${limit})!`);
  enterSignal(s, "stop-watchdog", "watchdog");
}

/** WATCHDOG=trigger: the service gives itself up. */
export function watchdogTriggered(s: Service): void {
  logUnit(
    s.turn,
    priority.err,
    s.unit,
    "Watchdog request (last status: ".concat(data(s).statusText || "<unset>", ")!"),
  );
  enterSignal(s, "stop-watchdog", "watchdog");
}
