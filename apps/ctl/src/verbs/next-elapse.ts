/** When a timer elapses next, of its two clocks. */
import { monotonicUsec, nowUsec } from "../print/clock.ts";

const NEVER = 0xffff_ffff_ffff_ffffn;

/** A moment from the bus: 0 where it is not set. */
export function moment(value: unknown): number {
  return typeof value === "bigint" && value !== NEVER ? Number(value) : 0;
}

/** The next elapse in microseconds since 1970, 0 where there is none. */
export function nextElapse(realtime: unknown, monotonic: unknown): number {
  const [real, mono] = [moment(realtime), moment(monotonic)];
  if (mono === 0) return real;
  const converted = nowUsec() + (mono - monotonicUsec());
  return real === 0 ? converted : Math.min(converted, real);
}
