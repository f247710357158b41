/** import: other supervisors' files to unit files, with a note on every line that has no counterpart. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { formatDiagnostic, loadUnitFromFiles } from "@steward/unit-file";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { OptionRow } from "../option-table.ts";
import { ownArguments } from "../own-options.ts";
import { printJson, wantsJson } from "../verbs/filters.ts";
import { importPm2 } from "./pm2.ts";
import { importProcfile } from "./procfile.ts";
import { importSupervisord } from "./supervisord.ts";
import type { Imported } from "./unit-text.ts";

const table: readonly OptionRow[] = [
  { name: "help", short: "h", kind: "flag", help: "Show this help" },
  {
    name: "output",
    short: "o",
    kind: "value",
    help: "Where to write the units (a directory), or json; stdout unless given",
  },
  {
    name: "from",
    kind: "value",
    help: "What the files are: supervisord, procfile or pm2; by their names unless given",
  },
  { name: "force", short: "f", kind: "flag", help: "Overwrite units that are there" },
];

export async function importVerb(context: Context, args: readonly string[]): Promise<number> {
  const own = ownArguments(context, args, table, "[OPTION…] FILE…");
  if (own === undefined) return 0;
  if (own.words.length === 0) throw new Failure("Too few arguments.");
  const inner: Context = { ...context, options: own.options };
  const all = own.words.map((file) => importFile(file, textOption(own.options, "from")));
  const units = all.flatMap((each) => each.units);
  const notes = all.flatMap((each) => each.notes);
  // What was made is read back: it must stand up to the same check as any other unit.
  const flaws = units.flatMap(({ name, text }) =>
    loadUnitFromFiles(name.replace("@.", "@0."), [{ path: name, text }]).diagnostics.map(formatDiagnostic),
  );
  if (wantsJson(inner)) printJson(inner, { units, notes, flaws });
  else {
    for (const { file, line, message } of notes)
      context.out.error(line > 0 ? `${file}:${line}: ${message}` : `${file}: ${message}`);
    for (const flaw of flaws) context.out.error(flaw);
    const directory = textOption(own.options, "output");
    if (directory === undefined) print(context, units);
    else write(context, directory, units, own.options.force === true);
  }
  return units.length === 0 || flaws.length > 0 ? 1 : 0;
}

/** Reads one file of another supervisor. */
export function importFile(file: string, from: string | undefined): Imported {
  const kind = from ?? kindOf(file);
  try {
    if (kind === "supervisord") return importSupervisord(file);
    if (kind === "procfile") return importProcfile(readFileSync(file, "utf8"), file);
    if (kind === "pm2") return importPm2(readFileSync(file, "utf8"), file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Failure(`Failed to read ${file}: ${message}`);
  }
  throw new Failure(`Unknown kind of file "${kind}": supervisord, procfile and pm2 are known.`);
}

function kindOf(file: string): string {
  const name = basename(file);
  if (/^Procfile|\.procfile$/i.test(name)) return "procfile";
  if (/\.json$/.test(name)) return "pm2";
  if (/\.[cm]?js$/.test(name))
    throw new Failure(
      `${file} is a program: write its result as JSON first (node -p 'JSON.stringify(require("./${name}"))').`,
    );
  return "supervisord";
}

function print({ out }: Context, units: Imported["units"]): void {
  for (const [index, { name, text }] of units.entries()) {
    if (index > 0) out.line();
    out.line(`# ${name}`);
    out.write(text);
  }
}

function write({ out }: Context, directory: string, units: Imported["units"], force: boolean): void {
  mkdirSync(directory, { recursive: true });
  for (const { name, text } of units) {
    const path = join(directory, name);
    try {
      writeFileSync(path, text, { flag: force ? "w" : "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw new Failure(`${path} is there already; --force overwrites it.`);
    }
    out.line(`Wrote ${path}.`);
  }
}
