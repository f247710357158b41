import type { Now } from "@steward/state-machine";

/** The clocks of this process. CLOCK_BOOTTIME is the monotonic clock plus what the machine has slept, as the keeper last told. */
export class Clock {
  private sleptUsec = 0;
  /** How far the wall clock is ahead of the monotonic one. */
  private aheadUsec = 0;

  /** Takes what the keeper read, to know how far boottime is ahead. */
  learn(monotonicUsec: number, boottimeUsec: number): void {
    this.sleptUsec = Math.max(0, boottimeUsec - monotonicUsec);
  }

  monotonicUsec(): number {
    return Number(process.hrtime.bigint() / 1000n);
  }

  now(): Now {
    const monotonicUsec = this.monotonicUsec();
    return {
      monotonicUsec,
      boottimeUsec: monotonicUsec + this.sleptUsec,
      realtimeUsec: this.realtimeUsec(monotonicUsec, Date.now() * 1000),
    };
  }

  /**
   * The wall clock, of which only milliseconds can be read, in microseconds that go on with the monotonic clock: two readings never go
   * back, unless somebody sets the clock.
   */
  private realtimeUsec(monotonicUsec: number, wholeUsec: number): number {
    const goesOn = monotonicUsec + this.aheadUsec;
    const usec = Math.min(Math.max(goesOn, wholeUsec), wholeUsec + 999);
    this.aheadUsec = usec - monotonicUsec;
    return usec;
  }

  /** How long until a moment on a clock, in microseconds; negative when it has passed. */
  until(clock: "monotonic" | "boottime" | "realtime", atUsec: number): number {
    const now = this.now();
    return (
      atUsec - (clock === "monotonic" ? now.monotonicUsec : clock === "boottime" ? now.boottimeUsec : now.realtimeUsec)
    );
  }
}
