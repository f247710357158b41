/** cat-config: a configuration file with its drop-ins, or a directory of them, as systemd reads them (systemd-analyze(1)). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { highlightBlue } from "../print/terminal.ts";
import { compareText, printJson, wantsJson } from "../verbs/filters.ts";

const bases = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"];

/** Suffixes of the files in directories that do not hold *.conf. */
const suffixes: readonly (readonly [RegExp, RegExp])[] = [
  [/(^|\/)rules\.d$/, /\.rules$/],
  [/(^|\/)hwdb\.d$/, /\.hwdb$/],
  [/^kernel\/install\.d$/, /\.install$/],
  [/^systemd\/ntp-units\.d$/, /\.list$/],
  [/^systemd\/network$/, /\.(network|netdev|link)$/],
  [/^systemd\/(system|user)-preset$/, /\.preset$/],
];

export async function catConfig(context: Context, words: readonly string[]): Promise<number> {
  if (words.length === 0) throw new Failure("Too few arguments.");
  const root = (textOption(context.options, "root") ?? "").replace(/\/+$/, "");
  const found: { path: string; text: string }[] = [];
  for (const [index, word] of words.entries()) {
    const name = relativeName(word);
    const files = filesOf(root, name);
    if (wantsJson(context)) {
      found.push(...files.map((path) => ({ path, text: readFileSync(root + path, "utf8") })));
      continue;
    }
    if (index > 0) context.out.write("\n\n");
    printFiles(context, root, name, files);
  }
  if (wantsJson(context)) printJson(context, found);
  return 0;
}

function printFiles({ out }: Context, root: string, name: string, files: readonly string[]): void {
  let first = true;
  if (!isCollection(name) && !files.some((path) => bases.some((base) => path === `${base}/${name}`))) {
    out.line(`# Main configuration file ${name} not found`);
    first = files.length === 0;
  }
  for (const path of files) {
    if (!first) out.line();
    first = false;
    out.line(highlightBlue(`# ${root}${path}`));
    const text = readFileSync(root + path, "utf8");
    out.write(text === "" || text.endsWith("\n") ? text : `${text}\n`);
  }
}

function relativeName(word: string): string {
  if (!word.startsWith("/")) return word;
  const base = bases.find((each) => word.startsWith(`${each}/`));
  if (base === undefined) throw new Failure(`Path ${word} does not start with any known prefix.`);
  return word.slice(base.length + 1);
}

function isCollection(name: string): boolean {
  return name.endsWith(".d") || suffixes.some(([directory]) => directory.test(name));
}

/** The main file, then the drop-ins by name; a file of an earlier directory hides those of its name in later ones. */
function filesOf(root: string, name: string): string[] {
  const collection = isCollection(name);
  const suffix = suffixes.find(([directory]) => directory.test(name))?.[1] ?? /\.conf$/;
  const directory = collection ? name : `${name}.d`;
  const byName = new Map<string, string>();
  const seen = new Set<string>();
  for (const base of bases) {
    for (const file of entriesOf(`${root}${base}/${directory}`)) {
      if (!suffix.test(file) || seen.has(file)) continue;
      seen.add(file);
      byName.set(file, `${base}/${directory}/${file}`);
    }
  }
  const dropIns = [...byName].sort(([a], [b]) => compareText(a, b)).map(([, path]) => path);
  if (collection) return dropIns;
  const main = bases.map((base) => `${base}/${name}`).find((path) => existsSync(root + path));
  return main === undefined ? dropIns : [main, ...dropIns];
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
