import type { Diagnostic } from "../diagnostics.ts";
import { isEnvironmentName } from "./environment.ts";

/** One assignment of an environment file. */
export interface EnvironmentEntry {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

type State =
  | "pre-key"
  | "key"
  | "pre-value"
  | "value"
  | "value-escape"
  | "single"
  | "double"
  | "double-escape"
  | "comment"
  | "comment-escape";

/**
 * Reads the grammar of systemd.exec(5), EnvironmentFile=: not that of unit files and not that of the shell. Lines are NAME=VALUE; `#` and `;`
 * start comment lines; quotes group, newlines inside them are kept; a backslash at the end of a line continues it.
 * Never throws; lines without `=` are left out silently, as systemd does, and invalid names are reported.
 */
export function parseEnvironmentFile(
  text: string,
  file = "<text>",
): { value: EnvironmentEntry[]; diagnostics: Diagnostic[] } {
  const entries: EnvironmentEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  let state: State = "pre-key";
  let key = "";
  let value = "";
  // Where trailing white space of an unquoted key or value begins, to be cut off at its end.
  let keyEnd = 0;
  let valueEnd = 0;
  let line = 1;
  let startLine = 1;

  const isNewline = (c: string): boolean => c === "\n" || c === "\r";
  const isBlank = (c: string): boolean => c === " " || c === "\t" || isNewline(c);
  const push = (): void => {
    const name = key.slice(0, keyEnd);
    if (!isEnvironmentName(name)) {
      const message = `invalid variable name "${name}", ignoring.`;
      diagnostics.push({ severity: "warning", file, line: startLine, column: 1, message });
    } else if (!value.isWellFormed()) {
      const message = `invalid UTF-8 value for key ${name}: '${value}', ignoring.`;
      diagnostics.push({ severity: "warning", file, line: startLine, column: 1, message });
    } else entries.push({ name, value, line: startLine });
    key = "";
    value = "";
    keyEnd = 0;
    valueEnd = 0;
  };

  for (const c of text) {
    if (c === "\0") break;
    switch (state) {
      case "pre-key":
        if (c === "#" || c === ";") state = "comment";
        else if (!isBlank(c)) {
          state = "key";
          startLine = line;
          key = c;
          keyEnd = 1;
        }
        break;
      case "key":
        if (isNewline(c)) {
          state = "pre-key";
          key = "";
          keyEnd = 0;
        } else if (c === "=") {
          state = "pre-value";
          value = "";
          valueEnd = 0;
        } else {
          key += c;
          if (!isBlank(c)) keyEnd = key.length;
        }
        break;
      case "pre-value":
        if (isNewline(c)) {
          state = "pre-key";
          push();
        } else if (c === "'") state = "single";
        else if (c === '"') state = "double";
        else if (c === "\\") state = "value-escape";
        else if (!isBlank(c)) {
          state = "value";
          value += c;
          valueEnd = value.length;
        }
        break;
      case "value":
        if (isNewline(c)) {
          state = "pre-key";
          value = value.slice(0, valueEnd);
          push();
        } else if (c === "\\") {
          state = "value-escape";
          valueEnd = value.length;
        } else {
          value += c;
          if (!isBlank(c)) valueEnd = value.length;
        }
        break;
      case "value-escape":
        state = "value";
        // An escaped newline is removed.
        if (!isNewline(c)) {
          value += c;
          valueEnd = value.length;
        }
        break;
      case "single":
        if (c === "'") state = "pre-value";
        else value += c;
        break;
      case "double":
        if (c === '"') state = "pre-value";
        else if (c === "\\") state = "double-escape";
        else value += c;
        break;
      case "double-escape":
        state = "double";
        if ('"\\`$'.includes(c)) value += c;
        else if (c !== "\n") value += `\\${c}`;
        break;
      case "comment":
        if (c === "\\") state = "comment-escape";
        else if (isNewline(c)) state = "pre-key";
        break;
      case "comment-escape":
        state = "comment";
        break;
    }
    if (c === "\n") line += 1;
  }
  if (state === "value") value = value.slice(0, valueEnd);
  if (!["pre-key", "key", "comment", "comment-escape"].includes(state)) push();
  return { value: entries, diagnostics };
}
