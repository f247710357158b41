import { hexFromId, readU32, readU64 } from "../bytes.ts";
import { HASH_ITEM_SIZE, HEADER, INCOMPATIBLE, SIGNATURE } from "../format.ts";
import type { PagedBytes } from "./paged-bytes.ts";

/** The header's facts about a file. Ids as 32 hexadecimal digits, times in microseconds. */
export interface FileFacts {
  readonly fileId: string;
  readonly machineId: string;
  readonly seqnumId: string;
  /** 0 closed in good order, 1 being written, 2 archived. */
  readonly state: number;
  readonly entries: number;
  readonly headRealtimeUsec: number;
  readonly tailRealtimeUsec: number;
}

/** Where a hash table starts, and how many buckets it has. */
export interface HashTable {
  readonly offset: number;
  readonly buckets: number;
}

/** What a reader needs of a file's header. */
export interface FileHeader {
  readonly facts: FileFacts;
  readonly fileId: Buffer;
  /** Objects start behind the header. */
  readonly end: number;
  readonly compact: boolean;
  readonly keyed: boolean;
  /** Some values may be compressed with xz, which is not read. */
  readonly xz: boolean;
  readonly entryArray: number;
  readonly dataTable: HashTable;
  readonly fieldTable: HashTable;
}

const KNOWN_INCOMPATIBLE =
  INCOMPATIBLE.xz | INCOMPATIBLE.lz4 | INCOMPATIBLE.keyedHash | INCOMPATIBLE.zstd | INCOMPATIBLE.compact;

/** Reads the header, or says why the file cannot be read. Old headers are shorter; what they lack is zero. */
export function readHeader(bytes: PagedBytes): FileHeader | { readonly problem: string } {
  const least = HEADER.data;
  const there = bytes.view(0, least);
  if (there === undefined) return { problem: "shorter than a journal file's header" };
  if (there.toString("latin1", 0, 8) !== SIGNATURE) return { problem: "not a journal file" };
  const flags = readU32(there, HEADER.incompatibleFlags);
  if ((flags & ~KNOWN_INCOMPATIBLE) !== 0) return { problem: "written in a way that is not known yet" };
  const end = readU64(there, HEADER.headerSize);
  if (end < least) return { problem: "the header is damaged" };
  const number = (at: number): number => readU64(there, at);
  const id = (at: number): string => hexFromId(there.subarray(at, at + 16));
  // No more buckets than the file has room for.
  const table = (offset: number, size: number): HashTable => ({
    offset: number(offset),
    buckets: Math.floor(Math.min(number(size), bytes.size) / HASH_ITEM_SIZE),
  });
  return {
    facts: {
      fileId: id(HEADER.fileId),
      machineId: id(HEADER.machineId),
      seqnumId: id(HEADER.seqnumId),
      state: there[HEADER.state]!,
      entries: number(HEADER.entries),
      headRealtimeUsec: number(HEADER.headEntryRealtime),
      tailRealtimeUsec: number(HEADER.tailEntryRealtime),
    },
    fileId: Buffer.from(there.subarray(HEADER.fileId, HEADER.fileId + 16)),
    end,
    compact: (flags & INCOMPATIBLE.compact) !== 0,
    keyed: (flags & INCOMPATIBLE.keyedHash) !== 0,
    xz: (flags & INCOMPATIBLE.xz) !== 0,
    entryArray: number(HEADER.entryArrayOffset),
    dataTable: table(HEADER.dataHashTableOffset, HEADER.dataHashTableSize),
    fieldTable: table(HEADER.fieldHashTableOffset, HEADER.fieldHashTableSize),
  };
}
