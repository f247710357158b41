import { parseTimespan } from "@steward/time";
import { type Kind, toU64 } from "./kind.ts";
import { parseInteger } from "./numbers.ts";

/** Nice=: -20 to 19; unset: the manager's. */
export const nice: Kind<number | undefined> = {
  name: "nice level",
  signature: "i",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const value = parseInteger(a.value, -20, 19);
    if (value !== undefined) return value;
    if (parseInteger(a.value, -(2 ** 63), 2 ** 63) !== undefined) {
      a.warn(`Nice priority out of range, ignoring: ${a.value}`);
    } else a.warn(`Failed to parse nice priority '${a.value}', ignoring: Invalid argument`);
    return previous;
  },
  toBus: (v) => v ?? 0,
};

/** OOMScoreAdjust=: -1000 to 1000; unset: the manager's. */
export const oomScoreAdjust: Kind<number | undefined> = {
  name: "number from -1000 to 1000",
  signature: "i",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const value = parseInteger(a.value, -1000, 1000);
    if (value !== undefined) return value;
    if (parseInteger(a.value, -2147483648, 2147483647) !== undefined) {
      a.warn(`OOM score adjust value out of range, ignoring: ${a.value}`);
    } else a.warn(`Failed to parse the OOM score adjust value '${a.value}', ignoring: Invalid argument`);
    return previous;
  },
  toBus: (v) => v ?? 0,
};

/** A number by name or as itself, unset until given. */
export function optionalNumber(
  name: string,
  words: Readonly<Record<string, number>>,
  range: readonly [number, number],
  message: (text: string) => string,
  outOfRange?: (text: string) => string,
): Kind<number | undefined> {
  return {
    name,
    signature: "i",
    repeats: "replaces",
    initial: undefined,
    choices: Object.keys(words),
    assign(previous, a) {
      if (a.value === "") return undefined;
      const value = Object.hasOwn(words, a.value) ? words[a.value] : parseInteger(a.value, range[0], range[1]);
      if (value === undefined) {
        const isNumber = parseInteger(a.value, -2147483648, 2147483647) !== undefined;
        a.warn(isNumber && outOfRange ? outOfRange(a.value) : message(a.value));
      }
      return value ?? previous;
    },
    toBus: (v) => v ?? 0,
  };
}

export const ioSchedulingClasses = { none: 0, realtime: 1, "best-effort": 2, idle: 3 };

export const cpuSchedulingPolicies = { other: 0, batch: 3, idle: 5, fifo: 1, rr: 2 };

export const numaPolicies = { default: 0, preferred: 1, bind: 2, interleave: 3, local: 4 };

/** TimerSlackNSec=: nanoseconds; unset: the manager's. */
export const timerSlack: Kind<number | undefined> = {
  name: "time span in nanoseconds",
  signature: "t",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    const text = a.value.trim();
    if (text === "infinity") return undefined;
    // Without a unit it is nanoseconds; parseTimespan counts microseconds, so a plain number is scaled apart.
    const plain = /^[0-9]+(ns|nsec)?$/.exec(text);
    const usec = plain ? undefined : parseTimespan(text);
    const value = plain ? Number(text.replace(/n.*/, "")) : usec === undefined ? undefined : usec * 1000;
    if (value === undefined) a.warn(`Failed to parse nsec value, ignoring: ${a.value}`);
    return value ?? previous;
  },
  toBus: (v) => toU64(v ?? 50_000),
};
