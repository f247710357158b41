import { HIGHLIGHT, NORMAL } from "../output/colours.ts";
import { entryFormatter, type FormatOptions } from "../output/format-entry.ts";
import { comparePlaces, parseCursor } from "../read/cursor.ts";
import type { Journal } from "../read/journal.ts";
import type { JournalEntry } from "../read/journal-entry.ts";
import type { Grep } from "./grep.ts";
import { type Selection, selectionMatch } from "./selection.ts";

/** Which entries to show, and from where to where. Times in microseconds since 1970. */
export interface Query {
  readonly selection?: Selection;
  readonly sinceUsec?: number;
  readonly untilUsec?: number;
  /** Begin at the entry of this cursor, or behind it. */
  readonly cursor?: string;
  readonly afterCursor?: string;
  /** Only the last so many (with `reverse` too). */
  readonly lines?: number;
  /** The newest first. */
  readonly reverse?: boolean;
  readonly grep?: Grep;
}

/** The entries of a query in the order to show them. Sets the journal's match and place. */
export function* queryEntries(journal: Journal, query: Query): Generator<JournalEntry> {
  journal.setMatch(selectionMatch(query.selection ?? {}));
  if (query.reverse === true) {
    yield* limited(backwards(journal, query), query);
    return;
  }
  if (query.lines === undefined) {
    seekStart(journal, query);
    yield* forwards(journal, query);
    return;
  }
  // The last lines: walk back to the first of them, then give them in order.
  const last: JournalEntry[] = [];
  for (const entry of limited(backwards(journal, query), query)) last.push(entry);
  const newest = last[0];
  yield* last.reverse();
  // Reading can go on behind what was given (follow).
  if (newest !== undefined) journal.seekAfter(newest);
  else seekStart(journal, query);
}

/** The entries that came since queryEntries() or the last call ended (after journal.refresh()). */
export function* newEntries(journal: Journal, query: Query): Generator<JournalEntry> {
  yield* forwards(journal, query);
}

function* forwards(journal: Journal, query: Query): Generator<JournalEntry> {
  for (let entry = journal.next(); entry !== undefined; entry = journal.next()) {
    if (query.untilUsec !== undefined && entry.place.realtimeUsec > query.untilUsec) return;
    if (wanted(entry, query)) yield entry;
  }
}

function* backwards(journal: Journal, query: Query): Generator<JournalEntry> {
  if (query.untilUsec !== undefined) journal.seekRealtime(query.untilUsec + 1);
  else journal.seekTail();
  const start = query.cursor ?? query.afterCursor;
  const first = start === undefined ? undefined : parseCursor(start);
  for (let entry = journal.previous(); entry !== undefined; entry = journal.previous()) {
    if (query.sinceUsec !== undefined && entry.place.realtimeUsec < query.sinceUsec) return;
    if (first !== undefined && comparePlaces(first, entry.place) > 0) return;
    if (query.afterCursor !== undefined && entry.cursor === query.afterCursor) return;
    if (wanted(entry, query)) yield entry;
  }
}

function* limited(entries: Generator<JournalEntry>, query: Query): Generator<JournalEntry> {
  let left = query.lines ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return;
  for (const entry of entries) {
    yield entry;
    if (--left <= 0) return;
  }
}

function wanted(entry: JournalEntry, query: Query): boolean {
  return query.grep === undefined || query.grep.find(entry.text("MESSAGE") ?? "") !== undefined;
}

function seekStart(journal: Journal, query: Query): void {
  if (query.cursor !== undefined && journal.seekCursor(query.cursor)) return;
  if (query.afterCursor !== undefined && journal.seekCursor(query.afterCursor, false)) return;
  if (query.sinceUsec !== undefined) journal.seekRealtime(query.sinceUsec);
  else journal.seekHead();
}

/**
 * Prints entries as journalctl does: a line where another boot begins, each entry in its format. Answers undefined for an
 * entry that shows nothing.
 */
export function entryPrinter(
  options: FormatOptions & { readonly quiet?: boolean; readonly grep?: Grep },
): (entry: JournalEntry) => Buffer | undefined {
  const { grep } = options;
  const format = entryFormatter(
    grep === undefined ? options : { ...options, found: (message) => grep.find(message) ?? [0, 0] },
  );
  let bootId: string | undefined;
  return (entry) => {
    const another = bootId !== undefined && bootId !== entry.place.bootId && options.quiet !== true;
    bootId = entry.place.bootId;
    const bytes = format(entry);
    if (!another) return bytes;
    const line = `-- Boot ${bootId} --`;
    return Buffer.concat([
      Buffer.from(options.colour === true ? `${HIGHLIGHT}${line}${NORMAL}\n` : `${line}\n`),
      bytes ?? Buffer.alloc(0),
    ]);
  };
}
