import { parseTimespan } from "@steward/time";
import { isSafeString } from "../text.ts";
import { type Assignment, type Kind, toU64 } from "./kind.ts";
import { parseBoolean, parseInteger, parseMode, parsePermyriad, parseUnsigned } from "./numbers.ts";

/** A kind whose every assignment replaces the one before. `parse` gives undefined where it has complained. */
export function scalar<V>(
  name: string,
  signature: string,
  initial: V,
  parse: (text: string, a: Assignment) => V | undefined,
  toBus: Kind<V>["toBus"],
  choices?: readonly string[],
): Kind<V> {
  return {
    name,
    signature,
    repeats: "replaces",
    initial,
    ...(choices ? { choices } : {}),
    assign: (previous, a) => parse(a.value, a) ?? previous,
    toBus,
  };
}

function warnAbout<V>(a: Assignment, what: string, value: V | undefined): V | undefined {
  if (value === undefined) a.warn(`Failed to parse ${what} value, ignoring: ${a.value}`);
  return value;
}

/** A boolean with its default. */
export function boolean(initial: boolean): Kind<boolean> {
  return scalar<boolean>(
    "boolean",
    "b",
    initial,
    (text, a) => warnAbout(a, "boolean", parseBoolean(text)),
    (v) => v,
  );
}

/** A boolean that makes the unit unusable when it is wrong: too much hangs on it. */
export const fatalBoolean: Kind<boolean> = scalar<boolean>(
  "boolean",
  "b",
  false,
  (text, a) => {
    const value = parseBoolean(text);
    if (value === undefined) a.refuse(`Failed to parse boolean value: ${text}`);
    return value;
  },
  (v) => v,
);

/** A boolean that may stay unsaid; an empty assignment unsays it. */
export const tristate: Kind<boolean | undefined> = {
  name: "boolean",
  signature: "b",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const value = parseBoolean(a.value);
    if (value !== undefined) return value;
    a.warn(`Failed to parse boolean value, ignoring: ${a.value}`);
    return previous;
  },
  toBus: (v) => v === true,
};

/** An unsigned 32-bit number. */
export function unsigned(initial: number, signature = "u"): Kind<number> {
  return scalar(
    "unsigned number",
    signature,
    initial,
    (t, a) => warnAbout(a, "unsigned", parseUnsigned(t)),
    (v) => v,
  );
}

/** A signed 32-bit number. */
export function integer(initial: number): Kind<number> {
  return scalar(
    "number",
    "i",
    initial,
    (t, a) => warnAbout(a, "int", parseInteger(t, -2147483648, 2147483647)),
    (v) => v,
  );
}

/** A signed 64-bit number; exact up to 2^53. */
export function long(initial: number): Kind<number> {
  return scalar(
    "number",
    "x",
    initial,
    (t, a) => warnAbout(a, "long", parseInteger(t, -(2 ** 63), 2 ** 63 - 1)),
    (v) => BigInt(v),
  );
}

/** An access mode in octal. */
export function mode(initial: number): Kind<number> {
  return scalar(
    "access mode",
    "u",
    initial,
    (t, a) => warnAbout(a, "mode", parseMode(t)),
    (v) => v,
  );
}

/** A time span in microseconds, seconds where no unit is given. */
export function timespan(initial: number): Kind<number> {
  return scalar("time span", "t", initial, (t, a) => warnAbout(a, "sec", parseTimespan(t)), toU64);
}

/** A time span of a job: the message names the directive. */
export function jobTimeout(initial: number): Kind<number> {
  return scalar(
    "time span",
    "t",
    initial,
    (t, a) => {
      const value = parseTimespan(t);
      if (value === undefined) a.warn(`Failed to parse ${a.directive}= parameter, ignoring: ${t}`);
      // 0 switches it off.
      return value === 0 ? Number.POSITIVE_INFINITY : value;
    },
    toU64,
  );
}

/** A time span where 0 means infinity, because people wrote 0 to switch a time-out off (systemd.service(5), TimeoutStartSec=). */
export function timeout(initial: number): Kind<number> {
  return scalar(
    "time span",
    "t",
    initial,
    (t, a) => {
      const value = parseTimespan(t);
      const named = a.section === "Service" && a.directive !== "TimeoutStopSec";
      if (value === undefined) {
        a.warn(
          named
            ? `Failed to parse ${a.directive}= parameter, ignoring: ${t}`
            : `Failed to parse time value, ignoring: ${t}`,
        );
      }
      return value === 0 ? Number.POSITIVE_INFINITY : value;
    },
    toU64,
  );
}

/** A time span that an empty assignment makes infinite (CPUQuotaPeriodSec=). */
export function timespanOrInfinity(initial: number): Kind<number> {
  return scalar(
    "time span",
    "t",
    initial,
    (t, a) => (t === "" ? Number.POSITIVE_INFINITY : warnAbout(a, "sec_def_infinity", parseTimespan(t))),
    toU64,
  );
}

/** A share of something in ten-thousandths, as `u` scaled to 2^32-1 (ManagedOOMMemoryPressureLimit=). */
export const permyriadScaled: Kind<number> = {
  name: "percentage",
  signature: "u",
  repeats: "replaces",
  initial: 0,
  assign(previous, a) {
    if (a.value === "") return 0;
    const value = parsePermyriad(a.value);
    if (value !== undefined) return value;
    a.warn(`Failed to parse memory pressure limit value, ignoring: ${a.value}`);
    return previous;
  },
  toBus: (v) => Math.floor((v * 0xffff_ffff + 5_000) / 10_000),
};

/** One of a few words. `what` is systemd's name of the thing in its message. */
export function choice<const C extends readonly string[]>(
  what: string,
  choices: C,
  initial: C[number],
  aliases: Readonly<Record<string, C[number]>> = {},
): Kind<C[number]> {
  return scalar<C[number]>(
    what,
    "s",
    initial,
    (text, a) => {
      if (choices.includes(text)) return text;
      const alias = Object.hasOwn(aliases, text) ? aliases[text] : undefined;
      if (alias === undefined) a.warn(`Failed to parse ${what}, ignoring: ${text}`);
      return alias;
    },
    (v) => v,
    choices,
  );
}

/** One of a few words, or a boolean where older versions had one: `yes` and `no` name two of the words. */
export function choiceOrBoolean<const C extends readonly string[]>(
  what: string,
  choices: C,
  initial: C[number],
): Kind<C[number]> {
  return scalar<C[number]>(
    what,
    "s",
    initial,
    (text, a) => {
      if (choices.includes(text)) return text;
      const flag = parseBoolean(text);
      const word = flag === undefined ? undefined : flag ? "yes" : "no";
      if (word !== undefined && choices.includes(word)) return word;
      a.warn(`Failed to parse ${what}, ignoring: ${text}`);
      return undefined;
    },
    (v) => v,
    choices,
  );
}

/** Text with specifiers resolved; empty unsets. */
export const text: Kind<string> = scalar(
  "text",
  "s",
  "",
  (t, a) => {
    const value = t.includes("%") ? a.expand(t) : t;
    if (value === undefined) a.warn(`Failed to resolve unit specifiers in '${t}', ignoring: ${a.expandError()}`);
    return value;
  },
  (v) => v,
);

/** Text taken as it stands, without control characters, quotes and backslashes. */
export const safeText: Kind<string> = scalar(
  "text",
  "s",
  "",
  (t, a) => {
    if (isSafeString(t)) return t;
    a.warn(`Specified string contains unsafe characters, ignoring: ${t}`);
    return undefined;
  },
  (v) => v,
);

/** Text with specifiers that has to pass a test; otherwise the message, with the text after it. */
export function checkedText(
  name: string,
  test: (text: string) => boolean,
  message: (text: string) => string,
): Kind<string> {
  return scalar(
    name,
    "s",
    "",
    (t, a) => {
      if (t === "") return "";
      const value = a.expand(t);
      if (value === undefined) a.warn(`Failed to resolve unit specifiers in '${t}', ignoring: ${a.expandError()}`);
      else if (!test(value)) a.warn(message(value));
      else return value;
      return undefined;
    },
    (v) => v,
  );
}
