import { definitionOf } from "../definition/definitions.ts";
import type { CoreState } from "../model/state.ts";
import { activeStateOf, isInactiveOrFailed } from "../unit/active-state.ts";

/** `systemctl is-system-running`: SystemState of org.freedesktop.systemd1.Manager. */
export type SystemState = "initializing" | "starting" | "running" | "degraded" | "maintenance" | "stopping";

function activeOrPending(state: CoreState, id: string): boolean {
  const unit = state.units.get(id);
  if (unit === undefined) return false;
  const job = unit.job === undefined ? undefined : state.jobs.get(unit.job);
  if (job !== undefined && (job.type === "start" || job.type === "restart" || job.type === "reload")) return true;
  return !isInactiveOrFailed(activeStateOf(unit.machine, undefined));
}

/** How many units are in the state failed (NFailedUnits). */
export function failedUnits(state: CoreState): number {
  let count = 0;
  for (const [id, unit] of state.units)
    if (activeStateOf(unit.machine, definitionOf(state, id)?.service?.type) === "failed") count++;
  return count;
}

export function systemState(state: CoreState): SystemState {
  const { startup } = state.counters;
  if (activeOrPending(state, "shutdown.target")) return "stopping";
  if (startup === "initializing") return "initializing";
  if (startup === "starting") return "starting";
  if (activeOrPending(state, "rescue.target") || activeOrPending(state, "emergency.target")) return "maintenance";
  return failedUnits(state) > 0 ? "degraded" : "running";
}
