import type { Now } from "../model/now.ts";

export type ClockName = "monotonic" | "boottime" | "realtime";

/** A Tuesday in November 2023: what the real-time clock shows when the simulated machine starts. */
const EPOCH_USEC = 1_700_000_000_000_000;

/**
 * The three clocks of a simulated machine. Monotonic time is what the simulation counts; a suspended machine's boottime goes on
 * without it, and the real-time clock is set forward and back by whoever likes.
 */
export class Clocks {
  monotonicUsec = 1_000_000;
  #suspendedUsec = 0;
  #setUsec = 0;

  now(): Now {
    return {
      monotonicUsec: this.monotonicUsec,
      boottimeUsec: this.read("boottime"),
      realtimeUsec: this.read("realtime"),
    };
  }

  read(clock: ClockName): number {
    const boottime = this.monotonicUsec + this.#suspendedUsec;
    if (clock === "realtime") return EPOCH_USEC + boottime + this.#setUsec;
    return clock === "boottime" ? boottime : this.monotonicUsec;
  }

  /** The monotonic moment at which a clock will show a time, if nobody sets it; the present one when that is past. */
  due(clock: ClockName, atUsec: number): number {
    return this.monotonicUsec + Math.max(0, atUsec - this.read(clock));
  }

  /** Somebody sets the real-time clock: by so much, forward or back. */
  set(byUsec: number): void {
    this.#setUsec += byUsec;
  }

  /** The machine sleeps: monotonic time stands still. */
  suspend(usec: number): void {
    this.#suspendedUsec += usec;
  }
}
