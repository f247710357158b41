/** What the parser said of a unit's files, with the source line, the man page and what may be meant. */
import {
  type Diagnostic,
  type Directive,
  directives,
  type LoadedUnit,
  nearestWord,
  sectionsOf,
  suggestDirective,
  type UnitTree,
} from "@steward/unit-file";
import type { Finding } from "./finding.ts";

let known: ReadonlyMap<string, Directive> | undefined;

/** A directive's row in the tables. */
export function directiveOf(section: string, name: string): Directive | undefined {
  known ??= new Map(directives().map((each) => [`${each.section}.${each.name}`, each]));
  return known.get(`${section}.${name}`);
}

/** A line of a file. */
export function sourceLine(tree: UnitTree, file: string, line: number): string | undefined {
  const read = tree.read(file);
  return read.ok ? read.text.split(/\r?\n/)[line - 1] : undefined;
}

/** The diagnostics of a unit as findings. */
export function settingFindings(tree: UnitTree, unit: LoadedUnit): Finding[] {
  const found = unit.diagnostics.map((each) => toFinding(tree, unit, each));
  if (unit.loadState !== "bad-setting" || unit.isFinished) return found;
  const message = "Unit configuration has fatal error, unit will not be started.";
  return [...found, { severity: "error", unit: unit.id, message }];
}

function toFinding(tree: UnitTree, unit: LoadedUnit, diagnostic: Diagnostic): Finding {
  const { severity, file, line, column, message, section, directive } = diagnostic;
  const source = line > 0 ? sourceLine(tree, file, line) : undefined;
  const row = section !== undefined && directive !== undefined ? directiveOf(section, directive) : undefined;
  const man = row?.man ?? pageOf(section);
  const suggestion = suggestionFor(unit, diagnostic, row, source);
  // What concerns no line is told by the unit's name, as systemd's log does.
  const place = line > 0 ? { file, line, column } : {};
  return {
    severity,
    unit: unit.id,
    message,
    // systemd-analyze does not print notices.
    ...(severity === "notice" && { own: true }),
    ...place,
    ...(section !== undefined && { section }),
    ...(directive !== undefined && { directive }),
    ...(man !== undefined && { man }),
    ...(suggestion !== undefined && { suggestion }),
    ...(source !== undefined && { source }),
  };
}

function pageOf(section: string | undefined): Finding["man"] {
  return section === undefined ? undefined : directives().find((each) => each.section === section)?.man;
}

function suggestionFor(
  unit: LoadedUnit,
  { message, section, directive }: Diagnostic,
  row: Directive | undefined,
  source: string | undefined,
): string | undefined {
  if (message.startsWith("Unknown section") && section !== undefined) {
    const near = nearestWord(section, sectionsOf(unit.type));
    return near === undefined ? undefined : `[${near}]`;
  }
  if (section === undefined || directive === undefined) return undefined;
  if (row === undefined) {
    const own = sectionsOf(unit.type).filter((each) => directives().some((row) => row.section === each));
    const near = suggestDirective(section, directive, own as Parameters<typeof suggestDirective>[2]);
    if (near === undefined) return undefined;
    const at = near.indexOf(".");
    return at < 0 ? `${near}=` : `${near.slice(at + 1)}= in section [${near.slice(0, at)}]`;
  }
  const value = source?.slice(source.indexOf("=") + 1).trim();
  const near = value === undefined || row.choices.length === 0 ? undefined : nearestWord(value, row.choices);
  return near === undefined ? undefined : `${row.name}=${near}`;
}
