import { readdirSync } from "node:fs";
import { comparePlaces, cursorOf, parseCursor } from "./cursor.ts";
import { JournalEntry } from "./journal-entry.ts";
import { type EntryPlace, JournalFile } from "./journal-file.ts";
import { everything, type Match, nearestMatch } from "./match.ts";

type Direction = "down" | "up";

/** Where reading stands: before all, behind all, at an entry, or at a place that no entry needs to have. */
type Location =
  | { readonly kind: "head" }
  | { readonly kind: "tail" }
  | {
      readonly kind: "entry";
      readonly place: Partial<EntryPlace> /** Is the entry at the place itself still to come? */;
      readonly inclusive: boolean;
    };

interface OpenFile {
  readonly file: JournalFile;
  /** The next entry of this file in `direction`, or 0 when there is none; undefined when it is not known. */
  next: { readonly direction: Direction; readonly offset: number; readonly place: EntryPlace | undefined } | undefined;
}

const LAST = Number.MAX_SAFE_INTEGER;

/** Journal files read as one journal: entries in one order, both ways, those that match. */
export class Journal {
  readonly #files = new Map<string, OpenFile>();
  readonly #problems = new Map<string, string>();
  #paths: () => readonly string[];
  #match: Match = everything;
  #location: Location = { kind: "head" };

  private constructor(paths: () => readonly string[]) {
    this.#paths = paths;
  }

  /** Opens files. Those that cannot be read are named in `problems`. */
  static openFiles(paths: readonly string[]): Journal {
    const journal = new Journal(() => paths);
    journal.refresh();
    return journal;
  }

  /** Opens what is in the directories (missing ones are empty): `*.journal` and, set aside after a crash, `*.journal~`. */
  static openDirectories(directories: readonly string[]): Journal {
    const journal = new Journal(() => directories.flatMap(journalFilesIn));
    journal.refresh();
    return journal;
  }

  /** Looks again: new files are opened, those that are gone closed, grown ones read on. The place stays. */
  refresh(): void {
    const paths = new Set(this.#paths());
    for (const [path, open] of this.#files) {
      if (paths.has(path)) continue;
      open.file.close();
      this.#files.delete(path);
    }
    this.#problems.clear();
    for (const path of paths) {
      const known = this.#files.get(path);
      // A file that was rotated away leaves its name to another one; the open one still reads the old.
      const opened = JournalFile.open(path);
      if ("problem" in opened) {
        this.#problems.set(path, opened.problem);
        continue;
      }
      if (opened.lacking !== undefined) this.#problems.set(path, opened.lacking);
      if (known !== undefined && known.file.facts.fileId === opened.facts.fileId) {
        opened.close();
        known.file.refresh();
        known.next = undefined;
        continue;
      }
      known?.file.close();
      this.#files.set(path, { file: opened, next: undefined });
    }
  }

  close(): void {
    for (const open of this.#files.values()) open.file.close();
    this.#files.clear();
  }

  /** Files that could not be opened, or of which something cannot be read, with the reason. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  get files(): readonly JournalFile[] {
    return [...this.#files.values()].map((open) => open.file);
  }

  /** Only entries that match come from now on. */
  setMatch(match: Match): void {
    this.#match = match;
    this.#forget();
  }

  seekHead(): void {
    this.#seek({ kind: "head" });
  }

  /** Behind the last entry: previous() gives the last. */
  seekTail(): void {
    this.#seek({ kind: "tail" });
  }

  /** next() gives the first entry at or after the time, previous() the last before it. */
  seekRealtime(realtimeUsec: number): void {
    this.#seek({ kind: "entry", place: { realtimeUsec }, inclusive: true });
  }

  seekMonotonic(bootId: string, monotonicUsec: number): void {
    this.#seek({ kind: "entry", place: { bootId, monotonicUsec }, inclusive: true });
  }

  /** next() gives the entry of the cursor itself, or the nearest after; not itself, when `inclusive` is false. False when it is no cursor. */
  seekCursor(cursor: string, inclusive = true): boolean {
    const place = parseCursor(cursor);
    if (place === undefined) return false;
    this.#seek({ kind: "entry", place, inclusive });
    return true;
  }

  /** next() gives what comes behind the entry, previous() what stands before it. */
  seekAfter(entry: JournalEntry): void {
    this.#seek({ kind: "entry", place: entry.place, inclusive: false });
  }

  next(): JournalEntry | undefined {
    return this.#step("down");
  }

  previous(): JournalEntry | undefined {
    return this.#step("up");
  }

  /** All values that a field has anywhere, each once. */
  values(name: string): Buffer[] {
    const values = new Map<string, Buffer>();
    for (const { file } of this.#files.values())
      for (const { value } of file.values(name)) values.set(value.toString("latin1"), value);
    return [...values.values()];
  }

  /** The names of all fields. */
  fieldNames(): string[] {
    return [...new Set(this.files.flatMap((file) => file.fieldNames()))];
  }

  #seek(location: Location): void {
    this.#location = location;
    this.#forget();
  }

  #forget(): void {
    for (const open of this.#files.values()) open.next = undefined;
  }

  #step(direction: Direction): JournalEntry | undefined {
    let best: OpenFile | undefined;
    for (const open of this.#files.values()) {
      const candidate = this.#candidate(open, direction);
      if (candidate === undefined) continue;
      const order = best === undefined ? -1 : comparePlaces(candidate, best.next!.place!);
      if (direction === "down" ? order < 0 : order > 0 || best === undefined) best = open;
    }
    if (best === undefined) return undefined;
    const { place, offset } = best.next!;
    this.#location = { kind: "entry", place: place!, inclusive: false };
    best.next = this.#move(best.file, offset + (direction === "down" ? 1 : -1), direction);
    return new JournalEntry(best.file, offset, place!, cursorOf(place!));
  }

  /** The file's next entry beyond the place where reading stands. */
  #candidate(open: OpenFile, direction: Direction): EntryPlace | undefined {
    if (open.next === undefined || open.next.direction !== direction) {
      open.next = this.#move(open.file, this.#start(open.file, direction), direction);
    }
    const location = this.#location;
    while (open.next.place !== undefined && location.kind === "entry") {
      const order = comparePlaces(location.place, open.next.place);
      // The same entry may stand in two files: it is given once.
      const beyond = direction === "down" ? order < 0 || (order === 0 && location.inclusive) : order > 0;
      if (beyond) break;
      open.next = this.#move(open.file, open.next.offset + (direction === "down" ? 1 : -1), direction);
    }
    return open.next.place;
  }

  #move(file: JournalFile, from: number, direction: Direction): NonNullable<OpenFile["next"]> {
    let at = from;
    for (;;) {
      const offset = nearestMatch(file, this.#match, at, direction);
      const place = offset === 0 ? undefined : file.place(offset);
      // Of many archived files only those that are being read take memory.
      if (offset === 0) file.release();
      if (offset === 0 || place !== undefined) return { direction, offset, place };
      // A damaged entry is passed over.
      at = offset + (direction === "down" ? 1 : -1);
    }
  }

  /** An offset in the file that is not beyond any entry to come, found by bisection. */
  #start(file: JournalFile, direction: Direction): number {
    const location = this.#location;
    if (location.kind === "head") return direction === "down" ? 0 : -1;
    if (location.kind === "tail") return LAST;
    const { place } = location;
    if (place.seqnumId !== undefined && place.seqnumId === file.seqnumId && place.seqnum !== undefined) {
      const { seqnum } = place;
      return edge(
        file,
        file.entries.firstIndex((entry) => file.seqnum(entry) >= seqnum),
      );
    }
    if (place.bootId !== undefined && place.monotonicUsec !== undefined) {
      const { monotonicUsec } = place;
      const ofBoot = file.entriesWith(Buffer.from(`_BOOT_ID=${place.bootId}`));
      if (ofBoot !== undefined && ofBoot.length > 0) {
        const index = ofBoot.firstIndex((entry) => file.monotonicUsec(entry) >= monotonicUsec);
        if (index < ofBoot.length) return ofBoot.at(index);
        // Behind the last of that boot.
        return ofBoot.at(ofBoot.length - 1) + (direction === "down" ? 1 : 0);
      }
    }
    if (place.realtimeUsec !== undefined) {
      const { realtimeUsec } = place;
      return edge(
        file,
        file.entries.firstIndex((entry) => file.realtimeUsec(entry) >= realtimeUsec),
      );
    }
    return direction === "down" ? 0 : LAST;
  }
}

function edge(file: JournalFile, index: number): number {
  if (index < file.entries.length) return file.entries.at(index);
  return LAST;
}

function journalFilesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".journal") || name.endsWith(".journal~"))
      .filter((name) => !name.startsWith("."))
      .sort()
      .map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
}
