/**
 * The layout of systemd's journal files, as published in "Journal File Format" (systemd.io/JOURNAL_FILE_FORMAT).
 * A file is a header and then objects, each 8-byte aligned: data (`FIELD=value`, stored once), field (a name and the
 * list of its data), entry (references to data), two hash tables, and arrays of entry offsets.
 */

export const SIGNATURE = "LPKSHHRH";

/** The size of the header that we write: up to and with the tail entry array of version 252. */
export const HEADER_SIZE = 264;

export const STATE = { offline: 0, online: 1, archived: 2 } as const;

export const INCOMPATIBLE = { xz: 1, lz4: 2, keyedHash: 4, zstd: 8, compact: 16 } as const;

export const OBJECT = {
  data: 1,
  field: 2,
  entry: 3,
  dataHashTable: 4,
  fieldHashTable: 5,
  entryArray: 6,
  tag: 7,
} as const;

/** Flags of a data object: how its payload is compressed. */
export const COMPRESSED = { xz: 1, lz4: 2, zstd: 4, any: 7 } as const;

/** Offsets in the file header. */
export const HEADER = {
  signature: 0,
  compatibleFlags: 8,
  incompatibleFlags: 12,
  state: 16,
  fileId: 24,
  machineId: 40,
  tailEntryBootId: 56,
  seqnumId: 72,
  headerSize: 88,
  arenaSize: 96,
  dataHashTableOffset: 104,
  dataHashTableSize: 112,
  fieldHashTableOffset: 120,
  fieldHashTableSize: 128,
  tailObjectOffset: 136,
  objects: 144,
  entries: 152,
  tailEntrySeqnum: 160,
  headEntrySeqnum: 168,
  entryArrayOffset: 176,
  headEntryRealtime: 184,
  tailEntryRealtime: 192,
  tailEntryMonotonic: 200,
  data: 208,
  fields: 216,
  tags: 224,
  entryArrays: 232,
  dataHashChainDepth: 240,
  fieldHashChainDepth: 248,
  tailEntryArrayOffset: 256,
  tailEntryArrayEntries: 260,
} as const;

/** Every object starts with type (u8), flags (u8), six reserved bytes and its size (u64). */
export const OBJECT_HEADER_SIZE = 16;

/** Offsets in a data object. In compact files the payload starts 8 bytes later. */
export const DATA = {
  hash: 16,
  nextHash: 24,
  nextField: 32,
  entry: 40,
  entryArray: 48,
  entries: 56,
  payload: 64,
  payloadCompact: 72,
} as const;

/** Offsets in a field object. */
export const FIELD = { hash: 16, nextHash: 24, headData: 32, payload: 40 } as const;

/** Offsets in an entry object; each item is an offset and a hash (16 bytes), or in compact files an offset (4 bytes). */
export const ENTRY = { seqnum: 16, realtime: 24, monotonic: 32, bootId: 40, xorHash: 56, items: 64 } as const;

/** Offsets in an entry array object; each item is 8 bytes, or 4 in compact files. */
export const ENTRY_ARRAY = { next: 16, items: 24 } as const;

/** One bucket of a hash table: offsets of the first and the last object of its chain. */
export const HASH_ITEM_SIZE = 16;
