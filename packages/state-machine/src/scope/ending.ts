import { logUnit, messageId, priority } from "../log/log.ts";
import type { ScopeResult } from "../model/scope.ts";
import { emit, patchUnit, unitOf } from "../turn.ts";
import { armAfter, disarm } from "../unit/timers.ts";
import { patchScope, type Scope, scopeData, scopeSettings, setScopeState } from "./data.ts";

const SIGHUP = 1;
const SIGKILL = 9;
const SIGCONT = 18;

/** The first thing that went wrong is the result. */
function blame(s: Scope, result: ScopeResult): void {
  if (scopeData(s).result === "success") patchScope(s, { result });
}

/** The end of a scope's life: dead, or failed where it was not by itself or as asked. */
export function enterScopeDead(s: Scope, result: ScopeResult): void {
  blame(s, result);
  const { result: final } = scopeData(s);
  if (final === "success") logUnit(s.turn, priority.info, s.unit, "Deactivated successfully.", [messageId("success")]);
  else
    logUnit(s.turn, priority.warning, s.unit, `Failed with result '${final}'.`, [
      messageId("failureResult"),
      ["UNIT_RESULT", final],
    ]);
  disarm(s.turn, s.unit, "state");
  disarm(s.turn, s.unit, "runtime-max");
  patchScope(s, { given: [], controller: "" });
  setScopeState(s, final === "success" ? "dead" : "failed");
  emit(s.turn, { kind: "cleanUp", unit: s.unit, keepRuntimeDirectory: false });
}

/** Signals by KillMode= (systemd.kill(5)); a scope has no main process, so only whole groups are signalled. True when somebody is to be waited for. */
function kill(s: Scope, last: boolean): boolean {
  const { killMode, killSignal, finalKillSignal, sendSighup } = scopeSettings(s);
  const whole = killMode === "control-group" || (killMode === "mixed" && last);
  if (!whole || !unitOf(s.turn, s.unit).populated) return false;
  const signal = last ? finalKillSignal : killSignal;
  const why = last || scopeData(s).abandoned ? { why: "kill" as const } : {};
  const group = (number: number, told: typeof why = {}): void =>
    emit(s.turn, { kind: "signalGroup", unit: s.unit, signal: number, except: [], ...told });
  group(signal, why);
  if (signal !== SIGKILL) group(SIGCONT);
  if (sendSighup && !last) group(SIGHUP);
  return true;
}

/** Sends what the state sends and waits, or goes on where nobody is left. A controller is asked first (RequestStop). */
export function enterScopeSignal(s: Scope, state: "stop-sigterm" | "stop-sigkill", result: ScopeResult): void {
  blame(s, result);
  const { timeoutStopUsec } = scopeSettings(s);
  const { controller } = scopeData(s);
  const asked = state === "stop-sigterm" && controller !== "" && unitOf(s.turn, s.unit).populated;
  if (asked) emit(s.turn, { kind: "requestStop", unit: s.unit, controller });
  if (asked || kill(s, state === "stop-sigkill")) {
    disarm(s.turn, s.unit, "runtime-max");
    armAfter(s.turn, s.unit, "state", timeoutStopUsec);
    setScopeState(s, state);
  } else if (state === "stop-sigterm") enterScopeSignal(s, "stop-sigkill", "success");
  else enterScopeDead(s, "success");
}

/** TimeoutStopSec= is over. */
export function scopeStopTimedOut(s: Scope): void {
  const warn = (text: string): void => logUnit(s.turn, priority.warning, s.unit, text);
  if (scopeData(s).state === "stop-sigkill") {
    warn("Still around after SIGKILL. Ignoring.");
    enterScopeDead(s, "timeout");
  } else if (scopeSettings(s).sendSigkill) {
    warn("Stopping timed out. Killing.");
    enterScopeSignal(s, "stop-sigkill", "timeout");
  } else {
    warn("Stopping timed out. Skipping SIGKILL.");
    enterScopeDead(s, "timeout");
  }
}

/** Nothing of the scope lives any more. */
export function scopeEmptied(s: Scope): void {
  patchUnit(s.turn, s.unit, { populated: false });
  const { state, joining } = scopeData(s);
  if (joining.length > 0) return;
  if (state === "running" || state === "abandoned" || state === "stop-sigterm" || state === "stop-sigkill")
    enterScopeDead(s, "success");
}
