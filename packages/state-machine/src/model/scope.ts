import type { Token } from "./event.ts";

/** A process as a client named it: its pid, and when it began (field 22 of proc(5)'s stat), so that a number used anew is recognised. */
export interface ProcessName {
  readonly pid: number;
  readonly startTicks: number;
}

/** systemd.scope(5): states of a group of processes that others started. `start-chown` lasts until the keeper has taken the first in. */
type ScopeState = "dead" | "start-chown" | "running" | "abandoned" | "stop-sigterm" | "stop-sigkill" | "failed";

/** Result= of org.freedesktop.systemd1.Scope. */
export type ScopeResult = "success" | "resources" | "timeout" | "oom-kill";

/** A scope's own record. */
export interface ScopeData {
  readonly type: "scope";
  readonly state: ScopeState;
  readonly result: ScopeResult;
  /** Processes that the start is to take in. */
  readonly given: readonly ProcessName[];
  /** Those that the keeper was asked to take in and has not answered for. */
  readonly joining: readonly Token[];
  /** AbandonScope: whoever made the scope looks after it no more. */
  readonly abandoned: boolean;
  /** Controller=: the name on the bus that is asked to end the scope before anything is killed. */
  readonly controller: string;
}
