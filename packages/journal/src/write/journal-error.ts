/** What the journal's writing half throws: one class, told apart by `code`. */
export class JournalError extends Error {
  readonly code: "cannot-open" | "cannot-write";
  readonly path: string;

  constructor(code: JournalError["code"], path: string, cause: unknown) {
    super(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "JournalError";
    this.code = code;
    this.path = path;
  }
}
