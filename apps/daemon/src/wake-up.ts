/** A timer as far as waking up goes: when it is due at the earliest, and when at the latest, in microseconds on one clock. */
export interface Window {
  readonly fromUsec: number;
  readonly untilUsec: number;
}

/** The spots within a minute at which wake-ups gather, from the widest on. */
const stridesUsec = [60_000_000, 10_000_000, 1_000_000, 250_000] as const;

/**
 * When to wake up for these timers: as late as the least patient allows, but at the machine's common spot where its window has
 * one, so that timers that are due at about the same time elapse together (systemd.timer(5), AccuracySec=: "synchronized between all
 * local timer units"). `spotUsec` is the machine's, below one minute. A window of no width is its only moment.
 */
export function chooseWakeUp(windows: Iterable<Window>, spotUsec: number): number {
  let from = Number.POSITIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  for (const { fromUsec, untilUsec } of windows) {
    from = Math.min(from, fromUsec);
    until = Math.min(until, untilUsec);
  }
  if (until <= from + 1 || from <= 0) return from;
  for (const stride of stridesUsec) {
    let spot = Math.floor(until / stride) * stride + (spotUsec % stride);
    if (spot >= until) spot -= stride;
    if (spot >= from) return spot;
  }
  return until;
}

/** The machine's spot, of its boot id: other machines wake up at other moments of a minute. */
export function wakeUpSpot(bootId: string): number {
  const hex = bootId.replaceAll("-", "").padEnd(32, "0");
  const half = (at: number): bigint => Buffer.from(hex.slice(at, at + 16), "hex").readBigUInt64LE();
  return Number((half(0) ^ half(16)) % 60_000_000n);
}
