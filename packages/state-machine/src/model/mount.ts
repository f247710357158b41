import type { Controlled } from "./controlled.ts";
import type { MountDirective } from "./effect.ts";

/**
 * A mount point's life (systemd.mount(5); the names are those of `systemctl show -p SubState`):
 *
 *   dead -> mounting -> mounting-done -> mounted -> (remounting) -> unmounting -> dead | failed
 *
 * /bin/mount and /bin/umount do the work; /proc/self/mountinfo says what came of it. Whoever else mounts or unmounts moves the unit too.
 */
export type MountState =
  | "dead"
  | "mounting"
  | "mounting-done"
  | "mounted"
  | "remounting"
  | "unmounting"
  | "remounting-sigterm"
  | "remounting-sigkill"
  | "unmounting-sigterm"
  | "unmounting-sigkill"
  | "failed";

/** systemd's Result= of a mount (org.freedesktop.systemd1(5)). */
export type MountResult =
  | "success"
  | "resources"
  | "timeout"
  | "exit-code"
  | "signal"
  | "core-dump"
  | "start-limit-hit"
  | "protocol";

/** What /proc/self/mountinfo says of a mount point. */
export interface FoundMount {
  readonly what: string;
  readonly type: string;
  readonly options: string;
}

/** A mount unit's own record. */
export interface MountData extends Controlled<MountDirective> {
  readonly type: "mount";
  readonly state: MountState;
  readonly result: MountResult;
  readonly reloadResult: MountResult;
  /** Undefined: nothing is mounted there. */
  readonly found: FoundMount | undefined;
  /** How often umount(8) was run again because mounts lie on top of each other. */
  readonly retries: number;
}
