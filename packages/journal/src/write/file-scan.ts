import { readU32, readU64 } from "../bytes.ts";
import { COMPRESSED, DATA, FIELD, HEADER, HEADER_SIZE, OBJECT, OBJECT_HEADER_SIZE, SIGNATURE } from "../format.ts";
import type { Storage } from "../storage.ts";

export interface FileScan {
  readonly header: Buffer;
  /** Hash high, hash low and offset of every data object, in the order of the file. */
  readonly data: number[];
  readonly fields: { name: string; offset: number; head: number; hashHigh: number; hashLow: number }[];
}

const CHUNK = 1 << 20;

/**
 * Reads a file of our own writer from its first object to its last and checks that they are whole and as many as the header
 * says. A file of another writer (flags that we do not write) is refused: it is to be archived, not continued.
 */
export function scanFile(storage: Storage): FileScan | { readonly refused: string } {
  const header = Buffer.alloc(HEADER_SIZE);
  if (storage.read(header, 0, HEADER_SIZE, 0) !== HEADER_SIZE) return { refused: "shorter than a header" };
  if (header.toString("latin1", 0, 8) !== SIGNATURE) return { refused: "not a journal file" };
  if (readU32(header, HEADER.compatibleFlags) !== 0 || readU32(header, HEADER.incompatibleFlags) !== 0) {
    return { refused: "written by another program" };
  }
  if (readU64(header, HEADER.headerSize) !== HEADER_SIZE) return { refused: "written by another version" };
  const end = HEADER_SIZE + readU64(header, HEADER.arenaSize);
  if (end > storage.size()) return { refused: "truncated" };

  const data: number[] = [];
  const fields: FileScan["fields"] = [];
  const counts = new Array<number>(8).fill(0);
  const chunk = Buffer.alloc(CHUNK);
  let chunkStart = 0;
  let chunkEnd = 0;
  let last = 0;
  for (let at = HEADER_SIZE; at < end; ) {
    // Enough for what is looked at of any object: a data object's head, or a field object (names are short).
    if (at + 256 > chunkEnd && chunkEnd < end) {
      chunkStart = at;
      chunkEnd = at + storage.read(chunk, 0, Math.min(CHUNK, end - at), at);
    }
    const within = at - chunkStart;
    if (within + OBJECT_HEADER_SIZE > chunkEnd - chunkStart) return { refused: `no object at ${at}` };
    const type = chunk[within]!;
    const size = readU64(chunk, within + 8);
    if (type < OBJECT.data || type > OBJECT.entryArray || size < OBJECT_HEADER_SIZE || at + size > end) {
      return { refused: `no object at ${at}` };
    }
    counts[type]!++;
    last = at;
    if (type === OBJECT.data) {
      if ((chunk[within + 1]! & COMPRESSED.any) !== 0 || size <= DATA.payload)
        return { refused: `a data object at ${at} that we did not write` };
      data.push(readU32(chunk, within + DATA.hash + 4), readU32(chunk, within + DATA.hash), at);
    } else if (type === OBJECT.field) {
      const name = chunk.toString("latin1", within + FIELD.payload, within + Math.min(size, 256));
      const head = readU64(chunk, within + FIELD.headData);
      fields.push({
        name,
        offset: at,
        head,
        hashHigh: readU32(chunk, within + FIELD.hash + 4),
        hashLow: readU32(chunk, within + FIELD.hash),
      });
    }
    at += size + ((8 - (size % 8)) % 8);
  }
  const objects = counts.reduce((sum, count) => sum + count, 0);
  if (
    last !== readU64(header, HEADER.tailObjectOffset) ||
    objects !== readU64(header, HEADER.objects) ||
    counts[OBJECT.entry] !== readU64(header, HEADER.entries) ||
    counts[OBJECT.data] !== readU64(header, HEADER.data) ||
    counts[OBJECT.field] !== readU64(header, HEADER.fields) ||
    counts[OBJECT.entryArray] !== readU64(header, HEADER.entryArrays)
  ) {
    return { refused: "the header does not agree with the objects" };
  }
  return { header, data, fields };
}
