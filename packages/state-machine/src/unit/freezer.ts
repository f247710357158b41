import type { UnitType } from "@steward/unit-file";
import { definitionOf, resolveName } from "../definition/definitions.ts";
import { logUnit, priority } from "../log/log.ts";
import type { Event } from "../model/event.ts";
import { emit, jobOf, patchUnit, type Turn, unitOf } from "../turn.ts";
import { activeStateOf, isInactiveOrFailed } from "./active-state.ts";
import { related } from "./related.ts";

/**
 * freeze and thaw of systemctl(1). The kernel takes its time: between the request and its answer the unit is `freezing` or
 * `thawing`. A slice is frozen by freezing what is in it.
 */
export const freezable: ReadonlySet<UnitType> = new Set(["service", "slice", "scope"]);

const NOT_SUPPORTED = "org.freedesktop.DBus.Error.NotSupported";

function members(turn: Turn, slice: string): readonly string[] {
  return related(turn, slice, "slice-of");
}

/** Every unit of a slice that is up can be frozen, also in the slices below. */
function allCan(turn: Turn, slice: string): boolean {
  return members(turn, slice).every((unit) => {
    const { type } = unitOf(turn, unit).machine;
    return freezable.has(type) && (type !== "slice" || allCan(turn, unit));
  });
}

/** Why it cannot be, in systemd's words. */
function refusal(turn: Turn, unit: string): readonly [error: string, message: string] | undefined {
  const record = unitOf(turn, unit);
  const definition = definitionOf(turn.state, unit);
  if (!freezable.has(record.machine.type)) return [NOT_SUPPORTED, `Unit '${unit}' does not support freezing.`];
  if (jobOf(turn, unit) !== undefined) return ["org.freedesktop.systemd1.UnitBusy", "Unit has a pending job."];
  if (definition?.loadState !== "loaded" || activeStateOf(record.machine, definition.service?.type) !== "active")
    return ["org.freedesktop.systemd1.UnitInactive", "Unit is inactive."];
  if (record.freezer === "freezing" || record.freezer === "thawing")
    return [
      "org.freedesktop.DBus.Error.Failed",
      `Previously requested freezer operation for unit '${unit}' is still in progress.`,
    ];
  return undefined;
}

const isFrozen = (turn: Turn, unit: string): boolean => unitOf(turn, unit).freezer === "frozen";

/** Begins with one unit, or with all of a slice. */
function begin(turn: Turn, unit: string, frozen: boolean): void {
  const { machine, populated } = unitOf(turn, unit);
  const under = frozen ? "freezing" : "thawing";
  if (machine.type === "slice") {
    patchUnit(turn, unit, { freezer: under });
    for (const member of members(turn, unit)) {
      const { machine: inside } = unitOf(turn, member);
      const state = activeStateOf(inside, definitionOf(turn.state, member)?.service?.type);
      if (!isInactiveOrFailed(state) && isFrozen(turn, member) !== frozen) begin(turn, member, frozen);
    }
    settleSlice(turn, unit);
  } else if (populated) {
    patchUnit(turn, unit, { freezer: under });
    emit(turn, { kind: "freezeGroup", unit, frozen });
  } else settle(turn, unit, frozen);
  emit(turn, { kind: "unitChanged", unit });
}

/** It is done: whoever asked hears of it, and so does the slice that waits for it. */
function settle(turn: Turn, unit: string, frozen: boolean): void {
  const { freezeRequest } = unitOf(turn, unit);
  patchUnit(turn, unit, { freezer: frozen ? "frozen" : undefined, freezeRequest: undefined });
  if (freezeRequest !== undefined) emit(turn, { kind: "reply", request: freezeRequest, result: {} });
  emit(turn, { kind: "unitChanged", unit });
  for (const slice of related(turn, unit, "in-slice")) settleSlice(turn, slice);
}

/** A slice is done when nothing in it is under way any more. */
function settleSlice(turn: Turn, slice: string): void {
  const { freezer } = unitOf(turn, slice);
  if (freezer !== "freezing" && freezer !== "thawing") return;
  const waits = members(turn, slice).some((unit) => unitOf(turn, unit).freezer === freezer);
  if (!waits) settle(turn, slice, freezer === "freezing");
}

/** FreezeUnit, ThawUnit. */
export function onFreeze(turn: Turn, event: Extract<Event, { readonly kind: "freeze" }>): void {
  const unit = resolveName(turn.state, event.unit);
  const { request, frozen } = event;
  const refused = refusal(turn, unit);
  if (refused !== undefined) {
    emit(turn, { kind: "reply", request, result: { error: refused[0], message: refused[1] } });
    return;
  }
  const slice = unitOf(turn, unit).machine.type === "slice";
  if (slice && !allCan(turn, unit)) {
    logUnit(turn, priority.warning, unit, "Requested freezer operation is not supported by all children of the slice");
    emit(turn, { kind: "reply", request, result: {} });
  } else if (isFrozen(turn, unit) === frozen) emit(turn, { kind: "reply", request, result: {} });
  else {
    patchUnit(turn, unit, { freezeRequest: request });
    begin(turn, unit, frozen);
  }
}

/** Answer to `freezeGroup`. */
export function onFrozen(turn: Turn, { unit, frozen, ok }: Extract<Event, { readonly kind: "frozen" }>): void {
  const { freezer, freezeRequest } = unitOf(turn, unit);
  if (freezer !== (frozen ? "freezing" : "thawing")) return;
  if (ok) {
    settle(turn, unit, frozen);
    return;
  }
  const message = `Unit '${unit}' does not support freezing.`;
  if (freezeRequest !== undefined)
    emit(turn, { kind: "reply", request: freezeRequest, result: { error: NOT_SUPPORTED, message } });
  patchUnit(turn, unit, { freezeRequest: undefined });
  settle(turn, unit, !frozen);
}

/** Whatever is to be done with a unit needs it to run: start, stop and reload thaw it. */
export function thawForJob(turn: Turn, unit: string): void {
  const { freezer, freezeRequest } = unitOf(turn, unit);
  if (freezer === undefined || freezer === "thawing") return;
  if (freezeRequest !== undefined) emit(turn, { kind: "reply", request: freezeRequest, result: {} });
  patchUnit(turn, unit, { freezeRequest: undefined });
  begin(turn, unit, false);
}
