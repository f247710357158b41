import type { Effect } from "./model/effect.ts";

/**
 * Hears what a step does while it does it, and sees the state of that moment: a client of systemd is told that a job is
 * gone together with what its unit was just then, though the unit may go on within the same step.
 */
export interface Observer {
  effect(effect: Effect): void;
  /** A unit is about to pass to another state: what has changed before is told as it was. */
  leaving(unit: string): void;
  /** Here systemd's loop would turn once: whatever has changed is to be told, before jobs run or a restart begins. */
  moment(): void;
}
