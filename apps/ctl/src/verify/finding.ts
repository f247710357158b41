/** What verify has to say, and how it shows it: systemd's own line first, then where it stands and what may be meant. */
import type { ManPage } from "@steward/unit-file";
import type { Context } from "../context.ts";
import { grey, highlightRed, highlightYellow } from "../print/terminal.ts";

export interface Finding {
  readonly severity: "error" | "warning" | "notice";
  /** The unit that it concerns. */
  readonly unit: string;
  readonly message: string;
  readonly file?: string;
  /** Line and column, counted from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly section?: string;
  readonly directive?: string;
  readonly man?: ManPage;
  readonly suggestion?: string;
  /** The line as it is written. */
  readonly source?: string;
  /** Where it stands, as file:line, when the message names the unit alone. */
  readonly origin?: string;
  /** systemd-analyze fails for it, whatever --recursive-errors= says. */
  readonly fatal?: boolean;
  /** The place is told with its column too: systemd's own lines have none. */
  readonly exact?: boolean;
  /** systemd-analyze says nothing of it, and its exit code does not count it. */
  readonly own?: boolean;
}

const paints = { error: highlightRed, warning: highlightYellow, notice: (text: string): string => text };

/** Prints a finding to stderr. */
export function printFinding({ out }: Context, finding: Finding): void {
  const { severity, unit, file, line, column, message, source, man, suggestion } = finding;
  const at = finding.exact === true ? `${line}:${column ?? 1}` : line;
  const place = file === undefined ? unit : line === undefined ? file : `${file}:${at}`;
  const head = message.startsWith(`Unit ${unit} `) && file === undefined ? message : `${place}: ${message}`;
  out.error(paints[severity](head));
  if (source !== undefined && line !== undefined) {
    const number = String(line);
    const blank = " ".repeat(number.length);
    out.error(`  ${grey(`${number} |`)} ${source}`);
    if (column !== undefined) {
      // Tabs stay tabs, so that the caret stands where the terminal puts the text.
      const before = source.slice(0, column - 1).replace(/[^\t]/g, " ");
      out.error(`  ${grey(`${blank} |`)} ${before}${"^".repeat(caretLength(finding))}`);
    }
    const hints = [
      ...(suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]),
      ...(man === undefined ? [] : [`See ${man}.`]),
    ];
    if (hints.length > 0) out.error(`  ${grey(`${blank} =`)} ${hints.join(" ")}`);
  }
}

/** A key or a section is marked whole, a value to the end of the line. */
function caretLength({ source = "", column = 1, directive }: Finding): number {
  const rest = source.slice(column - 1);
  if (directive !== undefined && rest.startsWith(directive)) return directive.length;
  return Math.max(1, rest.trimEnd().length);
}
