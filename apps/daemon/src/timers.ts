import type { Clock } from "./clock.ts";
import { letGoOfTimer } from "./kernel-timer.ts";
import type { RecordedTimer } from "./record/shell-state.ts";
import { chooseWakeUp, type Window } from "./wake-up.ts";

/** setTimeout fires at once beyond 2^31-1 ms: a longer wait is made in pieces. */
const longestMs = 2 ** 31 - 1;

/**
 * One real timer for all recorded ones, so that an idle manager sleeps. The map is the shell's recorded state; `refresh` is
 * called after it, or a clock, may have changed.
 */
export class Timers {
  private readonly clock: Clock;
  private readonly spotUsec: number;
  private readonly fire: (key: string) => void;
  private handle: NodeJS.Timeout | undefined;
  private armedForUsec = Number.POSITIVE_INFINITY;

  /** `spotUsec`: where in a minute wake-ups gather. */
  constructor(clock: Clock, spotUsec: number, fire: (key: string) => void) {
    this.clock = clock;
    this.spotUsec = spotUsec;
    this.fire = fire;
  }

  refresh(timers: ReadonlyMap<string, RecordedTimer>): void {
    const wait = this.wait(timers);
    const deadline = this.clock.monotonicUsec() + wait;
    if (this.handle !== undefined && Math.abs(deadline - this.armedForUsec) < 500) return;
    if (this.handle !== undefined && deadline > this.armedForUsec) letGoOfTimer();
    clearTimeout(this.handle);
    this.handle = undefined;
    this.armedForUsec = deadline;
    if (wait === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(longestMs, Math.max(0, Math.ceil(wait / 1000)));
    this.handle = setTimeout(() => this.expire(timers), waitMs);
  }

  /** Until the next wake-up, each clock having its own. */
  private wait(timers: ReadonlyMap<string, RecordedTimer>): number {
    const windows = new Map<RecordedTimer["clock"], Window[]>();
    for (const { clock, atUsec, accuracyUsec = 0 } of timers.values()) {
      const window = { fromUsec: atUsec, untilUsec: atUsec + accuracyUsec };
      const known = windows.get(clock);
      if (known === undefined) windows.set(clock, [window]);
      else known.push(window);
    }
    let wait = Number.POSITIVE_INFINITY;
    for (const [clock, list] of windows) {
      // We are awake: what is due elapses now, however patient it is.
      const nowUsec = -this.clock.until(clock, 0);
      if (list.some(({ fromUsec }) => fromUsec <= nowUsec)) return 0;
      wait = Math.min(wait, this.clock.until(clock, chooseWakeUp(list, this.spotUsec)));
    }
    return wait;
  }

  private expire(timers: ReadonlyMap<string, RecordedTimer>): void {
    this.handle = undefined;
    const due = [...timers]
      .map(([key, timer]) => ({ key, left: this.clock.until(timer.clock, timer.atUsec) }))
      .filter(({ left }) => left <= 0)
      .sort((a, b) => a.left - b.left);
    for (const { key } of due) if (timers.has(key)) this.fire(key);
    this.refresh(timers);
  }
}
