import type { Clock } from "./clock.ts";
import type { RecordedTimer } from "./record/shell-state.ts";

/** setTimeout fires at once beyond 2^31-1 ms: a longer wait is made in pieces. */
const longestMs = 2 ** 31 - 1;

/**
 * One real timer for the earliest of all recorded ones, so that an idle manager sleeps. The map is the shell's recorded
 * state; `refresh` is called after it may have changed.
 */
export class Timers {
  private readonly clock: Clock;
  private readonly fire: (key: string) => void;
  private handle: NodeJS.Timeout | undefined;
  private armedForUsec = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, fire: (key: string) => void) {
    this.clock = clock;
    this.fire = fire;
  }

  refresh(timers: ReadonlyMap<string, RecordedTimer>): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const timer of timers.values()) earliest = Math.min(earliest, this.clock.until(timer.clock, timer.atUsec));
    const deadline = this.clock.monotonicUsec() + earliest;
    if (this.handle !== undefined && Math.abs(deadline - this.armedForUsec) < 500) return;
    clearTimeout(this.handle);
    this.handle = undefined;
    this.armedForUsec = deadline;
    if (earliest === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(longestMs, Math.max(0, Math.ceil(earliest / 1000)));
    this.handle = setTimeout(() => this.expire(timers), waitMs);
  }

  private expire(timers: ReadonlyMap<string, RecordedTimer>): void {
    this.handle = undefined;
    const due = [...timers]
      .map(([key, timer]) => ({ key, atUsec: timer.atUsec, left: this.clock.until(timer.clock, timer.atUsec) }))
      .filter(({ left }) => left <= 0)
      .sort((a, b) => a.left - b.left);
    for (const { key } of due) if (timers.has(key)) this.fire(key);
    this.refresh(timers);
  }
}
