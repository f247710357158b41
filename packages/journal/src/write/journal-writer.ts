import { randomBytes } from "node:crypto";
import { sameBytes } from "../bytes.ts";
import { STATE } from "../format.ts";
import type { Storage } from "../storage.ts";
import { ActiveFile, type EntryInput } from "./active-file.ts";
import { type FileAccess, systemFiles } from "./file-access.ts";
import { JournalError } from "./journal-error.ts";
import { dataBuckets, defaultLimits, type JournalLimits } from "./limits.ts";
import { applyPatches } from "./transaction.ts";
import { archivedName, setAsideName, vacuum } from "./vacuum.ts";
import { readRecord, type WriteAheadRecord, writeRecord } from "./write-ahead.ts";

export interface JournalWriterOptions {
  /** Where the files are; made when missing. journalctl looks below /var/log/journal/MACHINE-ID and /run/log/journal/MACHINE-ID. */
  readonly directory: string;
  /** The files' name, "system" when not given: system.journal and system@….journal. */
  readonly name?: string;
  /** 16 bytes each. */
  readonly machineId: Uint8Array;
  readonly bootId: Uint8Array;
  /** The side file that makes commits atomic, in a directory that does not outlive the boot. Without it a kill may tear a commit. */
  readonly writeAheadPath?: string;
  readonly limits?: Partial<JournalLimits>;
  readonly files?: FileAccess;
}

/** Some entries, and how far the input has been read when they are written. */
export interface JournalBatch {
  readonly entries: readonly EntryInput[];
  /** New positions by input (any name without a line break); undefined forgets the input. */
  readonly positions?: Iterable<readonly [string, number | undefined]>;
}

/** How many entries one transaction holds at most: bounds memory and the write-ahead record. */
const TRANSACTION_ENTRIES = 16384;

/**
 * Writes journal files in one directory: commits batches of entries, each whole or not at all, rotates and removes old
 * files. All work is synchronous. One writer at a time for a directory and name.
 */
export class JournalWriter {
  readonly directory: string;
  readonly #options: JournalWriterOptions;
  readonly #files: FileAccess;
  readonly #name: string;
  readonly #limits: JournalLimits;
  #sideFile: Storage | undefined;
  #file: ActiveFile | undefined;
  #storage: Storage | undefined;
  #record: Omit<WriteAheadRecord, "patches"> | undefined;
  #positions: Map<string, number>;

  private constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.directory = options.directory;
    this.#files = options.files ?? systemFiles;
    this.#name = options.name ?? "system";
    this.#positions = new Map();
    this.#files.makeDirectory(options.directory);
    this.#limits = { ...defaultLimits(this.#files.space(options.directory).total), ...options.limits };
  }

  /** Opens the directory's active file, finishing what a killed writer had begun, or makes one. Throws JournalError. */
  static open(options: JournalWriterOptions): JournalWriter {
    try {
      const writer = new JournalWriter(options);
      writer.#open();
      return writer;
    } catch (error) {
      throw error instanceof JournalError ? error : new JournalError("cannot-open", options.directory, error);
    }
  }

  /** The active file's path. */
  get path(): string {
    return `${this.directory}/${this.#name}.journal`;
  }

  /** How far each input has been written. */
  get positions(): ReadonlyMap<string, number> {
    return this.#positions;
  }

  /**
   * Writes the entries and moves the positions, together. When it throws JournalError, nothing of the batch is written and
   * no position has moved (but see below), and it may be tried again. Batches beyond 16384 entries are written in several
   * transactions, the positions with the last: give positions with smaller batches.
   */
  commit(batch: JournalBatch): void {
    const { entries } = batch;
    let done = 0;
    try {
      do {
        const file = this.#fileWithRoom();
        const end = Math.min(entries.length, done + TRANSACTION_ENTRIES);
        for (; done < end; done++) file.append(entries[done]!);
        const positions = done === entries.length ? this.#movedPositions(batch.positions) : this.#positions;
        this.#write(file, positions);
        this.#positions = positions;
      } while (done < entries.length);
    } catch (error) {
      this.#drop();
      throw new JournalError("cannot-write", this.path, error);
    }
  }

  /** Brings what was written to the disk. Until the next commit the file counts as closed in good order. Throws JournalError. */
  sync(): void {
    try {
      this.#storage?.sync();
      if (this.#file === undefined || this.#file.state === STATE.offline) return;
      this.#file.setState(STATE.offline);
      this.#storage?.sync();
    } catch (error) {
      throw new JournalError("cannot-write", this.path, error);
    }
  }

  /** Archives the active file and begins another, unless it is empty. */
  rotate(): void {
    try {
      const file = this.#file ?? this.#open();
      if (file.entryCount > 0) this.#rotate(file);
    } catch (error) {
      this.#drop();
      throw new JournalError("cannot-write", this.path, error);
    }
  }

  /** Removes the oldest archived files until the limits hold; answers their names. */
  vacuum(limits: Partial<JournalLimits> & { readonly olderThanRealtimeUsec?: number } = {}): string[] {
    return vacuum(this.#files, this.directory, this.#name, { ...this.#limits, ...limits });
  }

  /** Ends writing: the file is marked as closed in good order. */
  close(): void {
    try {
      this.#storage?.sync();
      this.#file?.setState(STATE.offline);
    } finally {
      this.#drop();
      this.#sideFile?.close();
      this.#sideFile = undefined;
    }
  }

  #movedPositions(moves: JournalBatch["positions"]): Map<string, number> {
    const positions = new Map(this.#positions);
    for (const [input, position] of moves ?? []) {
      if (position === undefined) positions.delete(input);
      else positions.set(input, position);
    }
    return positions;
  }

  #write(file: ActiveFile, positions: Map<string, number>): void {
    const storage = this.#storage!;
    const { transaction } = file;
    if (file.state === STATE.offline) {
      // A crash of the machine from here on must show.
      file.setState(STATE.online);
      storage.sync();
    }
    file.stage();
    storage.write(transaction.tail, 0, transaction.tailLength, transaction.base);
    if (this.#sideFile !== undefined) {
      this.#record = {
        number: (this.#record?.number ?? 0) + 1,
        bootId: this.#options.bootId,
        fileId: file.fileId,
        seqnumId: file.seqnumId,
        lastSeqnum: file.tailSeqnum,
        positions,
      };
      writeRecord(this.#sideFile, this.#record, transaction);
      // From here on the batch counts as written: what fails below is made good by opening the file anew.
      try {
        file.apply();
        file.written();
      } catch {
        this.#drop();
      }
      return;
    }
    file.apply();
    file.written();
  }

  #fileWithRoom(): ActiveFile {
    const file = this.#file ?? this.#open();
    if (file.entryCount === 0 || (!file.crowded && file.size < this.#limits.maxFileBytes)) return file;
    return this.#rotate(file);
  }

  #rotate(file: ActiveFile): ActiveFile {
    file.setState(STATE.archived);
    this.#files.rename(this.path, `${this.directory}/${archivedName(this.#name, file)}`);
    this.#drop();
    vacuum(this.#files, this.directory, this.#name, this.#limits);
    return this.#create(file.seqnumId, file.tailSeqnum);
  }

  #open(): ActiveFile {
    this.#drop();
    let record: WriteAheadRecord | undefined;
    const { writeAheadPath } = this.#options;
    if (writeAheadPath !== undefined) {
      this.#sideFile ??= this.#files.open(writeAheadPath, !this.#files.exists(writeAheadPath));
      record = readRecord(this.#sideFile, this.#options.bootId);
      if (record !== undefined) {
        this.#positions = new Map(record.positions);
        this.#record = record;
      }
    }
    if (!this.#files.exists(this.path)) return this.#create(record?.seqnumId, record?.lastSeqnum ?? 0);
    const storage = this.#files.open(this.path, false);
    this.#storage = storage;
    const fileId = Buffer.alloc(16);
    storage.read(fileId, 0, 16, 24);
    const ours = record !== undefined && sameBytes(record.fileId, fileId);
    if (ours && record !== undefined) applyPatches(storage, record.patches, 0, record.patches.length);
    const file = ActiveFile.open(storage);
    const refused =
      "refused" in file
        ? file.refused
        : !sameBytes(file.machineId, this.#options.machineId)
          ? "of another machine"
          : file.state === STATE.online && !ours && file.entryCount > 0
            ? "left by a crash"
            : undefined;
    if (refused === undefined && !("refused" in file)) {
      this.#file = file;
      if (file.state !== STATE.archived) return file;
      // Killed between marking it and renaming it.
      return this.#rotate(file);
    }
    storage.close();
    this.#storage = undefined;
    this.#files.rename(this.path, `${this.directory}/${setAsideName(this.#name)}`);
    return this.#create(record?.seqnumId, record?.lastSeqnum ?? 0);
  }

  #create(seqnumId: Uint8Array | undefined, lastSeqnum: number): ActiveFile {
    const fileId = randomBytes(16);
    // Under a name that no reader looks at until it is whole.
    const fresh = `${this.directory}/.#${this.#name}.journal.new`;
    const storage = this.#files.open(fresh, true);
    this.#storage = storage;
    this.#file = ActiveFile.create(storage, {
      fileId,
      machineId: this.#options.machineId,
      seqnumId: seqnumId ?? fileId,
      lastSeqnum,
      dataBuckets: dataBuckets(this.#limits.maxFileBytes),
    });
    this.#files.rename(fresh, this.path);
    return this.#file;
  }

  #drop(): void {
    this.#file?.dispose();
    this.#file = undefined;
    try {
      this.#storage?.close();
    } finally {
      this.#storage = undefined;
    }
  }
}
