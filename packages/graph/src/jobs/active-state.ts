/** ActiveState= as in org.freedesktop.systemd1(5). */
export type ActiveState =
  | "active"
  | "reloading"
  | "inactive"
  | "failed"
  | "activating"
  | "deactivating"
  | "maintenance";

/** systemd's UNIT_IS_INACTIVE_OR_FAILED. */
export function isInactiveOrFailed(state: ActiveState): boolean {
  return state === "inactive" || state === "failed";
}

/** systemd's UNIT_IS_ACTIVE_OR_RELOADING. */
export function isActiveOrReloading(state: ActiveState): boolean {
  return state === "active" || state === "reloading";
}

/** systemd's UNIT_IS_ACTIVE_OR_ACTIVATING. */
export function isActiveOrActivating(state: ActiveState): boolean {
  return state === "active" || state === "activating" || state === "reloading";
}
