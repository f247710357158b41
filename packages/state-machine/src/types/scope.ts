import type { Machine } from "../engine.ts";
import { logUnit, priority } from "../log/log.ts";
import type { UnitEvent } from "../model/event.ts";
import { patchScope, type Scope, scopeData, scopeSettings, setScopeState } from "../scope/data.ts";
import { enterScopeSignal, scopeEmptied, scopeStopTimedOut } from "../scope/ending.ts";
import { onScopeAdopted, onScopeExited, takeIn } from "../scope/processes.ts";
import { patchUnit, take } from "../turn.ts";
import { invocationId } from "../unit/invocation.ts";
import { armAfter, forget } from "../unit/timers.ts";

function onTimer(s: Scope, slot: string): void {
  const { state } = scopeData(s);
  if (slot === "runtime-max" && forget(s.turn, s.unit, "runtime-max")) {
    if (state !== "running" && state !== "abandoned") return;
    logUnit(s.turn, priority.warning, s.unit, "Scope reached runtime time limit. Stopping.");
    enterScopeSignal(s, "stop-sigterm", "timeout");
  } else if (slot === "state" && forget(s.turn, s.unit, "state")) {
    if (state === "stop-sigterm" || state === "stop-sigkill") scopeStopTimedOut(s);
  }
}

/** OOMPolicy= of systemd.scope(5). */
function onOomKill(s: Scope): void {
  const { state } = scopeData(s);
  if (state !== "running" && state !== "abandoned") return;
  const { oomPolicy } = scopeSettings(s);
  if (oomPolicy === "stop") enterScopeSignal(s, "stop-sigterm", "oom-kill");
  else if (oomPolicy === "kill") enterScopeSignal(s, "stop-sigkill", "oom-kill");
}

function onEvent(s: Scope, event: UnitEvent): void {
  switch (event.kind) {
    case "adopted":
      return onScopeAdopted(s, event);
    case "exited":
      onScopeExited(s, event.token);
      if (event.lastOfGroup) scopeEmptied(s);
      return;
    case "groupEmpty":
      return scopeEmptied(s);
    case "timer":
      return onTimer(s, event.slot);
    case "oomKill":
      return onOomKill(s);
    default:
      // A scope starts no process, and its processes do not speak to the manager.
      return;
  }
}

/** systemd.scope(5): processes that others started, taken in by StartTransientUnit; init.scope is there always. */
export const scopeMachine: Machine = {
  start(turn, unit) {
    const s = { turn, unit };
    const { state, given } = scopeData(s);
    if (state === "failed") return "failed";
    if (state === "stop-sigterm" || state === "stop-sigkill") return "again";
    if (state !== "dead") return "quiet";
    // Nothing brings a scope back whose processes are gone.
    if (given.length === 0) return "failed";
    patchUnit(turn, unit, { invocation: invocationId(turn.state.seed, take(turn, "nextInvocation")) });
    patchScope(s, { result: "success", given: [], joining: takeIn(turn, unit, given) });
    armAfter(turn, unit, "state", Number.POSITIVE_INFINITY);
    setScopeState(s, "start-chown");
    return "quiet";
  },
  stop(turn, unit) {
    const s = { turn, unit };
    const { state } = scopeData(s);
    if (state === "stop-sigterm" || state === "stop-sigkill") return "quiet";
    // The keeper is taking its processes in: they are to be known before they are ended.
    if (state === "start-chown") return "again";
    enterScopeSignal(s, "stop-sigterm", "success");
    return "acted";
  },
  resetFailed(turn, unit) {
    const s = { turn, unit };
    if (scopeData(s).state === "failed") setScopeState(s, "dead");
    patchScope(s, { result: "success" });
  },
  event: (turn, unit, event) => onEvent({ turn, unit }, event),
};
