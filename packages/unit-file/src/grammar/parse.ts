import type { Diagnostic, Position } from "../diagnostics.ts";
import { isSafeString, isSpace, strip } from "../text.ts";
import { nextLine } from "./lines.ts";

/**
 * One `Key=value`. `value` is what systemd hears: continuation lines joined (backslash and newline become one blank), comments between them
 * left out, white space stripped at both ends. `start` and `end` are the offsets of the whole statement in the text.
 */
export interface UnitFileEntry {
  readonly key: string;
  readonly value: string;
  /** Where the key begins. */
  readonly position: Position;
  /** The last line of the statement: the one that systemd names in its messages. */
  readonly lastLine: number;
  /** Line and column of the first character of the value. */
  readonly valueLine: number;
  readonly valueColumn: number;
  readonly start: number;
  readonly end: number;
}

/** One `[Section]` header with its entries; a name may come more than once. */
export interface UnitFileSection {
  readonly name: string;
  readonly position: Position;
  readonly entries: readonly UnitFileEntry[];
  /** Offset of the header in the text, and of the first character after the section. */
  readonly start: number;
  readonly end: number;
}

/** A parsed unit file. It keeps the text, so that serialising gives it back byte for byte. */
export interface UnitFile {
  readonly file: string;
  readonly text: string;
  readonly sections: readonly UnitFileSection[];
  /**
   * Why systemd gives up reading here, if it does: a malformed section header or a line that is not UTF-8 ends the whole file with an error,
   * an over-long line as well. The sections before it are kept.
   */
  readonly error?: { readonly code: "EBADMSG" | "EINVAL" | "ENOBUFS"; readonly message: string };
}

/** systemd.syntax(7): the longest line, continuation lines included, is 1 MiB. */
export const LONG_LINE_MAX = 1024 * 1024;

interface OpenSection {
  name: string;
  position: Position;
  entries: UnitFileEntry[];
  start: number;
  end: number;
}

/** Parses a unit file, drop-in or other file in the syntax of systemd.syntax(7). Never throws; whatever is odd is in `diagnostics`. */
export function parseUnitFile(text: string, file = "<text>"): { value: UnitFile; diagnostics: Diagnostic[] } {
  const sections: OpenSection[] = [];
  const diagnostics: Diagnostic[] = [];
  const wellFormed = text.isWellFormed();
  const source = { text, file };
  let section: OpenSection | undefined;
  let error: UnitFile["error"];
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let lineNumber = 0;
  // The statement under way: a statement is one line, or several where each but the last ends with a backslash.
  let joined: string | undefined;
  let startOffset = 0;
  let startLine = 0;

  const report = (severity: Diagnostic["severity"], line: number, column: number, message: string): void => {
    diagnostics.push({ severity, file, line, column, message });
  };
  const give = (code: "EBADMSG" | "EINVAL" | "ENOBUFS", line: number, message: string): void => {
    report("error", line, 1, message);
    error = { code, message };
  };

  const statement = (raw: string, firstLine: number, lastLine: number, start: number, end: number): void => {
    const body = strip(raw);
    if (body === "") return;
    const column = indentOf(raw) + 1;
    if (!wellFormed && !body.isWellFormed()) {
      give("EINVAL", lastLine, `String is not UTF-8 clean, ignoring assignment: ${escapeInvalid(body)}`);
      return;
    }
    if (body.charCodeAt(0) === 91) {
      if (!body.endsWith("]")) {
        give("EBADMSG", lastLine, `Invalid section header '${body}'`);
        return;
      }
      const name = body.slice(1, -1);
      if (!isSafeString(name)) {
        give("EBADMSG", lastLine, `Bad characters in section header '${body}'`);
        return;
      }
      if (section) section.end = start;
      section = { name, position: { file, line: firstLine, column }, entries: [], start, end: text.length };
      sections.push(section);
      return;
    }
    if (!section) {
      report("warning", lastLine, column, "Assignment outside of section. Ignoring.");
      return;
    }
    const equals = body.indexOf("=");
    if (equals < 0) {
      report("warning", lastLine, column, "Missing '=', ignoring line.");
      return;
    }
    if (equals === 0) {
      report("warning", lastLine, column, "Missing key name before '=', ignoring line.");
      return;
    }
    const key = strip(body.slice(0, equals));
    const value = strip(body.slice(equals + 1));
    section.entries.push(new Entry(source, key, value, firstLine, column, lastLine, start, end));
  };

  while (offset < text.length && !error) {
    const line = nextLine(text, offset);
    lineNumber += 1;
    const content = text.slice(offset, line.end);
    if (content.length >= LONG_LINE_MAX) {
      give("ENOBUFS", lineNumber, "Line too long");
      break;
    }
    const first = content.charCodeAt(indentOf(content));
    // A comment line does not end a continued statement, nor does it become part of it.
    if (first === 35 || first === 59) {
      offset = line.next;
      continue;
    }
    const continues = endsWithOddBackslash(content);
    const piece = continues ? `${content.slice(0, -1)} ` : content;
    if (joined === undefined) {
      startOffset = offset;
      startLine = lineNumber;
      joined = piece;
    } else {
      if (joined.length + content.length > LONG_LINE_MAX) {
        give("ENOBUFS", lineNumber, "Continuation line too long");
        break;
      }
      joined += piece;
    }
    if (!continues) {
      statement(joined, startLine, lineNumber, startOffset, line.next);
      joined = undefined;
    }
    offset = line.next;
  }
  if (joined !== undefined && !error) statement(joined, startLine, lineNumber + 1, startOffset, text.length);

  return { value: error ? { file, text, sections, error } : { file, text, sections }, diagnostics };
}

/** An entry whose places are worked out when they are asked for: most never are. */
class Entry implements UnitFileEntry {
  readonly key: string;
  readonly value: string;
  readonly lastLine: number;
  readonly start: number;
  readonly end: number;
  private readonly source: { readonly text: string; readonly file: string };
  private readonly line: number;
  private readonly column: number;

  constructor(
    source: { readonly text: string; readonly file: string },
    key: string,
    value: string,
    line: number,
    column: number,
    lastLine: number,
    start: number,
    end: number,
  ) {
    this.source = source;
    this.key = key;
    this.value = value;
    this.line = line;
    this.column = column;
    this.lastLine = lastLine;
    this.start = start;
    this.end = end;
  }
  get position(): Position {
    return { file: this.source.file, line: this.line, column: this.column };
  }
  get valueLine(): number {
    return placeOfValue(this.source.text, this.start, this.end, this.line).line;
  }
  get valueColumn(): number {
    return placeOfValue(this.source.text, this.start, this.end, this.line).column;
  }
}

/** Gives back the text of a parsed file, byte for byte. */
export function serializeUnitFile(unitFile: UnitFile): string {
  return unitFile.text;
}

function indentOf(line: string): number {
  let i = 0;
  while (i < line.length && isSpace(line.charCodeAt(i))) i++;
  return i;
}

function endsWithOddBackslash(line: string): boolean {
  let n = 0;
  while (n < line.length && line.charCodeAt(line.length - 1 - n) === 92) n++;
  return n % 2 === 1;
}

/** Line and column of the first character after `=` and white space; the value may begin on a continuation line. */
function placeOfValue(text: string, start: number, end: number, firstLine: number): { line: number; column: number } {
  let lineStart = start;
  let line = firstLine;
  let i = text.indexOf("=", start) + 1;
  for (let k = text.indexOf("\n", start); k >= 0 && k < i; k = text.indexOf("\n", k + 1)) {
    line += 1;
    lineStart = k + 1;
  }
  const afterEquals = { line, column: i - lineStart + 1 };
  while (i < end) {
    const unit = text.charCodeAt(i);
    if (unit === 92 && (text.charCodeAt(i + 1) === 10 || text.charCodeAt(i + 1) === 13)) {
      i += 1;
      continue;
    }
    if ((unit === 35 || unit === 59) && line > afterEquals.line && isBlankBetween(text, lineStart, i)) {
      // A comment between the lines of the value.
      const newline = text.indexOf("\n", i);
      if (newline < 0 || newline >= end) return afterEquals;
      i = newline;
      continue;
    } else if (!isSpace(unit)) return { line, column: i - lineStart + 1 };
    else if (unit === 10) {
      line += 1;
      lineStart = i + 1;
    }
    i += 1;
  }
  return afterEquals;
}

function isBlankBetween(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isSpace(text.charCodeAt(i))) return false;
  return true;
}

function escapeInvalid(text: string): string {
  return text.replace(/[\udc80-\udcff]/g, "\ufffd");
}
