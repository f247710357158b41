import { logUnit, priority } from "../log/log.ts";
import type { ServiceStateKind } from "../model/service.ts";
import { data, type Service, settings } from "./data.ts";
import { enterDead } from "./dead.ts";
import { enterSignal, enterStop, enterStopPost } from "./ending.ts";

function warn(s: Service, text: string): void {
  logUnit(s.turn, priority.warning, s.unit, text);
}

const stateOf = (s: Service): ServiceStateKind => data(s).state.kind;

/** TimeoutStartSec= is over (TimeoutStartFailureMode=). */
export function startTimedOut(s: Service): void {
  const { timeoutStartFailureMode: mode, sendSigkill } = settings(s);
  const what = `${stateOf(s)} operation timed out.`;
  if (mode === "terminate") {
    warn(s, `${what} Terminating.`);
    enterSignal(s, "stop-sigterm", "timeout");
  } else if (mode === "abort") {
    warn(s, `${what} Aborting.`);
    enterSignal(s, "stop-watchdog", "timeout");
  } else if (sendSigkill) {
    warn(s, `${what} Killing.`);
    enterSignal(s, "stop-sigkill", "timeout");
  } else {
    warn(s, `${what} Skipping SIGKILL.`);
    enterStopPost(s, "timeout");
  }
}

/** RuntimeMaxSec=. */
export function runtimeMaxElapsed(s: Service): void {
  warn(s, "Service reached runtime time limit. Stopping.");
  enterStop(s, "timeout");
}

/** TimeoutStopSec= is over while ExecStop= runs (TimeoutStopFailureMode=). */
export function stopTimedOut(s: Service): void {
  const { timeoutStopFailureMode: mode, sendSigkill } = settings(s);
  if (mode === "terminate") {
    warn(s, "Stopping timed out. Terminating.");
    enterSignal(s, "stop-sigterm", "timeout");
  } else if (mode === "abort") {
    warn(s, "Stopping timed out. Aborting.");
    enterSignal(s, "stop-watchdog", "timeout");
  } else if (sendSigkill) {
    warn(s, "Stopping timed out. Killing.");
    enterSignal(s, "stop-sigkill", "timeout");
  } else {
    warn(s, "Stopping timed out. Skipping SIGKILL.");
    enterStopPost(s, "timeout");
  }
}

/** stop-watchdog, stop-sigterm: asked, and not gone. */
export function stopSignalTimedOut(s: Service): void {
  const { timeoutStopFailureMode: mode, sendSigkill } = settings(s);
  const what = `State '${stateOf(s)}' timed out.`;
  if (stateOf(s) === "stop-sigterm" && mode === "abort") {
    warn(s, `${what} Aborting.`);
    enterSignal(s, "stop-watchdog", "timeout");
  } else if (sendSigkill) {
    warn(s, `${what} Killing.`);
    enterSignal(s, "stop-sigkill", "timeout");
  } else {
    warn(s, `${what} Skipping SIGKILL.`);
    enterStopPost(s, "timeout");
  }
}

export function stopKillTimedOut(s: Service): void {
  warn(s, "Processes still around after SIGKILL. Ignoring.");
  enterStopPost(s, "timeout");
}

/** stop-post and the final signals before the last. */
export function finalTimedOut(s: Service): void {
  const { timeoutStopFailureMode: mode, sendSigkill } = settings(s);
  const state = stateOf(s);
  const what = `State '${state}' timed out.`;
  if (state === "stop-post" && mode === "terminate") {
    warn(s, `${what} Terminating.`);
    enterSignal(s, "final-sigterm", "timeout");
  } else if (state !== "final-watchdog" && mode === "abort") {
    warn(s, `${what} Aborting.`);
    enterSignal(s, "final-watchdog", "timeout");
  } else if (sendSigkill) {
    warn(s, `${what} Killing.`);
    enterSignal(s, "final-sigkill", "timeout");
  } else {
    warn(s, `${what} Skipping SIGKILL. Entering failed mode.`);
    enterDead(s, "timeout", false);
  }
}

export function finalKillTimedOut(s: Service): void {
  warn(s, "Processes still around after final SIGKILL. Entering failed mode.");
  enterDead(s, "timeout", true);
}
