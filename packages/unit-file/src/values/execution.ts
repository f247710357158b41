import { parseTimespan } from "@steward/time";
import { isValidPath } from "../escape-name.ts";
import { decodeUtf8, encodeUtf8 } from "../text.ts";
import { nextWord } from "../words.ts";
import { type Assignment, type BusValue, type Kind, toU64 } from "./kind.ts";
import { forEachWord, list } from "./lists.ts";
import { parseBoolean, parseInteger, parseUnsigned } from "./numbers.ts";
import { checkPath } from "./paths.ts";
import { checkedText, scalar } from "./scalars.ts";

/** Where a standard stream goes or comes from: a word, and a descriptor's name or a file where the word wants one. */
export interface StandardStream {
  readonly mode: string;
  /** The name for `fd`, the path for `file`, `append`, `truncate`. */
  readonly target: string;
}

const inputs = ["null", "tty", "tty-force", "tty-fail", "socket", "fd", "data", "file"];
const outputs = [
  "inherit",
  "null",
  "tty",
  "syslog",
  "syslog+console",
  "kmsg",
  "kmsg+console",
  "journal",
  "journal+console",
  "socket",
  "fd",
  "file",
  "append",
  "truncate",
];

function isDescriptorName(name: string): boolean {
  return name.length <= 255 && /^[\x20-\x39\x3b-\x7e]+$/.test(name);
}

/** StandardInput=, StandardOutput=, StandardError= (systemd.exec(5)). */
export function standardStream(which: "input" | "output" | "error"): Kind<StandardStream> {
  const words = which === "input" ? inputs : outputs;
  return {
    name: which === "input" ? "source of input" : "destination of output",
    signature: "s",
    repeats: "replaces",
    initial: { mode: which === "input" ? "null" : "inherit", target: "" },
    choices: words.flatMap((w) =>
      w === "fd" ? ["fd:"] : ["file", "append", "truncate"].includes(w) ? [`${w}:`] : [w],
    ),
    assign(previous, a) {
      const message = `Failed to parse ${which === "input" ? "input" : "output"} specifier, ignoring: ${a.value}`;
      const colon = a.value.indexOf(":");
      const mode = colon < 0 ? a.value : a.value.slice(0, colon);
      if (mode === "fd") {
        if (colon < 0) return { mode: "fd", target: "" };
        const name = a.expand(a.value.slice(colon + 1));
        if (name === undefined) {
          a.warn(`Failed to resolve unit specifiers in '${a.value.slice(colon + 1)}', ignoring: ${a.expandError()}`);
        } else if (name !== "" && !isDescriptorName(name)) a.warn(message);
        else return { mode: "fd", target: name };
        return previous;
      }
      if (colon >= 0 && ["file", "append", "truncate"].includes(mode) && words.includes(mode)) {
        const path = a.expand(a.value.slice(colon + 1));
        if (path === undefined) {
          a.warn(`Failed to resolve unit specifiers in '${a.value.slice(colon + 1)}', ignoring: ${a.expandError()}`);
          return previous;
        }
        // systemd's words sound fatal here, and are not.
        if (!path.startsWith("/")) {
          a.warn(`${a.directive}= path is not absolute: ${path}`);
          return previous;
        }
        const checked = checkPath(path, a);
        return checked === undefined ? previous : { mode, target: checked };
      }
      if (colon < 0 && words.includes(mode) && mode !== "file" && mode !== "append" && mode !== "truncate") {
        if (mode === "syslog" || mode === "syslog+console") {
          const better = mode.replace("syslog", "journal");
          a.warn(
            `Standard output type ${mode} is obsolete, automatically updating to ${better}. Please update your unit file, and consider removing the setting altogether.`,
          );
          return { mode: better, target: "" };
        }
        return { mode, target: "" };
      }
      a.warn(message);
      return previous;
    },
    // D-Bus shows "file:/path"; the name of a descriptor is a property of its own.
    toBus: (v) => (v.target !== "" && v.mode !== "fd" ? `${v.mode}:${v.target}` : v.mode),
  };
}

/** StandardInputText= and StandardInputData= add bytes to one buffer. */
export const inputText: Kind<readonly number[]> = {
  name: "text",
  signature: "ay",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const word = nextWord(a.value, 0, { separators: "", cUnescape: true });
    const unescaped = typeof word === "string" ? undefined : word.word;
    if (unescaped === undefined) {
      a.warn(`Failed to decode C escaped text '${a.value}', ignoring: Invalid argument`);
      return previous;
    }
    const resolved = a.expand(unescaped);
    if (resolved === undefined) {
      a.warn(`Failed to resolve unit specifiers in '${unescaped}', ignoring: ${a.expandError()}`);
      return previous;
    }
    return [...previous, ...encodeUtf8(`${resolved}\n`)];
  },
  toBus: (v) => v,
};

/** Base64 to bytes; white space is skipped. Undefined where it is none. */
export function decodeBase64(text: string): number[] | undefined {
  const clean = text.replace(/[ \t\n\r]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean) || clean.length % 4 !== 0) return undefined;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bytes: number[] = [];
  for (let i = 0; i < clean.length; i += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => alphabet.indexOf(clean[i + k] as string)) as [
      number,
      number,
      number,
      number,
    ];
    bytes.push((a << 2) | (b >> 4));
    if (c >= 0) bytes.push(((b & 15) << 4) | (c >> 2));
    if (d >= 0) bytes.push(((c & 3) << 6) | d);
  }
  return bytes;
}

export const inputData: Kind<readonly number[]> = {
  ...inputText,
  name: "Base64 data",
  assign(previous, a) {
    if (a.value === "") return [];
    const bytes = decodeBase64(a.value);
    if (bytes) return [...previous, ...bytes];
    a.warn(`Failed to decode base64 data, ignoring: ${a.value}`);
    return previous;
  },
};

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
    if (parseInteger(a.value, -2147483648, 2147483647) !== undefined) {
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

const facilities = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
];
const levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** SyslogFacility=: a facility's number. */
export const syslogFacility: Kind<number> = scalar(
  "syslog facility",
  "i",
  3,
  (t, a) => {
    const local = /^local([0-7])$/.exec(t);
    const index = local ? 16 + Number(local[1]) : facilities.indexOf(t);
    const value = index >= 0 ? index : parseUnsigned(t, 127);
    if (value === undefined) a.warn(`Failed to parse log facility, ignoring: ${t}`);
    return value;
  },
  (v) => v,
  [...facilities, ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => `local${n}`)],
);

/** SyslogLevel= and LogLevelMax=: a level's number. */
export function syslogLevel(initial: number): Kind<number> {
  return scalar(
    "log level",
    "i",
    initial,
    (t, a) => {
      const index = levels.indexOf(t);
      const value = index >= 0 ? index : parseUnsigned(t, 7);
      if (value === undefined) a.warn(`Failed to parse log level, ignoring: ${t}`);
      return value;
    },
    (v) => v,
    levels,
  );
}

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

/** A user or group: a name or a number (systemd.exec(5), User=); the relaxed rules, which take almost anything sensible. */
export function isUserName(text: string): boolean {
  if (text === "" || text.length > 255 || !text.isWellFormed()) return false;
  if (/^[0-9]+$/.test(text)) return /^(0|[1-9].*)$/.test(text) && Number(text) < 0xffff_ffff && Number(text) !== 0xffff;
  if (/^-?[0-9]+$/.test(text)) return false;
  if (text === "." || text === ".." || text.trim() !== text) return false;
  for (const c of text) if (c.charCodeAt(0) < 32 || c === "\x7f" || c === ":" || c === "/") return false;
  return true;
}

export const userName: Kind<string> = {
  ...checkedText("user or group", isUserName, () => ""),
  assign(previous, a) {
    if (a.value === "") return "";
    const value = a.expand(a.value);
    if (value === undefined) a.refuse(`Failed to resolve unit specifiers in ${a.value}: ${a.expandError()}`);
    else if (!isUserName(value)) a.refuse(`Invalid user/group name or numeric ID: ${value}`);
    else {
      if (value === "nobody" && a.directive === "User") a.warn("Special user nobody configured, this is not safe!");
      return value;
    }
    return previous;
  },
};

export const userNames: Kind<readonly string[]> = list<string>(
  "list of groups",
  "as",
  (a, add) =>
    forEachWord(a, {}, (word) => {
      const value = a.expand(word);
      if (value === undefined) a.refuse(`Failed to resolve unit specifiers in ${word}: ${a.expandError()}`);
      else if (!isUserName(value)) a.refuse(`Invalid user/group name or numeric ID: ${value}`);
      else add(value);
    }),
  (v) => v,
);

/** LogExtraFields=: FIELD=VALUE for the journal. */
export const logExtraFields: Kind<readonly string[]> = list<string>(
  "list of journal fields",
  "aay",
  (a, add) =>
    forEachWord(a, { unquote: true, cUnescape: true }, (word) => {
      const value = a.expand(word);
      if (value === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${word}', ignoring: ${a.expandError()}`);
        return;
      }
      const equals = value.indexOf("=");
      if (equals < 0) a.warn(`Log field lacks '=' character, ignoring: ${value}`);
      else if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(value.slice(0, equals)))
        a.warn(`Log field name is invalid, ignoring: ${value}`);
      else add(value);
    }),
  (v) => v.map((field) => [...encodeUtf8(field)]),
);

/** A label or profile that may be missing when `-` stands before it. */
export const securityLabel: Kind<{ readonly ignore: boolean; readonly label: string }> = scalar(
  "security label",
  "(bs)",
  { ignore: false, label: "" },
  (t, a) => {
    if (t === "") return { ignore: false, label: "" };
    const ignore = t.startsWith("-");
    const label = a.expand(ignore ? t.slice(1) : t);
    if (label !== undefined) return { ignore, label };
    const message = `Failed to resolve unit specifiers in '${t}'`;
    if (ignore) a.warn(`${message}, ignoring: ${a.expandError()}`);
    else a.refuse(`${message}: ${a.expandError()}`);
    return undefined;
  },
  (v): BusValue => [v.ignore, v.label],
);

/** A credential given in the unit or loaded from somewhere. */
export interface Credential {
  readonly id: string;
  /** Bytes for SetCredential=, a path or name for LoadCredential=. */
  readonly value: string;
}

function isCredentialName(name: string): boolean {
  return (
    name.length <= 255 && name !== "" && name !== "." && name !== ".." && /^[\x20-\x2e\x30-\x39\x3b-\x7e]+$/.test(name)
  );
}

/** SetCredential=ID:VALUE; the last one of a name stays. */
export function setCredential(encrypted: boolean): Kind<readonly Credential[]> {
  return {
    name: "credential",
    signature: "a(say)",
    repeats: "adds",
    initial: [],
    assign(previous, a) {
      if (a.value === "") return [];
      const word = nextWord(a.value, 0, { separators: ":", dontCoalesce: true });
      if (typeof word === "string" || word.next > a.value.length || !a.value.includes(":")) {
        a.warn(
          `Missing argument after ':', ignoring: ${a.value}`.replace("Missing argument after ':'", "Invalid syntax"),
        );
        return previous;
      }
      const id = a.expand(word.word);
      if (id === undefined || !isCredentialName(id)) {
        a.warn(`Credential name "${id ?? word.word}" not valid, ignoring.`);
        return previous;
      }
      const rest = a.value.slice(word.next);
      const value = encrypted ? base64Text(rest) : unescapeText(rest);
      if (value === undefined) {
        a.warn(
          encrypted
            ? "Encrypted credential data not valid Base64 data, ignoring."
            : `Can't unescape "${rest}", ignoring: Invalid argument`,
        );
        return previous;
      }
      return [...previous.filter((c) => c.id !== id), { id, value }];
    },
    toBus: (v) => v.map((c) => [c.id, [...encodeUtf8(c.value)]]),
  };
}

function base64Text(text: string): string | undefined {
  const bytes = decodeBase64(text);
  return bytes ? decodeUtf8(Uint8Array.from(bytes)) : undefined;
}

function unescapeText(text: string): string | undefined {
  const word = nextWord(text, 0, { separators: "", cUnescape: true });
  if (word === "end") return "";
  return word === "malformed" ? undefined : word.word;
}

/** LoadCredential=ID[:PATH]; the path may be the name of a credential of the manager's. */
export const loadCredential: Kind<readonly Credential[]> = {
  name: "credential",
  signature: "a(ss)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const colon = a.value.indexOf(":");
    const id = a.expand(colon < 0 ? a.value : a.value.slice(0, colon));
    if (id === undefined || !isCredentialName(id)) {
      a.warn(`Credential name "${id ?? a.value}" not valid, ignoring.`);
      return previous;
    }
    const source = colon < 0 ? id : a.expand(a.value.slice(colon + 1));
    if (source === undefined || !(source.startsWith("/") ? isValidPath(source) : isCredentialName(source))) {
      a.warn(`Credential source "${source ?? a.value}" not valid, ignoring.`);
      return previous;
    }
    return [...previous.filter((c) => c.id !== id), { id, value: source }];
  },
  toBus: (v) => v.map((c) => [c.id, c.value]),
};

/** A disk image to mount, with options for its partitions. */
export interface ImageMount {
  readonly source: string;
  readonly destination: string;
  readonly ignoreMissing: boolean;
  readonly options: readonly (readonly [string, string])[];
}

const partitions = [
  "root",
  "usr",
  "home",
  "srv",
  "esp",
  "xbootldr",
  "swap",
  "root-verity",
  "usr-verity",
  "root-verity-sig",
  "usr-verity-sig",
  "tmp",
  "var",
];

/** Pairs of partition and options; options alone are the root partition's. */
function imageOptions(a: Assignment, parts: readonly string[]): [string, string][] {
  if (parts.length === 1 && parts[0] !== "") return [["root", a.expand(parts[0] as string) ?? ""]];
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const partition = parts[i] as string;
    if (partitions.includes(partition)) found.push([partition, a.expand(parts[i + 1] as string) ?? ""]);
    else a.warn(`Invalid partition name ${partition}, ignoring`);
  }
  return found;
}

/** RootImageOptions=: options for each partition. */
export const rootImageOptions: Kind<readonly (readonly [string, string])[]> = {
  name: "mount options",
  signature: "a(ss)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const items = [...previous];
    forEachWord(a, { unquote: true }, (word) => {
      const parts = word.split(":");
      if (parts.length > 2) a.warn(`Failed to parse RootImageOptions, ignoring: ${word}`);
      else items.push(...imageOptions(a, parts));
    });
    return items;
  },
  toBus: (v) => v,
};

/** MountImages=SOURCE:DESTINATION[:OPTIONS] and, without a destination, ExtensionImages=. */
export function mountImages(withDestination: boolean): Kind<readonly ImageMount[]> {
  return list<ImageMount>(
    "list of images",
    withDestination ? "a(ssba(ss))" : "a(sba(ss))",
    (a, add) =>
      forEachWord(a, { unquote: true }, (word) => {
        const parts = word.split(":");
        const first = parts.shift() as string;
        const ignoreMissing = first.startsWith("-");
        const expanded = a.expand(ignoreMissing ? first.slice(1) : first);
        const source = expanded === undefined ? undefined : checkPath(expanded, a);
        if (source === undefined) return;
        const target = withDestination ? a.expand(parts.shift() ?? "") : "";
        if (withDestination && target === "") {
          a.warn(`Missing destination in ${a.directive}, ignoring: ${word}`);
          return;
        }
        const destination = withDestination ? (target === undefined ? undefined : checkPath(target, a)) : "";
        if (destination !== undefined) {
          add({ source, destination, ignoreMissing, options: imageOptions(a, parts) });
        }
      }),
    (v) =>
      v.map((m) =>
        withDestination
          ? [m.source, m.destination, m.ignoreMissing, m.options]
          : [m.source, m.ignoreMissing, m.options],
      ),
  );
}

/** RootHash= and RootHashSignature=: bytes, or the path of a file that holds them. */
export interface RootHash {
  readonly bytes: readonly number[];
  readonly path: string;
}

export function rootHash(signature: boolean): Kind<RootHash> {
  return {
    name: signature ? "path or Base64 data" : "path or hexadecimal hash",
    signature: "ay",
    repeats: "replaces",
    initial: { bytes: [], path: "" },
    assign(previous, a) {
      if (a.value === "") return { bytes: [], path: "" };
      if (a.value.startsWith("/")) {
        const value = a.expand(a.value);
        const checked = value === undefined ? undefined : checkPath(value, a, { fatal: true });
        return checked === undefined ? previous : { bytes: [], path: checked };
      }
      if (signature) {
        if (!a.value.startsWith("base64:")) {
          a.warn(
            `Failed to decode RootHashSignature=, not a path but doesn't start with 'base64:', ignoring: ${a.value}`,
          );
          return previous;
        }
        const bytes = decodeBase64(a.value.slice(7));
        if (bytes) return { bytes, path: "" };
        a.warn(`Failed to decode RootHashSignature=, ignoring: ${a.value}`);
        return previous;
      }
      const hex = /^([0-9a-fA-F]{2})+$/.test(a.value) ? (a.value.match(/../g) ?? []) : undefined;
      if (!hex) a.warn(`Failed to decode RootHash=, ignoring: ${a.value}`);
      else if (hex.length < 16) a.warn(`RootHash= is too short, ignoring: ${a.value}`);
      else return { bytes: hex.map((h) => Number.parseInt(h, 16)), path: "" };
      return previous;
    },
    toBus: (v) => v.bytes,
  };
}

/** A terminal's rows or columns; unset is the largest number. */
export const terminalSize: Kind<number | undefined> = {
  name: "number",
  signature: "q",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const value = parseUnsigned(a.value);
    if (value === undefined) a.warn(`Failed to parse unsigned value, ignoring: ${a.value}`);
    return value ?? previous;
  },
  toBus: (v) => v ?? 65535,
};

/** MountAPIVFS=, and others that are a boolean or a word: kept as the word that D-Bus shows. */
export function booleanOr(words: readonly string[], initial: string, what: string): Kind<string> {
  return scalar(
    what,
    "s",
    initial,
    (t, a) => {
      if (words.includes(t)) return t;
      const flag = parseBoolean(t);
      if (flag !== undefined) return flag ? "yes" : "no";
      a.warn(`Failed to parse ${what}, ignoring: ${t}`);
      return undefined;
    },
    (v) => v,
    ["yes", "no", ...words],
  );
}
