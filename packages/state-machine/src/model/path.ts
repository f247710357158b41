import type { RateLimit } from "./state.ts";

export type PathState = "dead" | "waiting" | "running" | "failed";
export type PathResult = "success" | "resources" | "start-limit-hit" | "unit-start-limit-hit" | "trigger-limit-hit";

/** Why the paths are being looked at. Only after a change does it count what has come or gone since the last look. */
export type LookReason = "start" | "change" | "trigger-notify";

/**
 * The life of a path unit (systemd.path(5)):
 *
 *     dead ──start: look──> waiting ──a path is as wanted: the unit's start is enqueued──> running ──the unit is at rest: look──> …
 *
 * To look is to check the paths, have them watched, and check again, so that nothing is missed in between. The shell does it and answers;
 * until then the state stays what it is. A watch reports once and is gone, so after each report all is looked at anew: the new
 * watches stand before the old ones go, and a report of either counts.
 */
export interface PathData {
  readonly type: "path";
  readonly state: PathState;
  readonly result: PathResult;
  /** The numbers of the looks whose watches may stand, the current one last. */
  readonly looks: readonly number[];
  /** The current look has not been answered yet. */
  readonly looking: LookReason | undefined;
  /** A watch reported before the look was answered: the path that it reported of, and whether at the path itself. */
  readonly touched: Touch | undefined;
  /** By index of the path: whether it was there at the last look (PathChanged=, PathModified=). */
  readonly existed: readonly boolean[];
  /** TriggerLimitIntervalSec=, TriggerLimitBurst=. */
  readonly triggerLimit: RateLimit;
}

export interface Touch {
  readonly index: number;
  readonly itself: boolean;
}
