import type { ServiceType } from "../definition/definition.ts";
import type { ServiceStateKind } from "../model/service.ts";
import type { MachineData } from "../model/state.ts";

/** systemd(1), "Units": what every type's sub-states come down to. */
export type ActiveState =
  | "active"
  | "reloading"
  | "inactive"
  | "failed"
  | "activating"
  | "deactivating"
  | "maintenance";

const service: Readonly<Record<ServiceStateKind, ActiveState>> = {
  dead: "inactive",
  failed: "failed",
  "auto-restart": "activating",
  condition: "activating",
  "start-pre": "activating",
  start: "activating",
  "start-post": "activating",
  running: "active",
  exited: "active",
  reload: "reloading",
  "reload-signal": "reloading",
  "reload-notify": "reloading",
  stop: "deactivating",
  "stop-watchdog": "deactivating",
  "stop-sigterm": "deactivating",
  "stop-sigkill": "deactivating",
  "stop-post": "deactivating",
  "final-watchdog": "deactivating",
  "final-sigterm": "deactivating",
  "final-sigkill": "deactivating",
  cleaning: "maintenance",
};

/** Type=idle counts as active from its first step on, so that nobody waits for what waits for everybody. */
const idleActive: ReadonlySet<ServiceStateKind> = new Set(["condition", "start-pre", "start", "start-post"]);

/** Sub-states of the other types; none of these words means two things. */
const others: Readonly<Record<string, ActiveState>> = {
  dead: "inactive",
  failed: "failed",
  cleaning: "maintenance",
  // target, slice, swap
  active: "active",
  activating: "activating",
  "activating-done": "active",
  deactivating: "deactivating",
  "deactivating-sigterm": "deactivating",
  "deactivating-sigkill": "deactivating",
  // scope, timer, path, automount, socket
  running: "active",
  abandoned: "active",
  waiting: "active",
  elapsed: "active",
  listening: "active",
  "start-pre": "activating",
  "start-chown": "activating",
  "start-post": "activating",
  "stop-pre": "deactivating",
  "stop-pre-sigterm": "deactivating",
  "stop-pre-sigkill": "deactivating",
  "stop-post": "deactivating",
  "stop-sigterm": "deactivating",
  "stop-sigkill": "deactivating",
  "final-sigterm": "deactivating",
  "final-sigkill": "deactivating",
  // mount
  mounted: "active",
  mounting: "activating",
  "mounting-done": "active",
  remounting: "reloading",
  "remounting-sigterm": "reloading",
  "remounting-sigkill": "reloading",
  unmounting: "deactivating",
  "unmounting-sigterm": "deactivating",
  "unmounting-sigkill": "deactivating",
  // device
  plugged: "active",
  tentative: "activating",
};

export function activeStateOf(machine: MachineData, serviceType: ServiceType | undefined): ActiveState {
  if (machine.type !== "service") return others[machine.state] ?? "inactive";
  const kind = machine.state.kind;
  return serviceType === "idle" && idleActive.has(kind) ? "active" : service[kind];
}

/** SubState=, the machine's own word. */
export function subStateOf(machine: MachineData): string {
  return machine.type === "service" ? machine.state.kind : machine.state;
}

export const isActiveOrReloading = (s: ActiveState): boolean => s === "active" || s === "reloading";
export const isActiveOrActivating = (s: ActiveState): boolean =>
  s === "active" || s === "reloading" || s === "activating";
export const isInactiveOrFailed = (s: ActiveState): boolean => s === "inactive" || s === "failed";
export const isInactiveOrDeactivating = (s: ActiveState): boolean =>
  s === "inactive" || s === "failed" || s === "deactivating";
