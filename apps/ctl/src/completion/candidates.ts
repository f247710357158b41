/** What may stand at the end of a command line. */
import { readdirSync } from "node:fs";
import { directives, scanUnitPaths, unitTypes } from "@steward/unit-file";
import { analyzeOptions, analyzeVerbs } from "../analyze/analyze.ts";
import { Manager } from "../bus/manager.ts";
import { parseArguments } from "../command-line.ts";
import { type OptionRow, optionTable } from "../option-table.ts";
import { signalList } from "../print/signals.ts";
import { stateLists } from "../print/state-lists.ts";
import { allVerbs, findVerb } from "../verb-table.ts";
import { installPlace } from "../verbs/install-place.ts";

/** A word, and what it is for. */
export interface Candidate {
  readonly word: string;
  readonly help?: string;
}

const named = (words: readonly string[]): Candidate[] => words.map((word) => ({ word }));

/** Verbs that work on files of the disk, whether or not a manager runs. */
const fileVerbs = /^(enable|disable|reenable|preset|mask|unmask|is-enabled|revert|link|add-wants|add-requires|edit)$/;
const unitVerbs =
  /^(status|show|cat|is-active|is-failed|start|stop|reload|restart|try-restart|condrestart|reload-or-restart|try-reload-or-restart|reload-or-try-restart|force-reload|kill|clean|freeze|thaw|reset-failed|list-dependencies|list-units|logs)$/;

/** The words that may stand in place of the last one. */
export async function candidates(words: readonly string[]): Promise<Candidate[]> {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const { words: given, options } = parseArguments(before, optionTable, ["analyze", "escape", "import", "verify"]);
  const [verb = "", ...args] = given;
  const table = verb === "analyze" ? analyzeOptions : optionTable;
  const pending =
    before.length > 0 && before.at(-1)?.startsWith("-") ? awaiting(table, before.at(-1) ?? "") : undefined;
  if (pending !== undefined) return starting(current, valuesOf(pending));
  if (current.startsWith("--") && current.includes("=")) {
    const name = current.slice(2, current.indexOf("="));
    const row = table.find((each) => each.name === name);
    const values = row === undefined ? [] : valuesOf(row.name);
    return starting(
      current,
      isPath(name)
        ? paths(current.slice(name.length + 3), `--${name}=`)
        : values.map((each) => ({ ...each, word: `--${name}=${each.word}` })),
    );
  }
  if (current.startsWith("-")) return starting(current, optionWords(table));
  if (verb === "")
    return starting(
      current,
      allVerbs().map(([word, { help }]) => ({ word, help })),
    );
  if (findVerb(verb) === undefined) return [];
  return starting(current, await argumentsOf(verb, args, current, { ...options }));
}

function starting(current: string, all: readonly Candidate[]): Candidate[] {
  return all.filter(({ word }) => word.startsWith(current));
}

function optionWords(table: readonly OptionRow[]): Candidate[] {
  return table
    .filter(({ name }) => name.length > 1)
    .map(({ name, kind, help }) => ({ word: `--${name}${kind === "value" || kind === "list" ? "=" : ""}`, help }));
}

/** The option that the word before leaves waiting for its value, as `-t` does. */
function awaiting(table: readonly OptionRow[], word: string): string | undefined {
  if (word.startsWith("--")) {
    const row = table.find(({ name }) => name === word.slice(2));
    return row?.kind === "value" || row?.kind === "list" ? row.name : undefined;
  }
  const row = table.find(({ short }) => short === word.at(-1));
  return row?.kind === "value" || row?.kind === "list" ? row.name : undefined;
}

const isPath = (name: string): boolean => ["root", "directory", "file", "socket", "security-policy"].includes(name);

/** What an option's value may be, where that is known. */
function valuesOf(name: string): Candidate[] {
  switch (name) {
    case "type":
      return named(unitTypes);
    case "state":
      return named([...new Set(stateLists.flatMap(([, values]) => values))]);
    case "job-mode":
      return named([
        "fail",
        "replace",
        "replace-irreversibly",
        "isolate",
        "flush",
        "ignore-dependencies",
        "ignore-requirements",
        "triggering",
      ]);
    case "output":
      return named(["json", "json-pretty", "short", "short-iso", "short-precise", "verbose", "cat", "export"]);
    case "signal":
      return named(
        signalList()
          .filter((each) => /^[A-Z]+[0-9]?$/.test(each))
          .map((each) => `SIG${each}`),
      );
    case "kill-whom":
      return named(["main", "control", "all"]);
    case "preset-mode":
      return named(["full", "enable-only", "disable-only"]);
    case "property":
    case "P":
      return named([...new Set(directives().flatMap(({ property }) => property ?? []))].sort());
    case "what":
      return named(["configuration", "state", "cache", "logs", "runtime", "all", "fdstore"]);
    case "timestamp":
      return named(["pretty", "us", "utc", "us+utc", "unix"]);
    case "recursive-errors":
      return named(["yes", "no", "one"]);
    default:
      return [];
  }
}

async function argumentsOf(
  verb: string,
  args: readonly string[],
  current: string,
  options: Record<string, string | true | readonly string[] | undefined>,
): Promise<Candidate[]> {
  if (verb === "analyze") {
    const [own] = args.filter((arg) => !arg.startsWith("-"));
    if (own === undefined) return named(analyzeVerbs);
    if (own === "verify" || own === "security") return [...unitsOnDisk(options), ...paths(current)];
    return own === "dot" || own === "unit-files" ? unitsOnDisk(options) : [];
  }
  if (verb === "verify") return [...unitsOnDisk(options), ...paths(current)];
  if (verb === "import") return paths(current);
  if (verb === "link" || (fileVerbs.test(verb) && current.startsWith("/"))) return paths(current);
  if (verb === "set-default" || verb === "isolate")
    return (verb === "isolate" ? await unitsInMemory(options) : unitsOnDisk(options)).filter(({ word }) =>
      /\.(target|service)$/.test(word),
    );
  if (fileVerbs.test(verb)) return unitsOnDisk(options);
  return unitVerbs.test(verb) ? unitsInMemory(options) : [];
}

/** The units that the manager holds and those that it could load; the latter alone where none runs. */
async function unitsInMemory(options: Record<string, unknown>): Promise<Candidate[]> {
  const scope = options.user === true ? { user: true as const } : {};
  const manager = new Manager(scope);
  const known = new Map<string, Candidate>();
  try {
    const [rows] = await manager.call("ListUnits");
    for (const [word, help] of rows as unknown as readonly (readonly [string, string])[])
      known.set(word, { word, help });
  } catch {
    // Nobody answers: the files are what there is.
  } finally {
    manager.close();
  }
  for (const each of unitsOnDisk(options)) if (!known.has(each.word)) known.set(each.word, each);
  return [...known.values()];
}

function unitsOnDisk(options: Record<string, unknown>): Candidate[] {
  const { tree, paths: where } = installPlace(options as Parameters<typeof installPlace>[0]);
  return named([...scanUnitPaths(tree, where.search).entries.keys()].sort());
}

/** Files below what is typed; a directory ends in a slash, so that one may go on. */
function paths(current: string, before = ""): Candidate[] {
  const slash = current.lastIndexOf("/");
  const directory = slash < 0 ? "." : current.slice(0, slash + 1);
  const begin = slash < 0 ? "" : current.slice(0, slash + 1);
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith(".") || current.slice(slash + 1).startsWith("."))
      .map((entry) => ({ word: `${before}${begin}${entry.name}${entry.isDirectory() ? "/" : ""}` }));
  } catch {
    return [];
  }
}
