import type { RateLimit } from "../model/state.ts";

/** Counts one more event. `below` is false when more than `burst` fell into `intervalUsec`; either being 0 means no limit. */
export function rateLimit(
  limit: RateLimit,
  intervalUsec: number,
  burst: number,
  nowUsec: number,
): { readonly limit: RateLimit; readonly below: boolean } {
  if (intervalUsec <= 0 || burst <= 0) return { limit, below: true };
  if (limit.count === 0 || nowUsec - limit.beginUsec > intervalUsec)
    return { limit: { beginUsec: nowUsec, count: 1 }, below: true };
  return { limit: { beginUsec: limit.beginUsec, count: limit.count + 1 }, below: limit.count < burst };
}
