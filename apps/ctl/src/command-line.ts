/**
 * The command line, read by a table as getopt_long does: options anywhere, abbreviations, clustered short ones, `--`.
 * yargs only comes in to help, complete and explain mistakes.
 */
import { type OptionRow, optionTable } from "./option-table.ts";

/** What was set. Lists are split at commas; a flag is `true`. */
export interface Options {
  readonly [key: string]: string | true | readonly string[] | undefined;
}

export interface CommandLine {
  readonly verb: string;
  readonly args: readonly string[];
  readonly options: Options;
  /** What is wrong with it, in getopt's words. */
  readonly problem?: string;
}

type Settings = { [key: string]: string | true | readonly string[] };

class Mistake {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Verbs that are programs of their own beside systemctl: what follows them they read by their own tables. */
const ownVerbs: readonly string[] = ["analyze", "escape", "import", "replay", "run", "simulate", "verify"];

/** Reads arguments (without node and script). `logs` and `journal` read -f, -p, -t and -r as journalctl does. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { words, options, problem } = parseArguments(argv, optionTable, ownVerbs);
  const [verb = "", ...args] = words;
  return { verb, args, options, ...(problem !== undefined && { problem }) };
}

/** Reads arguments by a table of options; what follows a first word out of `stops` is left as it is (`any`: out of all words). */
export function parseArguments(
  argv: readonly string[],
  table: readonly OptionRow[],
  stops: readonly string[] | "any" = [],
): { readonly words: readonly string[]; readonly options: Options; readonly problem?: string } {
  const settings: Settings = {};
  const words: string[] = [];
  let problem: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index]!;
    if (words.length === 1 && (stops === "any" || stops.includes(words[0]!))) {
      words.push(...argv.slice(index));
      break;
    }
    if (word === "--") {
      words.push(...argv.slice(index + 1));
      break;
    }
    const used = word.startsWith("--")
      ? long(settings, table, word.slice(2), argv[index + 1])
      : word.startsWith("-") && word !== "-"
        ? short(settings, table, word.slice(1), argv[index + 1])
        : void words.push(word);
    if (used instanceof Mistake) {
      const dashed = word.startsWith("-.") ? `:\n      stewardctl [OPTIONS...] COMMAND -- ${word} ...` : "";
      problem = `${used.text}${dashed}`;
      break;
    }
    if (used === "next") index++;
  }
  return { words, options: settings, ...(problem !== undefined && { problem }) };
}

type Used = "next" | "own" | Mistake;

function long(settings: Settings, table: readonly OptionRow[], text: string, next: string | undefined): Used {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? undefined : text.slice(equals + 1);
  const exact = table.find((row) => row.name === name && row.name.length > 1);
  const candidates = exact ? [exact] : table.filter((row) => row.name.startsWith(name) && row.name.length > 1);
  const [row] = candidates;
  if (row === undefined) return new Mistake(`unrecognized option '--${name}'`);
  if (candidates.length > 1) {
    const possible = candidates.map((each) => ` '--${each.name}'`).join("");
    return new Mistake(`option '--${name}' is ambiguous; possibilities:${possible}`);
  }
  if (row.kind === "flag") {
    if (value !== undefined) return new Mistake(`option '--${row.name}' doesn't allow an argument`);
    set(settings, row, row.value ?? true);
    return "own";
  }
  if (value !== undefined || row.kind === "optional") {
    set(settings, row, value ?? "");
    return "own";
  }
  if (next === undefined) return new Mistake(`option '--${row.name}' requires an argument`);
  set(settings, row, next);
  return "next";
}

function short(settings: Settings, table: readonly OptionRow[], letters: string, next: string | undefined): Used {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at]!;
    const row = table.find((each) => each.short === letter);
    if (row === undefined) {
      const hint = letter === "." ? `\nHint: to specify units starting with a dash, use "--"` : "";
      return new Mistake(`invalid option -- '${letter}'${hint}`);
    }
    if (row.kind === "flag") {
      set(settings, row, row.value ?? true);
      continue;
    }
    const rest = letters.slice(at + 1);
    if (rest !== "" || row.kind === "optional") {
      set(settings, row, rest);
      return "own";
    }
    if (next === undefined) return new Mistake(`option requires an argument -- '${letter}'`);
    set(settings, row, next);
    return "next";
  }
  return "own";
}

function set(settings: Settings, row: OptionRow, value: string | true): void {
  const key = row.key ?? row.name;
  if ((row.kind !== "list" && row.kind !== "each") || value === true) {
    settings[key] = value;
    return;
  }
  const before = settings[key];
  const items =
    row.kind === "each" || key === "unit" || key === "file" ? [value] : value.split(",").filter((item) => item !== "");
  settings[key] = Array.isArray(before) ? [...before, ...items] : items;
}

/** A list option's values; empty when it was not given. */
export function listOption(options: Options, key: string): readonly string[] {
  const value = options[key];
  return Array.isArray(value) ? value : [];
}

/** A value option's text. */
export function textOption(options: Options, key: string): string | undefined {
  const value = options[key];
  return typeof value === "string" ? value : undefined;
}
