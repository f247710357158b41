import { parseTimespan } from "@steward/time";
import { type Kind, type Rlimit, toU64 } from "./kind.ts";
import { parseInteger, parseSize } from "./numbers.ts";

type Unit = "count" | "bytes" | "seconds" | "microseconds" | "nice";

/** Which limits count what (systemd.exec(5), "Process properties"). */
const units: Readonly<Record<string, Unit>> = {
  CPU: "seconds",
  FSIZE: "bytes",
  DATA: "bytes",
  STACK: "bytes",
  CORE: "bytes",
  RSS: "bytes",
  NOFILE: "count",
  AS: "bytes",
  NPROC: "count",
  MEMLOCK: "bytes",
  LOCKS: "count",
  SIGPENDING: "count",
  MSGQUEUE: "bytes",
  NICE: "nice",
  RTPRIO: "count",
  RTTIME: "microseconds",
};

/** Every limit's name without "Limit", in the order of D-Bus. */
export const limitNames = Object.keys(units);

function parseOne(text: string, unit: Unit): number | undefined {
  if (text === "infinity") return Number.POSITIVE_INFINITY;
  switch (unit) {
    case "bytes":
      return parseSize(text);
    case "count":
      return parseInteger(text, 0, Number.MAX_SAFE_INTEGER);
    case "seconds": {
      const usec = parseTimespan(text, 1_000_000);
      return usec === undefined || usec === Number.POSITIVE_INFINITY ? usec : Math.ceil(usec / 1_000_000);
    }
    case "microseconds":
      return parseTimespan(text, 1);
    case "nice": {
      // A sign means a nice level, -20 to 19; without one it is the kernel's 20 minus nice.
      if (text.startsWith("+") || text.startsWith("-")) {
        const nice = parseInteger(text, -20, 19);
        return nice === undefined ? undefined : 20 - nice;
      }
      return parseInteger(text, 1, 40) ?? (text === "0" ? 0 : undefined);
    }
  }
}

/** "soft:hard" or one value for both; undefined where it is none, "soft-above-hard" where it is contradictory. */
export function parseRlimit(text: string, name: string): Rlimit | "soft-above-hard" | undefined {
  const unit = units[name] ?? "count";
  const colon = text.indexOf(":");
  const soft = parseOne(colon < 0 ? text : text.slice(0, colon), unit);
  const hard = colon < 0 ? soft : parseOne(text.slice(colon + 1), unit);
  if (soft === undefined || hard === undefined) return undefined;
  return soft > hard ? "soft-above-hard" : { soft, hard };
}

/** A resource limit; unset means the manager's own. */
export function rlimit(name: string): Kind<Rlimit | undefined> {
  return {
    name: "resource limit",
    signature: "t",
    repeats: "replaces",
    initial: undefined,
    assign(previous, a) {
      const limit = parseRlimit(a.value, name);
      if (limit === "soft-above-hard") {
        a.warn(`Soft resource limit chosen higher than hard limit, ignoring: ${a.value}`);
      } else if (limit === undefined) a.warn(`Failed to parse resource value, ignoring: ${a.value}`);
      else return limit;
      return previous;
    },
    toBus: (v) => toU64(v?.hard ?? Number.POSITIVE_INFINITY),
  };
}
