/** supervisord.conf as sections of keys, each with its line; [include] followed, %(…)s expanded (supervisord's manual, "Configuration File"). */
import { globSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { parse } from "ini";
import type { Note } from "./unit-text.ts";

export interface Value {
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

export interface ConfSection {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly values: ReadonlyMap<string, Value>;
}

/** Marks a value's beginning, so that ini leaves quotes alone: they are the shell's here. */
const mark = "\u0001";

/** Reads one text. ini takes `#` and `;` anywhere for comments and cuts sections at dots; supervisord does neither. */
export function readConf(
  text: string,
  file: string,
): { readonly sections: readonly ConfSection[]; readonly notes: readonly Note[] } {
  const places = new Map<string, number>();
  const order: { name: string; line: number }[] = [];
  const notes: Note[] = [];
  const lines: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (/^\s*([#;]|$)/.test(raw)) continue;
    const header = /^\[([^\]]*)\]/.exec(raw);
    const pair = header === null && !/^\s/.test(raw) ? /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(raw) : null;
    if (header !== null) {
      order.push({ name: header[1]!, line });
      lines.push(`[${header[1]!.replaceAll(".", "\\.")}]`);
    } else if (pair !== null) {
      places.set(`${order.at(-1)?.name}\n${pair[1]}`, line);
      lines.push(`${pair[1]}=${mark}${guarded(pair[2]!)}`);
    } else if (/^\s/.test(raw) && lines.length > 0) lines[lines.length - 1] += ` ${guarded(raw.trim())}`;
    else notes.push({ file, line, message: `Not understood: ${raw.trim()}` });
  }
  const parsed = parse(lines.join("\n"));
  const sections = order.map(({ name, line }): ConfSection => {
    const keys = Object.entries((parsed[name] ?? {}) as Readonly<Record<string, unknown>>);
    const values = keys.map(
      ([key, value]) =>
        [key, { text: String(value).replaceAll(mark, ""), file, line: places.get(`${name}\n${key}`) ?? line }] as const,
    );
    return { name, file, line, values: new Map(values) };
  });
  return { sections, notes };
}

/** A comment is ` ;` or ` #` to the end of the line; anywhere else both are text. */
function guarded(text: string): string {
  return text.replace(/\s[;#].*$/, "").replace(/[;#]/g, "\\$&");
}

/** Reads a file and what it includes. A file that cannot be read is a note. */
export function readConfFiles(path: string): {
  readonly sections: readonly ConfSection[];
  readonly notes: readonly Note[];
} {
  const first = readConf(readFileSync(path, "utf8"), path);
  const sections = [...first.sections];
  const notes = [...first.notes];
  const here = dirname(resolve(path));
  for (const section of first.sections.filter(({ name }) => name === "include")) {
    const files = section.values.get("files");
    const patterns = files === undefined ? [] : expand(files, { here }, notes).split(/\s+/).filter(Boolean);
    for (const pattern of patterns) {
      for (const found of globSync(resolve(here, pattern)).sort()) {
        try {
          const more = readConf(readFileSync(found, "utf8"), found);
          sections.push(...more.sections);
          notes.push(...more.notes);
        } catch (error) {
          notes.push({ file: path, line: files!.line, message: `Cannot read ${found}: ${(error as Error).message}` });
        }
      }
    }
  }
  return { sections, notes };
}

/** Resolves %(name)s, %(ENV_X)s and %(process_num)02d; names that are not known are told and stay. */
export function expand(value: Value, names: Readonly<Record<string, string>>, notes: Note[]): string {
  const known: Readonly<Record<string, string>> = {
    here: dirname(resolve(value.file)),
    host_node_name: hostname(),
    ...names,
  };
  return value.text.replace(
    /%(%|\(([^)]+)\)(0?)(\d*)([sd]))/g,
    (all: string, _body: string, name: string | undefined, zero: string, width: string) => {
      if (name === undefined) return "%";
      const found = name.startsWith("ENV_") ? process.env[name.slice(4)] : known[name];
      if (found === undefined) {
        notes.push({ file: value.file, line: value.line, message: `%(${name})s is not known here; it stays as it is` });
        return all;
      }
      return width === "" ? found : found.padStart(Number(width), zero === "0" ? "0" : " ");
    },
  );
}
