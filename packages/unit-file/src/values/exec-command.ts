import type { Position } from "../diagnostics.ts";
import { isValidPath, simplifyPath } from "../escape-name.ts";
import { isSafeString, isSpace } from "../text.ts";
import { nextWord, type WordResult } from "../words.ts";
import type { Assignment, BusValue, Kind } from "./kind.ts";

/** One command of an Exec…= setting (systemd.service(5), "Command lines"). */
export interface ExecCommand {
  /** What to execute: an absolute path, or a name that is searched for in the fixed path when it runs. */
  readonly path: string;
  /** argv, the zeroth among it: the path as written, or with `@` the word after it. Specifiers are resolved, variables are not. */
  readonly argv: readonly string[];
  /** `-`: a failure is recorded and otherwise taken as success. */
  readonly ignoreFailure: boolean;
  /** `@`: argv[0] was given apart from the path. */
  readonly separateArgv0: boolean;
  /** `:`: no $VARIABLES are expanded. */
  readonly noEnvExpand: boolean;
  /** `+`: user, group, capabilities and the file system namespace do not apply. */
  readonly fullPrivileges: boolean;
  /** `!`: everything but the change of user and group applies. */
  readonly noSetuid: boolean;
  /** `!!`: as `!`, but only where ambient capabilities are missing. */
  readonly ambientMagic: boolean;
  /** Where it was written. */
  readonly origin: Position;
}

type Word = { readonly word: string; readonly next: number };

/** Takes a word as systemd takes it from a command line: unknown escapes stay, with a warning; unbalanced quotes end it. */
function commandWord(a: Assignment, at: number): Word | "end" | "malformed" {
  const strict: WordResult = nextWord(a.value, at, { unquote: true, cUnescape: true });
  if (strict !== "malformed") return strict;
  const relaxed = nextWord(a.value, at, { unquote: true, cUnescape: true, unescapeRelax: true });
  if (relaxed !== "end" && relaxed !== "malformed") a.warn(`Ignoring unknown escape sequences: "${relaxed.word}"`);
  return relaxed;
}

/** A command as read, or what is wrong with it; `next` is where the following one begins, undefined where there is none. */
type ReadCommand =
  | { readonly command: ExecCommand; readonly next: number | undefined }
  | { readonly problem: (tail: string) => string; readonly ignoreFailure: boolean };

/** Adds the commands of one assignment to those before it. */
function parseCommands(a: Assignment, commands: ExecCommand[]): void {
  let at: number | undefined = 0;
  while (at !== undefined) {
    const first = commandWord(a, at);
    if (first === "malformed") a.warn(`Unbalanced quoting, ignoring: "${a.value}"`);
    if (typeof first === "string") return;
    const read = readCommand(a, first);
    if ("problem" in read) {
      // systemd.service(5): what `-` marks must not make the unit unusable, so its mistakes are warnings.
      if (read.ignoreFailure) a.warn(read.problem(", ignoring"));
      else a.refuse(read.problem(""));
      return;
    }
    commands.push(read.command);
    at = read.next;
  }
}

function readCommand(a: Assignment, first: Word): ReadCommand {
  const { rest, ...flags } = prefixes(first.word);
  const { ignoreFailure } = flags;
  const path = a.expand(rest);
  if (path === undefined) {
    return {
      problem: (tail) => `Failed to resolve unit specifiers in '${rest}'${tail}: ${a.expandError()}`,
      ignoreFailure,
    };
  }
  const wrong = pathProblem(path);
  if (wrong !== undefined)
    return { problem: (tail) => `${wrong}${tail}: ${path === "" ? `'${a.value}'` : path}`, ignoreFailure };

  const argv: string[] = flags.separateArgv0 ? [] : [path];
  const end = readArguments(a, first.next, argv);
  if (typeof end === "function") return { problem: end, ignoreFailure };
  if (argv.length === 0 || argv[0] === "") {
    return { problem: (tail) => `Empty executable name or zeroeth argument${tail}: ${a.value}`, ignoreFailure };
  }
  return { command: { path: simplifyPath(path), argv, ...flags, origin: a.position }, next: end };
}

/** What is wrong with the path of a command: it is absolute, or a name that is searched for. */
function pathProblem(path: string): string | undefined {
  if (path === "") return "Empty path in command line";
  if (!isSafeString(path)) return "Executable name contains special characters";
  if (path.endsWith("/")) return "Executable path specifies a directory";
  const isName = path.length <= 255 && !path.includes("/") && path !== "." && path !== "..";
  const isUsable = path.startsWith("/") ? isValidPath(path) : isName;
  return isUsable ? undefined : "Neither a valid executable name nor an absolute path";
}

/** Reads arguments up to a lone `;` or the end. Gives where the next command begins, undefined at the end, or what is wrong. */
function readArguments(a: Assignment, from: number, argv: string[]): number | undefined | ((tail: string) => string) {
  const text = a.value;
  let at = from;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const escaped = unit === 92 && text.charCodeAt(at + 1) === 59;
    const after = at + (escaped ? 2 : 1);
    // `;` alone ends the command, `\;` alone is an argument (systemd.service(5), "Command lines").
    if ((unit === 59 || escaped) && (after >= text.length || isSpace(text.charCodeAt(after)))) {
      at = after;
      while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
      if (!escaped) return at;
      argv.push(";");
      continue;
    }
    const word = commandWord(a, at);
    if (word === "end") break;
    if (word === "malformed") return () => `Unbalanced quoting, ignoring: "${text}"`;
    at = word.next;
    const value = a.expand(word.word);
    if (value === undefined) {
      return (tail) => `Failed to resolve unit specifiers in ${word.word}${tail}: ${a.expandError()}`;
    }
    argv.push(value);
  }
  return undefined;
}

/** The prefixes may come in any order, each once; `+`, `!` and `!!` exclude one another. */
function prefixes(word: string) {
  let ignoreFailure = false;
  let separateArgv0 = false;
  let noEnvExpand = false;
  let fullPrivileges = false;
  let noSetuid = false;
  let ambientMagic = false;
  let i = 0;
  for (; i < word.length; i++) {
    const letter = word[i];
    if (letter === "-" && !ignoreFailure) ignoreFailure = true;
    else if (letter === "@" && !separateArgv0) separateArgv0 = true;
    else if (letter === ":" && !noEnvExpand) noEnvExpand = true;
    else if (letter === "+" && !fullPrivileges && !noSetuid && !ambientMagic) fullPrivileges = true;
    else if (letter === "!" && !fullPrivileges && !noSetuid && !ambientMagic) noSetuid = true;
    else if (letter === "!" && !fullPrivileges && !ambientMagic) {
      noSetuid = false;
      ambientMagic = true;
    } else break;
  }
  return {
    ignoreFailure,
    separateArgv0,
    noEnvExpand,
    fullPrivileges,
    noSetuid,
    ambientMagic,
    rest: word.slice(i),
  };
}

/** A list of commands; an empty assignment resets it. */
export const execCommands: Kind<readonly ExecCommand[]> = {
  name: "list of commands",
  signature: "a(sasbttttuii)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const commands = [...previous];
    parseCommands(a, commands);
    return commands;
  },
  toBus: (v) => v.map(execToBus),
};

/** A command as in ExecStart on D-Bus; its run-time part (times, pid, status) is zero. */
function execToBus(command: ExecCommand): BusValue {
  return [command.path, command.argv, command.ignoreFailure, 0n, 0n, 0n, 0n, 0, 0, 0];
}

/** A command as in ExecStartEx: flags by name instead of the boolean. */
export function execToBusEx(command: ExecCommand): BusValue {
  const flags: string[] = [];
  if (command.ignoreFailure) flags.push("ignore-failure");
  if (command.fullPrivileges) flags.push("privileged");
  if (command.noSetuid) flags.push("no-setuid");
  if (command.ambientMagic) flags.push("ambient");
  if (command.noEnvExpand) flags.push("no-env-expand");
  return [command.path, command.argv, flags, 0n, 0n, 0n, 0n, 0, 0, 0];
}
