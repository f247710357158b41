import {
  closeSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import {
  decodeEntry,
  encodeEntry,
  type RecordEntry,
  type SettingsEntry,
  type SnapshotEntry,
  type StepEntry,
} from "./entry.ts";

/** What a record held when it was opened. */
export interface LoadedRecord {
  readonly snapshot: SnapshotEntry;
  readonly steps: readonly (StepEntry | SettingsEntry)[];
}

/**
 * The record is compacted into a snapshot when the lines behind its snapshot are this long, and longer than the snapshot itself: a machine of
 * ten thousand units would otherwise write its whole state after every turn.
 */
const compactAtBytes = 8 << 20;

/**
 * The record on disk: a snapshot line, then one line a step. Appends are single write(2)s; a torn last line is dropped
 * when it is read. A snapshot replaces the file by rename, so that a death leaves the old or the new one.
 */
export class RecordStore {
  private readonly path: string;
  private readonly limit: number;
  /** What was compacted is kept beside the record, as record.1, record.2 … */
  private readonly keep: boolean;
  private fd: number | undefined;
  private size = 0;
  private snapshotSize = 0;

  constructor(path: string, options: { readonly keep?: boolean; readonly limit?: number | undefined } = {}) {
    this.path = path;
    this.keep = options.keep === true;
    this.limit = options.limit ?? compactAtBytes;
  }

  /** The record of this keeper's life, or undefined where there is none (or one of another life). */
  load(instance: string): LoadedRecord | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch {
      return undefined;
    }
    const whole = text.lastIndexOf("\n") + 1;
    const entries: RecordEntry[] = [];
    for (const line of text.slice(0, whole).split("\n")) {
      if (line === "") continue;
      const entry = decodeEntry(line);
      if (entry === undefined) break;
      entries.push(entry);
    }
    const [snapshot, ...steps] = entries;
    if (snapshot === undefined || !("snapshot" in snapshot) || snapshot.instance !== instance) return undefined;
    return { snapshot, steps: steps as (StepEntry | SettingsEntry)[] };
  }

  /** Starts the file anew with a snapshot. */
  reset(snapshot: SnapshotEntry): void {
    const next = `${this.path}.new`;
    rmSync(next, { force: true });
    const fd = openSync(next, "ax", 0o600);
    writeAll(fd, `${encodeEntry(snapshot)}\n`);
    if (this.keep) this.keepOld(snapshot.instance);
    renameSync(next, this.path);
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = fd;
    this.size = fstatSync(fd).size;
    this.snapshotSize = this.size;
  }

  /** Appends the steps of one turn in one write. */
  append(entries: readonly (StepEntry | SettingsEntry)[]): void {
    if (this.fd === undefined) throw new Error("the record is not open");
    const text = entries.map((entry) => `${encodeEntry(entry)}\n`).join("");
    const written = writeAll(this.fd, text, () => ftruncateSync(this.fd as number, this.size));
    this.size += written;
  }

  get wantsCompaction(): boolean {
    return this.size - this.snapshotSize > Math.max(this.limit, this.snapshotSize);
  }

  /** Gives the file that is about to be replaced a second name; those of an earlier life go. */
  private keepOld(instance: string): void {
    if (this.load(instance) === undefined) {
      removeKept(this.path);
      return;
    }
    const last = Math.max(0, ...keptNumbers(this.path));
    linkSync(this.path, `${this.path}.${last + 1}`);
  }

  /** Puts a record aside that could not be recovered from. */
  setAside(): void {
    try {
      renameSync(this.path, `${this.path}.poison`);
    } catch {
      // There was none: nothing to set aside.
    }
  }
}

/** The numbers of the files that were kept beside a record. */
function keptNumbers(path: string): number[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path)).flatMap((name) => {
    const number = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    return Number.isInteger(number) && number > 0 ? [number] : [];
  });
}

function removeKept(path: string): void {
  for (const number of keptNumbers(path)) rmSync(`${path}.${number}`, { force: true });
}

/** Writes everything, or undoes what a failing write (a full disk) left half done and throws. */
function writeAll(fd: number, text: string, undo?: () => void): number {
  const bytes = Buffer.from(text);
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(fd, bytes, done);
  } catch (error) {
    if (done > 0) undo?.();
    throw error;
  }
  return bytes.length;
}
