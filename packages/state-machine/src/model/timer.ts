import type { DualTimestamp } from "./now.ts";

export type TimerState = "dead" | "waiting" | "running" | "elapsed" | "failed";
export type TimerResult = "success" | "resources" | "start-limit-hit";

/** One On…Sec= or OnCalendar= of a timer, in the order of the definition. */
export interface TimerValue {
  /** When it elapses next (or did last), on its own clock; 0 before the timer has run. */
  readonly nextUsec: number;
  /** It counted from something that happens once (OnActiveSec=, OnBootSec=, OnStartupSec=), and has elapsed. */
  readonly disabled: boolean;
}

/**
 * The life of a timer (systemd.timer(5)):
 *
 *     dead ──start──> waiting ──elapsed: the unit's start is enqueued──> running ──the unit is at rest again──> waiting …
 *                        └──nothing is left that could elapse──> elapsed (or dead, RemainAfterElapse=no)
 *
 * With Persistent= a start first waits for what the stamp file says, still as `dead`.
 */
export interface TimerData {
  readonly type: "timer";
  readonly state: TimerState;
  readonly result: TimerResult;
  /** The next elapse that counts from something monotonic, 0 where nothing does, undefined where none is expected. */
  readonly nextMonotonicUsec: number | undefined;
  /** The next elapse of OnCalendar=, likewise. */
  readonly nextRealtimeUsec: number | undefined;
  readonly lastTrigger: DualTimestamp;
  readonly values: readonly TimerValue[];
  /** The number of the `readStamp` that the start waits for. */
  readonly stamp: number | undefined;
}
