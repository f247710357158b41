import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseWakeUp, type Window, wakeUpSpot } from "../src/wake-up.ts";

const second = 1_000_000;
const minute = 60 * second;
const spot = 17_300_000;

describe("when to wake up (systemd.timer(5), AccuracySec=)", () => {
  test.each<[string, Window[], number]>([
    ["nothing to wait for", [], Number.POSITIVE_INFINITY],
    ["exactly", [{ fromUsec: 5 * second, untilUsec: 5 * second }], 5 * second],
    ["the minute's spot", [{ fromUsec: 100 * minute, untilUsec: 101 * minute }], 100 * minute + spot],
    [
      "the spot of ten seconds",
      [{ fromUsec: 100 * minute + 20 * second, untilUsec: 100 * minute + 35 * second }],
      100 * minute + 27_300_000,
    ],
    ["the spot of a second", [{ fromUsec: 100 * minute, untilUsec: 100 * minute + second }], 100 * minute + 300_000],
    ["the spot of a quarter", [{ fromUsec: 100 * minute, untilUsec: 100 * minute + 290_000 }], 100 * minute + 50_000],
    [
      "else the last moment",
      [{ fromUsec: 100 * minute + 60_000, untilUsec: 100 * minute + 100_000 }],
      100 * minute + 100_000,
    ],
    [
      "never later than the least patient",
      [
        { fromUsec: 100 * minute, untilUsec: 101 * minute },
        { fromUsec: 100 * minute + 5 * second, untilUsec: 100 * minute + 5 * second },
      ],
      100 * minute + 300_000 + 4 * second,
    ],
  ])("%s", (_, windows, expected) => expect(chooseWakeUp(windows, spot)).toBe(expected));

  const window = fc
    .tuple(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 0, max: 3 * minute }))
    .map(([fromUsec, width]) => ({ fromUsec, untilUsec: fromUsec + width }));

  test("it is never too early for all, and never too late for one", () => {
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 8 }), fc.nat({ max: minute - 1 }), (windows, at) => {
        const chosen = chooseWakeUp(windows, at);
        expect(chosen).toBeGreaterThanOrEqual(Math.min(...windows.map((w) => w.fromUsec)));
        expect(chosen).toBeLessThanOrEqual(Math.min(...windows.map((w) => w.untilUsec)));
      }),
    );
  });

  test("two timers with a minute's patience within the same minute wake the machine once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: minute, max: 1e12 }),
        fc.nat({ max: 20 * second }),
        fc.nat({ max: minute - 1 }),
        (from, apart, at) => {
          const windows = [from, from + apart].map((fromUsec) => ({ fromUsec, untilUsec: fromUsec + minute }));
          const [one, other] = windows.map((w) => chooseWakeUp([w], at)) as [number, number];
          const together = chooseWakeUp(windows, at);
          // Each alone would wake at the same spot of some minute, so together they do at the first of the two.
          expect(together).toBe(Math.min(one, other));
        },
      ),
    );
  });

  test("the spot is the machine's: below a minute, and of its boot", () => {
    const spots = ["0e2e3a1c-6f8f-4a53-9d65-1f2f1f1e9a01", "b1f0a7b2-0000-4a53-9d65-1f2f1f1e9a02"].map(wakeUpSpot);
    for (const one of spots) {
      expect(one).toBeGreaterThanOrEqual(0);
      expect(one).toBeLessThan(minute);
    }
    expect(spots[0]).not.toBe(spots[1]);
  });
});
