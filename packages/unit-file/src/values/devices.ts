import { parseTimespan } from "@steward/time";
import { isNormalizedPath, simplifyPath } from "../escape-name.ts";
import { nextWord } from "../words.ts";
import { type Kind, toU64 } from "./kind.ts";
import { parseInteger, parseSize, why } from "./numbers.ts";

/** A device (a path) with a number: a weight, a bandwidth, a latency. */
export interface DeviceNumber {
  readonly path: string;
  readonly value: number;
}

/** `PATH NUMBER`; a second one for a path replaces the first. */
function deviceNumbers(
  name: string,
  what: string,
  parse: (text: string) => number | undefined,
  bad: (text: string) => string,
): Kind<readonly DeviceNumber[]> {
  return {
    name,
    signature: "a(st)",
    repeats: "adds",
    initial: [],
    assign(previous, a) {
      if (a.value === "") return [];
      const first = nextWord(a.value, 0, { unquote: true });
      const rest = typeof first === "string" ? "" : a.value.slice(first.next);
      if (typeof first === "string" || rest === "") {
        a.warn(
          first === "malformed"
            ? `Failed to extract ${what} from '${a.value}', ignoring.`
            : `Invalid ${what.replace(" and ", " or ")} specified in '${a.value}', ignoring.`,
        );
        return previous;
      }
      const path = a.expand(first.word);
      if (path === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${first.word}', ignoring: ${a.expandError()}`);
        return previous;
      }
      // Any path will do here, /dev or not, absolute or not.
      if (!isNormalizedPath(simplifyPath(path))) {
        a.warn(`${a.directive}= path is not normalized, ignoring: ${path}`);
        return previous;
      }
      const value = parse(rest);
      if (value === undefined) {
        a.warn(bad(rest));
        return previous;
      }
      const simple = simplifyPath(path);
      const others = previous.filter((d) => d.path !== simple);
      return [...others, { path: simple, value }];
    },
    // No limit is not shown.
    toBus: (v) => v.filter((d) => d.value !== Number.POSITIVE_INFINITY).map((d) => [d.path, toU64(d.value)]),
  };
}

export const ioDeviceWeight = deviceNumbers(
  "device and weight",
  "device path and weight",
  (t) => parseInteger(t, 1, 10000),
  (t) => `IO weight '${t}' invalid, ignoring: ${why(t)}`,
);

export const ioLimit = deviceNumbers(
  "device and bandwidth",
  "device node and bandwidth",
  (t) => (t === "infinity" ? Number.POSITIVE_INFINITY : parseSize(t, 1000) || undefined),
  (t) => `Invalid IO limit '${t}', ignoring.`,
);

export const ioLatency = deviceNumbers(
  "device and latency",
  "device path and latency",
  (t) => parseTimespan(t),
  (t) => `Failed to parse timer value, ignoring: ${t}`,
);

export const blockIoDeviceWeight = deviceNumbers(
  "device and weight",
  "device node and weight",
  (t) => parseInteger(t, 10, 1000),
  (t) => `Invalid block IO weight '${t}', ignoring: ${why(t)}`,
);

export const blockIoBandwidth = deviceNumbers(
  "device and bandwidth",
  "device node and bandwidth",
  (t) => parseSize(t, 1000) || undefined,
  (t) => `Invalid Block IO Bandwidth '${t}', ignoring.`,
);

/** DeviceAllow=: a node, or `char-NAME`, `block-NAME`, with some of r, w, m. */
export interface DeviceRule {
  readonly path: string;
  readonly access: string;
}

export const deviceAllow: Kind<readonly DeviceRule[]> = {
  name: "device and access",
  signature: "a(ss)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const first = nextWord(a.value, 0, { unquote: true });
    if (typeof first === "string") {
      a.warn(`Failed to extract device path and rights from '${a.value}', ignoring.`);
      return previous;
    }
    const access = a.value.slice(first.next);
    const expanded = a.expand(first.word);
    if (expanded === undefined) {
      a.warn(`Failed to resolve unit specifiers in '${first.word}', ignoring: ${a.expandError()}`);
      return previous;
    }
    const isClass = /^(char|block)-./.test(expanded);
    const path = isClass ? expanded : simplifyPath(expanded);
    if (!isClass) {
      if (!isNormalizedPath(path)) {
        a.warn(`${a.directive}= path is not normalized, ignoring: ${path}`);
        return previous;
      }
      if (!/^\/(dev\/.|run\/systemd\/inaccessible\/)/.test(path)) {
        a.warn(`Invalid device node path '${path}', ignoring.`);
        return previous;
      }
    }
    if (access !== "" && !/^[rwm]+$/.test(access)) {
      a.warn(`Invalid device rights '${access}', ignoring.`);
      return previous;
    }
    const rights = access === "" ? "rwm" : ["r", "w", "m"].filter((r) => access.includes(r)).join("");
    // The last one written stands first.
    return [{ path, access: rights }, ...previous];
  },
  toBus: (v) => v.map((d) => [d.path, d.access]),
};
