import { type Facts, type Kind, toU64, U64_MAX } from "./kind.ts";
import { parseInteger, parsePermyriad, parseSize, why } from "./numbers.ts";

/** A weight within bounds; unset is what the kernel gives. */
export function weight(min: number, max: number, message: (text: string) => string): Kind<number | undefined> {
  return {
    name: "weight",
    signature: "t",
    repeats: "replaces",
    initial: undefined,
    assign(previous, a) {
      if (a.value === "") return undefined;
      const value = parseInteger(a.value, min, max);
      if (value === undefined) a.warn(message(a.value));
      return value ?? previous;
    },
    toBus: (v) => (v === undefined ? U64_MAX : BigInt(v)),
  };
}

/** CPUWeight=: 1 to 10000, or `idle`, which is 0. */
export const cpuWeight: Kind<number | undefined> = {
  ...weight(1, 10000, (t) => `Invalid CPU weight, ignoring: ${t}`),
  choices: ["idle"],
  assign(previous, a) {
    if (a.value === "") return undefined;
    if (a.value === "idle") return 0;
    const value = parseInteger(a.value, 1, 10000);
    if (value === undefined) a.warn(`Invalid CPU weight, ignoring: ${a.value}`);
    return value ?? previous;
  },
};

/** A minus where a size begins is out of range, anything else is no size at all. */
function whySize(text: string): string {
  return /^([0-9.]+[KMGTPEB]?\s*)*-[0-9]/.test(text) ? "Numerical result out of range" : "Invalid argument";
}

/** CPUQuota=: microseconds of CPU time for each second; Infinity is no quota. */
export const cpuQuota: Kind<number> = {
  name: "percentage",
  signature: "t",
  repeats: "replaces",
  initial: Number.POSITIVE_INFINITY,
  assign(previous, a) {
    if (a.value === "") return Number.POSITIVE_INFINITY;
    const value = parsePermyriad(a.value, false);
    if (value === undefined || value === 0) {
      a.warn(`Invalid CPU quota '${a.value}', ignoring.`);
      return previous;
    }
    return value * 100;
  },
  toBus: toU64,
};

/** The physical memory in 4 KiB pages times a share, as systemd counts it. */
function memoryShare(facts: Facts, permyriad: number): number {
  const pages = Math.floor(facts.physicalMemoryBytes / 4096);
  return Math.floor((pages * permyriad) / 10_000) * 4096;
}

/** A memory limit: a size, a percentage of the machine's memory, or infinity. `minimum`: whether 0 is allowed. */
export function memoryLimit(initial: number, zeroAllowed: boolean): Kind<number> {
  return {
    name: "memory limit",
    signature: "t",
    repeats: "replaces",
    initial,
    assign(previous, a) {
      // An empty MemoryMin= or MemoryLow= takes the protection away, an empty limit lifts it.
      if (a.value === "") return zeroAllowed && /(Min|Low)$/.test(a.directive) ? 0 : Number.POSITIVE_INFINITY;
      if (a.value === "infinity") return Number.POSITIVE_INFINITY;
      const share = parsePermyriad(a.value);
      const bytes = share === undefined ? parseSize(a.value) : memoryShare(a.facts, share);
      if (bytes === undefined) a.warn(`Invalid memory limit '${a.value}', ignoring: ${whySize(a.value)}`);
      else if (bytes === 0 && !zeroAllowed) a.warn(`Memory limit '${a.value}' out of range, ignoring.`);
      else return bytes;
      return previous;
    },
    toBus: toU64,
  };
}

/** TasksMax=: a number, a percentage of the system's limit, or infinity. Unset: the manager's default. */
export const tasksMax: Kind<number | undefined> = {
  name: "number of tasks",
  signature: "t",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    if (a.value === "infinity") return Number.POSITIVE_INFINITY;
    const share = parsePermyriad(a.value);
    const value =
      share === undefined
        ? parseInteger(a.value, 0, Number.MAX_SAFE_INTEGER)
        : Math.floor((a.facts.tasksMax * share) / 10_000);
    if (value === undefined) a.warn(`Invalid maximum tasks value '${a.value}', ignoring: ${why(a.value)}`);
    else if (value === 0) a.warn(`Maximum tasks value '${a.value}' out of range, ignoring.`);
    else return value;
    return previous;
  },
  toBus: (v) => toU64(v ?? Number.POSITIVE_INFINITY),
};
