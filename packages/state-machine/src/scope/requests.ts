import { resolveName } from "../definition/definitions.ts";
import type { Event } from "../model/event.ts";
import { emit, type Turn, unitOf } from "../turn.ts";
import { patchScope, scopeData, setScopeState } from "./data.ts";
import { takeIn } from "./processes.ts";

type EventOf<K extends Event["kind"]> = Extract<Event, { readonly kind: K }>;

/** Processes for a unit: a scope at rest keeps them until it is started, any other has them taken in now. */
export function onJoin(turn: Turn, event: EventOf<"join">): void {
  const unit = resolveName(turn.state, event.unit);
  const s = { turn, unit };
  if (unitOf(turn, unit).machine.type !== "scope") {
    takeIn(turn, unit, event.processes);
    return;
  }
  const { state, given, joining } = scopeData(s);
  if (event.controller !== undefined) patchScope(s, { controller: event.controller });
  if (state === "dead" || state === "failed") patchScope(s, { given: [...given, ...event.processes] });
  else patchScope(s, { joining: [...joining, ...takeIn(turn, unit, event.processes)] });
}

/** AbandonScope: the scope lives as long as its processes do, and nobody is asked before it is stopped. */
export function onAbandon(turn: Turn, event: EventOf<"abandon">): void {
  const unit = resolveName(turn.state, event.unit);
  const s = { turn, unit };
  const { machine } = unitOf(turn, unit);
  const state = machine.type === "scope" ? scopeData(s).state : "dead";
  if (state !== "running" && state !== "abandoned") {
    const message = `Scope ${unit} is not running, cannot abandon.`;
    emit(turn, {
      kind: "reply",
      request: event.request,
      result: { error: "org.freedesktop.systemd1.ScopeNotRunning", message },
    });
    return;
  }
  patchScope(s, { abandoned: true, controller: "" });
  setScopeState(s, "abandoned");
  emit(turn, { kind: "reply", request: event.request, result: {} });
}
