import { encodeUtf8 } from "../text.ts";
import { nextWord } from "../words.ts";
import { decodeBase64 } from "./base64.ts";
import type { Kind } from "./kind.ts";
import { checkPath } from "./paths.ts";

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
