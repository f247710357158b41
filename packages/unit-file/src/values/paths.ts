import { isNormalizedPath, isValidPath, simplifyPath } from "../escape-name.ts";
import { nextWord, type WordOptions } from "../words.ts";
import type { Assignment, Kind } from "./kind.ts";
import { forEachWord, list } from "./lists.ts";
import { scalar } from "./scalars.ts";

/** Checks and simplifies one path as systemd does; undefined where it has complained. */
export function checkPath(
  path: string,
  a: Assignment,
  options: { absolute?: boolean; fatal?: boolean } = {},
): string | undefined {
  const { absolute = true, fatal = false } = options;
  const say = (message: string): undefined => {
    if (fatal) a.refuse(message);
    else a.warn(message);
    return undefined;
  };
  const tail = fatal ? "" : ", ignoring";
  if (absolute && !path.startsWith("/")) return say(`${a.directive}= path is not absolute${tail}: ${path}`);
  const simple = simplifyPath(path);
  if (!isValidPath(simple)) return say(`${a.directive}= path has invalid length (${simple.length} bytes)${tail}.`);
  if (!isNormalizedPath(simple)) return say(`${a.directive}= path is not normalized${tail}: ${simple}`);
  return simple;
}

/** An absolute path; empty unsets. `fatal` paths make the unit unusable when they are wrong. */
export function path(fatal = false): Kind<string> {
  return scalar(
    "path",
    "s",
    "",
    (text, a) => {
      if (text === "") return "";
      const value = a.expand(text);
      if (value === "") return "";
      if (value !== undefined) return checkPath(value, a, { fatal });
      const message = `Failed to resolve unit specifiers in '${text}'`;
      if (fatal) a.refuse(`${message}: ${a.expandError()}`);
      else a.warn(`${message}, ignoring: ${a.expandError()}`);
      return undefined;
    },
    (v) => v,
  );
}

/** /var/run is /run by another name: where a path is below it, it is read so, with a word about it. */
export function withoutVarRun(path: string, a: Assignment): string {
  const rest = path.replace(/^\/+var\/+run(\/+|$)/, "");
  if (rest === path) return path;
  const better = `/run/${rest}`;
  a.notice(
    `${a.directive}= references a path below legacy directory /var/run/, updating ${path} → ${better}; please update the unit file accordingly.`,
  );
  return better;
}

/** A path relative to /run (PIDFile=), made absolute. */
export const pidFile: Kind<string> = scalar(
  "path",
  "s",
  "",
  (text, a) => {
    if (text === "") return "";
    const value = a.expand(text);
    if (value === undefined) {
      a.warn(`Failed to resolve unit specifiers in '${text}', ignoring: ${a.expandError()}`);
      return undefined;
    }
    const full = simplifyPath(value.startsWith("/") ? value : `${a.facts.scope === "system" ? "/run" : "%t"}/${value}`);
    const absolute = full.startsWith("%t") ? (a.expand(full) ?? full) : full;
    const checked = checkPath(absolute, a);
    return checked === undefined ? undefined : withoutVarRun(checked, a);
  },
  (v) => v,
);

/** A list of absolute paths, without prefixes (RequiresMountsFor=, ExecSearchPath=, Symlinks=). */
export function paths(separators?: string): Kind<readonly string[]> {
  return list<string>(
    "list of paths",
    "as",
    (a, add) => {
      let isBroken = false;
      forEachWord(a, separators ? { separators } : { unquote: true }, (word) => {
        if (isBroken) return;
        const value = a.expand(word);
        if (value === undefined) {
          a.warn(`Failed to resolve unit specifiers in '${word}', ignoring: ${a.expandError()}`);
          return;
        }
        const checked = checkPath(value, a);
        if (checked !== undefined) add(checked);
        // In lists with colons the first mistake ends the reading.
        else isBroken = separators !== undefined;
      });
    },
    (v) => v,
  );
}

/** One path to an assignment, which adds to a list. */
export const pathLines: Kind<readonly string[]> = list<string>(
  "path",
  "as",
  (a, add) => {
    const value = a.expand(a.value);
    if (value === undefined) {
      a.warn(`Failed to resolve unit specifiers in '${a.value}', ignoring: ${a.expandError()}`);
      return;
    }
    const checked = checkPath(value, a);
    if (checked !== undefined) add(checked);
  },
  (v) => v,
);

/** A list of paths for a mount namespace: `-` (may be missing) and `+` (under RootDirectory=) may stand before each. */
export const namespacePaths: Kind<readonly string[]> = list<string>(
  "list of paths with prefixes",
  "as",
  (a, add) =>
    forEachWord(a, { unquote: true }, (word) => {
      const value = a.expand(word);
      if (value === undefined) {
        a.warn(`Failed to resolve unit specifiers in ${word}: ${a.expandError()}`);
        return;
      }
      let rest = value;
      let prefix = "";
      if (rest.startsWith("-")) {
        prefix += "-";
        rest = rest.slice(1);
      }
      if (rest.startsWith("+")) {
        prefix += "+";
        rest = rest.slice(1);
      }
      const checked = checkPath(rest, a);
      if (checked !== undefined) add(prefix + checked);
    }),
  (v) => v,
);

/** WorkingDirectory=: a path, `~`, and `-` before it when it may be missing. */
export interface WorkingDirectory {
  readonly path: string;
  readonly home: boolean;
  readonly missingOk: boolean;
}

export const workingDirectory: Kind<WorkingDirectory | undefined> = {
  name: "path",
  signature: "s",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const missingOk = a.value.startsWith("-");
    const rest = missingOk ? a.value.slice(1) : a.value;
    if (rest === "~") return { path: "", home: true, missingOk };
    const value = a.expand(rest);
    const say = (message: string): WorkingDirectory | undefined => {
      if (missingOk) a.warn(message);
      else a.refuse(message);
      return previous;
    };
    if (value === undefined) {
      const tail = missingOk ? ", ignoring" : "";
      return say(`Failed to resolve unit specifiers in working directory path '${rest}'${tail}: ${a.expandError()}`);
    }
    const checked = checkPath(value, a, { fatal: !missingOk });
    return checked === undefined ? previous : { path: checked, home: false, missingOk };
  },
  toBus: (v) => (v ? `${v.missingOk ? "!" : ""}${v.home ? "~" : v.path}` : ""),
};

/** BindPaths=: source, destination and options. */
export interface BindMount {
  readonly source: string;
  readonly destination: string;
  readonly ignoreMissing: boolean;
  readonly recursive: boolean;
  readonly readOnly: boolean;
}

const MS_REC = 16384n;

/** BindPaths= and BindReadOnlyPaths=: `SOURCE[:DESTINATION[:rbind|norbind]]`. */
export function bindPaths(readOnly: boolean): Kind<readonly BindMount[]> {
  return list<BindMount>(
    "list of bind mounts",
    "a(ssbt)",
    (a, add) => {
      let at = 0;
      const take = (options: WordOptions): string | "unresolved" | undefined => {
        const result = nextWord(a.value, at, options);
        if (result === "end") return undefined;
        if (result === "malformed") {
          a.warn(`Invalid syntax, ignoring: ${a.value}`);
          at = a.value.length;
          return undefined;
        }
        at = result.next;
        const text = a.expand(result.word);
        if (text !== undefined) return text;
        a.warn(`Failed to resolve unit specifiers in "${result.word}", ignoring: ${a.expandError()}`);
        return "unresolved";
      };
      const endsAtColon = (): boolean => a.value[at - 1] === ":";
      const part: WordOptions = { separators: ": \t\n\r", unquote: true, dontCoalesce: true };
      while (at < a.value.length) {
        // A source that is wrong does not take what follows its colon with it: systemd reads on there.
        const first = take(part);
        if (first === undefined) return;
        if (first === "unresolved") continue;
        const ignoreMissing = first.startsWith("-");
        const source = checkPath(ignoreMissing ? first.slice(1) : first, a);
        if (source === undefined) continue;
        let destination: string | undefined = source;
        let recursive = true;
        if (endsAtColon()) {
          const second = take(part);
          if (second === undefined) {
            a.warn(`Missing argument after ':', ignoring: ${source}`);
            continue;
          }
          if (second === "unresolved") continue;
          destination = checkPath(second, a);
          if (destination === undefined) continue;
          if (endsAtColon()) {
            const option = take({ unquote: true }) ?? "";
            if (option !== "" && option !== "rbind" && option !== "norbind") {
              a.warn(`Invalid option string, ignoring setting: ${option}`);
              continue;
            }
            recursive = option !== "norbind";
          }
        }
        add({ source, destination, ignoreMissing, recursive, readOnly });
      }
    },
    (v) => v.map((m) => [m.source, m.destination, m.ignoreMissing, m.recursive ? MS_REC : 0n]),
  );
}

/** TemporaryFileSystem=: `PATH[:OPTIONS]`. */
export const temporaryFileSystems: Kind<readonly { readonly path: string; readonly options: string }[]> = list(
  "list of mounts",
  "a(ss)",
  (a, add) =>
    forEachWord(a, { unquote: true }, (word) => {
      const colon = word.indexOf(":");
      const value = a.expand(colon < 0 ? word : word.slice(0, colon));
      const options = colon < 0 ? "" : a.expand(word.slice(colon + 1));
      if (value === undefined || options === undefined) {
        a.warn(`Failed to resolve unit specifiers in ${word}, ignoring: ${a.expandError()}`);
        return;
      }
      const checked = checkPath(value, a);
      if (checked !== undefined) add({ path: checked, options });
    }),
  (v) => v.map((m) => [m.path, m.options]),
);

/** RuntimeDirectory= and its kin: relative paths, from 251 on with symlinks to make (`dir:link`). */
export interface ManagedDirectory {
  readonly path: string;
  readonly symlinks: readonly string[];
}

export const managedDirectories: Kind<readonly ManagedDirectory[]> = list<ManagedDirectory>(
  "list of directory names",
  "as",
  (a, add, previous) => {
    const found: { path: string; symlinks: string[] }[] = [];
    forEachWord(a, { unquote: true, cUnescape: true }, (word) => {
      // Colons in a row count once; what follows the second word is passed over.
      const [first = "", second] = word.split(/:+/, 2);
      const source = a.expand(first);
      const link = second === undefined ? undefined : a.expand(second);
      if (source === undefined || (second !== undefined && link === undefined)) {
        a.warn(`Failed to resolve unit specifiers in "${word}", ignoring: ${a.expandError()}`);
        return;
      }
      const checked = checkRelative(source, a);
      if (checked === undefined) return;
      if (link && a.directive === "ConfigurationDirectory") {
        a.warn(`Destination parameter is not supported for ConfigurationDirectory, ignoring: ${word}`);
        return;
      }
      const target = link ? checkRelative(link, a) : undefined;
      if (link && target === undefined) return;
      let directory = found.find((d) => d.path === checked);
      if (!directory && !previous.some((d) => d.path === checked)) {
        directory = { path: checked, symlinks: [] };
        found.push(directory);
        add(directory);
      }
      if (target !== undefined) directory?.symlinks.push(target);
    });
  },
  (v) => v.map((d) => d.path),
);

function checkRelative(path: string, a: Assignment): string | undefined {
  const simple = simplifyPath(path);
  if (simple === "") a.warn(`${a.directive}= path has invalid length (0 bytes), ignoring.`);
  else if (simple.startsWith("/")) a.warn(`${a.directive}= path is absolute, ignoring: ${path}`);
  else if (!isNormalizedPath(simple)) a.warn(`${a.directive}= path is not normalized, ignoring: ${simple}`);
  else if (simple === "private" || simple.startsWith("private/")) {
    a.warn(`${a.directive}= path can't be 'private', ignoring assignment: ${path}`);
  } else return simple;
  return undefined;
}
