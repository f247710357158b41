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

/** Adds the commands of one assignment to those before it. */
function parseCommands(a: Assignment, commands: ExecCommand[]): void {
  const text = a.value;
  let at = 0;
  for (;;) {
    const first = commandWord(a, at);
    if (first === "malformed") a.warn(`Unbalanced quoting, ignoring: "${text}"`);
    if (typeof first === "string") return;
    at = first.next;
    const flags = prefixes(first.word);
    // systemd.service(5): what `-` marks must not make the unit unusable, so its mistakes are warnings.
    const say = (message: (tail: string) => string): void => {
      if (flags.ignoreFailure) a.warn(message(", ignoring"));
      else a.refuse(message(""));
    };
    const path = a.expand(flags.rest);
    if (path === undefined) {
      return say((tail) => `Failed to resolve unit specifiers in '${flags.rest}'${tail}: ${a.expandError()}`);
    }
    if (path === "") return say((tail) => `Empty path in command line${tail}: ${text}`);
    if (!isSafeString(path)) return say((tail) => `Executable name contains special characters${tail}: ${path}`);
    if (path.endsWith("/")) return say((tail) => `Executable path specifies a directory${tail}: ${path}`);
    const isName = path.length <= 255 && !path.includes("/") && path !== "." && path !== "..";
    if (!(path.startsWith("/") ? isValidPath(path) : isName)) {
      return say((tail) => `Neither a valid executable name nor an absolute path${tail}: ${path}`);
    }

    const argv: string[] = flags.separateArgv0 ? [] : [path];
    let another = false;
    while (at < text.length) {
      const unit = text.charCodeAt(at);
      const escaped = unit === 92 && text.charCodeAt(at + 1) === 59;
      const after = at + (escaped ? 2 : 1);
      const alone = after >= text.length || isSpace(text.charCodeAt(after));
      if ((unit === 59 || escaped) && alone) {
        at = after;
        while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
        if (escaped) {
          argv.push(";");
          continue;
        }
        another = true;
        break;
      }
      const next = commandWord(a, at);
      if (next === "end") break;
      if (next === "malformed") {
        const message = `Unbalanced quoting, ignoring: "${text}"`;
        if (flags.ignoreFailure) a.warn(message);
        else a.refuse(message);
        return;
      }
      at = next.next;
      const value = next.word.includes("%") ? a.expand(next.word) : next.word;
      if (value === undefined) {
        return say((tail) => `Failed to resolve unit specifiers in ${next.word}${tail}: ${a.expandError()}`);
      }
      argv.push(value);
    }
    if (argv.length === 0 || argv[0] === "") {
      return say((tail) => `Empty executable name or zeroeth argument${tail}: ${text}`);
    }
    commands.push({
      path: simplifyPath(path),
      argv,
      ignoreFailure: flags.ignoreFailure,
      separateArgv0: flags.separateArgv0,
      noEnvExpand: flags.noEnvExpand,
      fullPrivileges: flags.fullPrivileges,
      noSetuid: flags.noSetuid,
      ambientMagic: flags.ambientMagic,
      origin: a.position,
    });
    if (!another) return;
  }
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
export function execToBus(command: ExecCommand): BusValue {
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
