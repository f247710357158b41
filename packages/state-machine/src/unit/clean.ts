import { definitionOf, resolveName } from "../definition/definitions.ts";
import type { Event } from "../model/event.ts";
import { emit, jobOf, type Turn, unitOf } from "../turn.ts";
import { activeStateOf } from "./active-state.ts";

const BUSY = ["org.freedesktop.systemd1.UnitBusy", "Unit is not inactive or has pending job."] as const;

/** CleanUnit (systemctl(1), clean): the directories of a unit that rests are removed. */
export function onClean(turn: Turn, event: Extract<Event, { readonly kind: "clean" }>): void {
  const unit = resolveName(turn.state, event.unit);
  const refused = refusal(turn, unit, event.what);
  if (refused === undefined) emit(turn, { kind: "reply", request: event.request, result: {} });
  else {
    const [error, message] = refused;
    emit(turn, { kind: "reply", request: event.request, result: { error, message } });
  }
}

/** Why not, in systemd's words; undefined when it has begun. */
function refusal(
  turn: Turn,
  unit: string,
  asked: Extract<Event, { readonly kind: "clean" }>["what"],
): readonly [error: string, message: string] | undefined {
  const definition = definitionOf(turn.state, unit);
  const { clean } = turn.engine.machineOf(unit);
  if (clean === undefined)
    return ["org.freedesktop.DBus.Error.NotSupported", `Unit '${unit}' does not support cleaning.`];
  const state = activeStateOf(unitOf(turn, unit).machine, definition?.service?.type);
  const loaded = definition?.loadState === "loaded";
  if (loaded && (jobOf(turn, unit) !== undefined || state !== "inactive")) return BUSY;
  const what = loaded ? definition.cleanable.filter((resource) => asked.includes(resource)) : [];
  if (what.length === 0) return ["org.freedesktop.systemd1.NothingToClean", "No matching resources found."];
  return clean(turn, unit, what) === "busy" ? BUSY : undefined;
}
