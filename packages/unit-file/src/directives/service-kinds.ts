import { parseTimespan } from "@steward/time";
import { type Kind, toU64 } from "../values/kind.ts";

/** A well-known D-Bus name: at least two elements, none of which begins with a digit. */
export function isBusName(text: string): boolean {
  return text.length <= 255 && /^[A-Za-z_-][A-Za-z0-9_-]*(\.[A-Za-z_-][A-Za-z0-9_-]*)+$/.test(text);
}

/** TimeoutAbortSec=: empty goes back to TimeoutStopSec=. */
export const timeoutAbort: Kind<number | undefined> = {
  name: "time span",
  signature: "t",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const value = parseTimespan(a.value);
    if (value === undefined) a.warn(`Failed to parse TimeoutAbortSec= setting, ignoring: ${a.value}`);
    return value ?? previous;
  },
  toBus: (v) => toU64(v ?? Number.POSITIVE_INFINITY),
};

/** OpenFile=PATH[:NAME[:OPTIONS]]: a file that is opened and passed on. */
export interface OpenFile {
  readonly path: string;
  readonly name: string;
  readonly options: readonly string[];
}

export const openFiles: Kind<readonly OpenFile[]> = {
  name: "path, name and options",
  signature: "a(sst)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const expanded = a.expand(a.value);
    const [path = "", name = "", options = ""] = (expanded ?? "").split(":");
    const list = options === "" ? [] : options.split(",");
    const known = list.every((o) => ["read-only", "append", "truncate", "graceful"].includes(o));
    if (!path.startsWith("/") || !known) {
      a.warn(`Could not parse OpenFile= setting, ignoring: ${a.value}`);
      return previous;
    }
    return [...previous, { path, name: name === "" ? (path.split("/").pop() ?? "") : name, options: list }];
  },
  toBus: (v) => v.map((f) => [f.path, f.name, BigInt(flags(f.options))]),
};

function flags(options: readonly string[]): number {
  return ["read-only", "append", "truncate", "graceful"].reduce(
    (n, o, i) => (options.includes(o) ? n | (1 << i) : n),
    0,
  );
}
