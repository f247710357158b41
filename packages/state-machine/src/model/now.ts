/** The three clocks, read once by whoever made the event. All in microseconds. */
export interface Now {
  readonly monotonicUsec: number;
  readonly boottimeUsec: number;
  readonly realtimeUsec: number;
}

/** A moment on the two clocks that systemd shows; both are 0 when it never happened. */
export interface DualTimestamp {
  readonly realtimeUsec: number;
  readonly monotonicUsec: number;
}
