import type { JobType } from "@steward/graph";
import { definitionOf, resolveName } from "../definition/definitions.ts";
import type { CoreState } from "../model/state.ts";
import { type ActiveState, activeStateOf, subStateOf } from "../unit/active-state.ts";
import { blankUnit } from "../unit/blank.ts";

/** A row of `systemctl list-units`. */
export interface UnitView {
  readonly id: string;
  readonly description: string;
  readonly loadState: string;
  readonly activeState: ActiveState;
  readonly subState: string;
  readonly job: { readonly id: number; readonly type: JobType } | undefined;
}

/** One unit as clients see it, by id or alias; one that nobody loaded is inactive and not found. */
export function unitView(state: CoreState, name: string): UnitView {
  const id = resolveName(state, name);
  const definition = definitionOf(state, id);
  const unit = state.units.get(id) ?? blankUnit(definition, id);
  const queued = unit.job ?? unit.nopJob;
  const job = queued === undefined ? undefined : state.jobs.get(queued);
  const type = definition?.service?.type;
  // systemd's child of Type=idle waits by itself: its service is seen to run from the beginning.
  const waits = type === "idle" && unit.machine.type === "service" && unit.machine.state.kind === "start";
  return {
    id,
    description: definition?.description || id,
    loadState: definition?.loadState ?? "not-found",
    activeState: activeStateOf(unit.machine, definition?.service?.type),
    subState: waits ? "running" : subStateOf(unit.machine),
    job: job === undefined ? undefined : { id: job.id, type: job.type },
  };
}

/** All units: those that are defined, and those that are remembered though their file is gone. */
export function listUnits(state: CoreState): readonly UnitView[] {
  const ids = new Set([...state.definitions.loaded.keys(), ...state.units.keys()]);
  return [...ids].map((id) => unitView(state, id));
}
