import { logUnit, priority } from "../log/log.ts";
import type { Event, Token } from "../model/event.ts";
import type { ProcessName } from "../model/scope.ts";
import { emit, patchUnit, type Turn, take, unitOf } from "../turn.ts";
import { armAfter } from "../unit/timers.ts";
import { patchScope, type Scope, scopeData, scopeSettings, setScopeState } from "./data.ts";
import { enterScopeDead } from "./ending.ts";

/** Asks the keeper to take processes into the unit's group; each is answered by `adopted`. */
export function takeIn(turn: Turn, unit: string, processes: readonly ProcessName[]): readonly Token[] {
  return processes.map(({ pid, startTicks }) => {
    const token = take(turn, "nextToken");
    emit(turn, { kind: "attach", unit, token, pid, startTicks });
    return token;
  });
}

/** RuntimeMaxSec= plus a part of RuntimeRandomizedExtraSec=, which the invocation id decides. */
function armRuntimeMax(s: Scope): void {
  const { runtimeMaxUsec: max, runtimeRandomizedExtraUsec: extra } = scopeSettings(s);
  const fraction = Number.parseInt(unitOf(s.turn, s.unit).invocation.slice(0, 8) || "0", 16) / 0x1_0000_0000;
  armAfter(s.turn, s.unit, "runtime-max", max + Math.floor(extra * fraction));
}

/** The keeper has taken a process in, or found that it cannot. */
export function onScopeAdopted(s: Scope, event: Extract<Event, { readonly kind: "adopted" }>): void {
  const { joining, state } = scopeData(s);
  if (!joining.includes(event.token)) {
    emit(s.turn, { kind: "release", token: event.token });
    return;
  }
  const left = joining.filter((token) => token !== event.token);
  patchScope(s, { joining: left });
  if (event.ok) {
    patchUnit(s.turn, s.unit, { populated: true, strays: [...unitOf(s.turn, s.unit).strays, event.token] });
    if (state !== "start-chown") return;
    setScopeState(s, "running");
    armRuntimeMax(s);
    return;
  }
  emit(s.turn, { kind: "release", token: event.token });
  if (left.length > 0) return;
  // Whoever is there besides is left over from a run before: none of those given has come.
  if (state === "start-chown") {
    logUnit(s.turn, priority.warning, s.unit, "No PIDs left to attach to the scope's control group, refusing.");
    enterScopeDead(s, "resources");
  } else if (unitOf(s.turn, s.unit).populated) return;
  else if (state === "running" || state === "abandoned") enterScopeDead(s, "success");
}

export function onScopeExited(s: Scope, token: Token): void {
  emit(s.turn, { kind: "release", token });
  const { strays } = unitOf(s.turn, s.unit);
  patchUnit(s.turn, s.unit, { strays: strays.filter((stray) => stray !== token) });
}
