import { parseUnitFile, type UnitFile, type UnitFileEntry } from "./parse.ts";

/** The values of a key in a section, in order, as they are heard: one that is empty is there as "". */
export function getValues(unitFile: UnitFile, section: string, key: string): string[] {
  return entriesOf(unitFile, section, key).map((entry) => entry.value);
}

/**
 * The file with a key set to the given values and everything else, comments and blank lines too, as it was. The first assignments of the key
 * are rewritten where they stand, further ones are removed; what is new follows the last of them, or ends the section; a section that is
 * missing is added at the end. No values remove the key. A value with newlines is written with continuation lines.
 */
export function setValues(unitFile: UnitFile, section: string, key: string, values: readonly string[]): UnitFile {
  const { text } = unitFile;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const statement = (value: string): string => `${key}=${value.replace(/\r?\n/g, ` \\${end}  `)}${end}`;
  const old = entriesOf(unitFile, section, key);
  const changes: { from: number; to: number; text: string }[] = old.map((entry, i) => {
    const value = values[i];
    if (value === undefined) return { from: entry.start, to: entry.end, text: "" };
    return {
      from: entry.start,
      to: entry.end,
      text: value === entry.value ? text.slice(entry.start, entry.end) : statement(value),
    };
  });
  const added = values.slice(old.length).map(statement).join("");
  if (added !== "") changes.push(place(unitFile, section, old, added, end));
  let out = "";
  let at = 0;
  for (const change of changes) {
    out += text.slice(at, change.from) + change.text;
    at = change.to;
  }
  return parseUnitFile(out + text.slice(at), unitFile.file).value;
}

function entriesOf(unitFile: UnitFile, section: string, key: string): UnitFileEntry[] {
  return unitFile.sections.filter((s) => s.name === section).flatMap((s) => s.entries.filter((e) => e.key === key));
}

/** Where new statements go: after the last of their kind, after the section's last statement, or in a new section. */
function place(unitFile: UnitFile, section: string, old: readonly UnitFileEntry[], added: string, end: string) {
  const { text, sections } = unitFile;
  const last = sections.findLast((s) => s.name === section);
  const after = old.at(-1) ?? last?.entries.at(-1);
  if (after) return insertion(text, after.end, added, end);
  if (!last) {
    const gap = text === "" ? "" : end;
    return insertion(text, text.length, `${gap}[${section}]${end}${added}`, end);
  }
  const header = text.indexOf("]", last.start);
  const newline = text.indexOf("\n", header);
  return insertion(text, newline < 0 ? text.length : newline + 1, added, end);
}

/** At the end of the text the last line may lack its end, or go on after a backslash: then as many line ends as close it come first. */
function insertion(text: string, at: number, added: string, end: string) {
  if (at === 0 || at < text.length) return { from: at, to: at, text: added };
  const needed = ["", end, end + end].find((gap) => {
    const tried = parseUnitFile(`${text}${gap}[X]${end}`).value.sections.at(-1);
    return tried?.name === "X" && tried.start >= text.length;
  });
  return { from: at, to: at, text: (needed ?? end) + added };
}
