/** Where something stands: file, and line and column counted from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * What is wrong and where. `error` means that the unit cannot be used, `warning` that something was ignored,
 * `notice` that something is legal and yet probably not meant. Messages have systemd's words where it has words.
 */
export interface Diagnostic extends Position {
  readonly severity: "error" | "warning" | "notice";
  readonly message: string;
  /** Section and directive, where the finding concerns one. */
  readonly section?: string;
  readonly directive?: string;
}

/** A diagnostic as systemd logs it: "file:line: message". */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return diagnostic.line > 0
    ? `${diagnostic.file}:${diagnostic.line}: ${diagnostic.message}`
    : `${diagnostic.file}: ${diagnostic.message}`;
}
