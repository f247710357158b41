import type { EntryPlace } from "./journal-file.ts";

/** The text that names an entry for ever, as sd_journal_get_cursor(3) gives it. */
export function cursorOf(place: EntryPlace): string {
  const hex = (value: number): string => value.toString(16);
  return `s=${place.seqnumId};i=${hex(place.seqnum)};b=${place.bootId};m=${hex(place.monotonicUsec)};t=${hex(place.realtimeUsec)};x=${place.xorHash.replace(/^0+(?=.)/, "")}`;
}

/** Reads a cursor; what it leaves out is undefined. Undefined as a whole when it is none. */
export function parseCursor(text: string): Partial<EntryPlace> | undefined {
  const place: { -readonly [K in keyof EntryPlace]?: EntryPlace[K] } = {};
  for (const part of text.split(";")) {
    const value = part.slice(2);
    if (part[1] !== "=" || !/^[0-9a-fA-F]+$/.test(value)) return undefined;
    const number = Number.parseInt(value, 16);
    if (part[0] === "s") place.seqnumId = value.toLowerCase();
    else if (part[0] === "i") place.seqnum = number;
    else if (part[0] === "b") place.bootId = value.toLowerCase();
    else if (part[0] === "m") place.monotonicUsec = number;
    else if (part[0] === "t") place.realtimeUsec = number;
    else if (part[0] === "x") place.xorHash = value.toLowerCase().padStart(16, "0");
    else return undefined;
  }
  const bySeqnum = place.seqnumId !== undefined && place.seqnum !== undefined;
  const byMonotonic = place.bootId !== undefined && place.monotonicUsec !== undefined;
  return bySeqnum || byMonotonic || place.realtimeUsec !== undefined ? place : undefined;
}

/**
 * The order of entries of several files: by sequence number where they have one source, else by monotonic time within a boot,
 * else by wall clock. (sd-journal's order.) 0 only for one and the same entry.
 */
export function comparePlaces(a: Partial<EntryPlace>, b: EntryPlace): number {
  if (a.seqnumId === b.seqnumId && a.seqnum !== undefined && a.seqnum !== b.seqnum) return a.seqnum < b.seqnum ? -1 : 1;
  if (a.bootId === b.bootId && a.monotonicUsec !== undefined && a.monotonicUsec !== b.monotonicUsec)
    return a.monotonicUsec < b.monotonicUsec ? -1 : 1;
  if (a.realtimeUsec !== undefined && a.realtimeUsec !== b.realtimeUsec)
    return a.realtimeUsec < b.realtimeUsec ? -1 : 1;
  if (a.xorHash !== undefined && a.xorHash !== b.xorHash) return a.xorHash < b.xorHash ? -1 : 1;
  return 0;
}
