/** The person's editor, on files of a directory of one's own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { decodeUtf8, encodeUtf8 } from "@steward/unit-file";
import { Failure } from "../failure.ts";

/** Editors by name, where nobody says which (systemctl(1), "Environment"). */
const usual = ["editor", "nano", "vim", "vi"];

/** Opens the files in the editor, a single one at a line, and waits for its end. */
export function runEditor(files: readonly string[], line: number): void {
  const { SYSTEMD_EDITOR, EDITOR, VISUAL } = process.env;
  const wanted = [SYSTEMD_EDITOR, EDITOR, VISUAL].find((each) => each !== undefined && each.trim() !== "");
  const commands = wanted === undefined ? usual.map((each) => [each]) : [wanted.trim().split(/\s+/)];
  for (const [program = "", ...args] of commands) {
    // Known to open one file at a line.
    const at = files.length === 1 && /^(editor|nano|vim?|nvim|emacs)$/.test(basename(program)) ? [`+${line}`] : [];
    const { error, status, signal } = spawnSync(program, [...args, ...at, ...files], { stdio: "inherit" });
    if (error !== undefined && (error as NodeJS.ErrnoException).code === "ENOENT") continue;
    if (error !== undefined) throw new Failure(`Failed to run editor ${program}: ${error.message}`);
    if (status === 0) return;
    throw new Failure(signal === null ? `(editor) failed with exit status ${status}.` : `(editor) ended by ${signal}.`);
  }
  throw new Failure(
    wanted === undefined
      ? "Cannot edit units, no editor available. Please set either $SYSTEMD_EDITOR, $EDITOR or $VISUAL."
      : `Cannot edit units, there is no editor ${wanted}.`,
  );
}

/** A private directory with the texts that are edited. It stays when something goes wrong, so that nobody's work is lost. */
export class Drafts {
  readonly #home = mkdtempSync(join(tmpdir(), "stewardctl-edit-"));
  readonly #files: string[] = [];

  /** Adds a text under a name that tells what it is. */
  add(name: string, text: string): string {
    const file = join(this.#home, `${this.#files.length + 1}-${name}`);
    this.#files.push(file);
    writeFileSync(file, encodeUtf8(text), { mode: 0o600 });
    return file;
  }

  read(file: string): string {
    return decodeUtf8(readFileSync(file));
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** Asks on the terminal for one of some letters; the last one where nothing more is said. */
export function askLetter(question: string, letters: string): string {
  for (;;) {
    process.stderr.write(question);
    const buffer = Buffer.alloc(256);
    let count = 0;
    try {
      count = readSync(0, buffer);
    } catch {
      // A terminal that went away says nothing more.
    }
    const last = letters.at(-1) ?? "";
    if (count === 0) return last;
    const letter = buffer.toString("utf8", 0, count).trim().charAt(0).toLowerCase();
    if (letter !== "" && letters.includes(letter)) return letter;
  }
}
