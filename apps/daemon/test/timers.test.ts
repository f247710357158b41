import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Clock } from "../src/clock.ts";
import type { RecordedTimer } from "../src/record/shell-state.ts";
import { Timers } from "../src/timers.ts";

const second = 1_000_000;
const hour = 3600 * second;

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

/** Timers as the loop keeps them: one that fires is used up. */
function set(recorded: Record<string, RecordedTimer>) {
  const clock = new Clock();
  const map = new Map(Object.entries(recorded));
  const fired: string[] = [];
  const timers = new Timers(clock, 17_300_000, (key) => {
    fired.push(key);
    map.delete(key);
  });
  timers.refresh(map);
  return { clock, map, fired, timers };
}

const realtime = (): number => Date.now() * 1000;

describe("one real timer for all", () => {
  test("each fires at its moment, on its clock", () => {
    const { clock } = set({});
    const { monotonicUsec } = clock.now();
    const { fired } = set({
      a: { clock: "monotonic", atUsec: monotonicUsec + 2 * second },
      b: { clock: "realtime", atUsec: realtime() + second },
      c: { clock: "monotonic", atUsec: monotonicUsec - second },
    });
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(["c"]);
    vi.advanceTimersByTime(1500);
    expect(fired).toEqual(["c", "b"]);
    vi.advanceTimersByTime(1000);
    expect(fired).toEqual(["c", "b", "a"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a wall clock that is set forward brings what it passes, one that is set back delays it", () => {
    const { fired, timers, map } = set({ a: { clock: "realtime", atUsec: realtime() + hour } });
    vi.setSystemTime(Date.now() + 3_600_000);
    timers.refresh(map);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(["a"]);
    map.set("b", { clock: "realtime", atUsec: realtime() + 10 * second });
    vi.setSystemTime(Date.now() - 3_600_000);
    timers.refresh(map);
    vi.advanceTimersByTime(20_000);
    expect(fired).toEqual(["a"]);
    vi.advanceTimersByTime(3_600_000);
    expect(fired).toEqual(["a", "b"]);
  });

  test("a wait beyond 2^31-1 ms is made in pieces", () => {
    const days = 60 * 24 * hour;
    const { fired } = set({ a: { clock: "realtime", atUsec: realtime() + days } });
    vi.advanceTimersByTime(days / 1000 - 1000);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(2000);
    expect(fired).toEqual(["a"]);
  });

  test("patient ones elapse together, and with whatever wakes the manager", () => {
    const at = realtime();
    const { fired, timers, map } = set({
      a: { clock: "realtime", atUsec: at + 10 * second, accuracyUsec: 60 * second },
      b: { clock: "realtime", atUsec: at + 25 * second, accuracyUsec: 60 * second },
      c: { clock: "realtime", atUsec: at + 200 * second, accuracyUsec: 60 * second },
    });
    vi.advanceTimersByTime(9_000);
    timers.refresh(map);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(61_000);
    expect(fired).toEqual(["a", "b"]);
    vi.advanceTimersByTime(135_000);
    timers.refresh(map);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(["a", "b", "c"]);
  });
});

describe("the clocks of the process", () => {
  test("the wall clock goes on with the monotonic one, and follows when it is set", () => {
    const clock = new Clock();
    let last = clock.now().realtimeUsec;
    for (let i = 0; i < 2000; i++) {
      vi.setSystemTime(1_700_000_000_000 + Math.floor(i / 7));
      const { realtimeUsec } = clock.now();
      expect(realtimeUsec).toBeGreaterThanOrEqual(last);
      expect(Math.floor(realtimeUsec / 1000)).toBe(Date.now());
      last = realtimeUsec;
    }
    vi.setSystemTime(1_600_000_000_000);
    expect(Math.floor(clock.now().realtimeUsec / 1000)).toBe(1_600_000_000_000);
  });
});
