import { basename } from "node:path";
import { hexFromId, readU32, readU64, sameBytes } from "../bytes.ts";
import {
  COMPRESSED,
  DATA,
  ENTRY,
  FIELD,
  HASH_ITEM_SIZE,
  HEADER,
  INCOMPATIBLE,
  OBJECT,
  OBJECT_HEADER_SIZE,
  SIGNATURE,
} from "../format.ts";
import { bucketOf, hashHigh, hashLow, jenkinsHash } from "../jenkins-hash.ts";
import { siphash24 } from "../siphash.ts";
import { openStorage, type Storage } from "../storage.ts";
import { payloadOf } from "./decompress.ts";
import { EntryList } from "./entry-list.ts";
import { PagedBytes } from "./paged-bytes.ts";

/** Where an entry stands in time and order. Ids as 32 hexadecimal digits, times in microseconds. */
export interface EntryPlace {
  readonly seqnumId: string;
  readonly seqnum: number;
  readonly bootId: string;
  readonly monotonicUsec: number;
  readonly realtimeUsec: number;
  /** 16 hexadecimal digits. */
  readonly xorHash: string;
}

/** The header's facts about a file. */
export interface FileFacts {
  readonly fileId: string;
  readonly machineId: string;
  readonly seqnumId: string;
  readonly state: number;
  readonly entries: number;
  readonly headRealtimeUsec: number;
  readonly tailRealtimeUsec: number;
}

const KNOWN_INCOMPATIBLE =
  INCOMPATIBLE.xz | INCOMPATIBLE.lz4 | INCOMPATIBLE.keyedHash | INCOMPATIBLE.zstd | INCOMPATIBLE.compact;

/** One journal file, read only, by systemd or by us. Damage never throws: what cannot be read is left out. */
export class JournalFile {
  readonly path: string;
  readonly #storage: Pick<Storage, "read" | "size" | "close">;
  readonly #bytes: PagedBytes;
  #header: Buffer;
  #headerEnd: number;
  #list: EntryList;
  readonly compact: boolean;
  readonly #keyed: boolean;
  readonly #lists = new Map<number, EntryList>();

  private constructor(
    path: string,
    storage: Pick<Storage, "read" | "size" | "close">,
    bytes: PagedBytes,
    header: Buffer,
  ) {
    this.path = path;
    this.#storage = storage;
    this.#bytes = bytes;
    this.#header = header;
    this.#headerEnd = readU64(header, HEADER.headerSize);
    const flags = readU32(header, HEADER.incompatibleFlags);
    this.compact = (flags & INCOMPATIBLE.compact) !== 0;
    this.#keyed = (flags & INCOMPATIBLE.keyedHash) !== 0;
    this.#list = this.#entryList();
  }

  /** Opens a file; answers why not, when it is not a journal file that can be read. Does not throw. */
  static open(
    path: string,
    storage?: Pick<Storage, "read" | "size" | "close">,
  ): JournalFile | { readonly problem: string } {
    let opened = storage;
    try {
      opened ??= openStorage(path, "r");
      const bytes = new PagedBytes(opened);
      const header = readHeader(bytes);
      if (!("problem" in header)) return new JournalFile(path, opened, bytes, header.bytes);
      opened.close();
      return header;
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }

  close(): void {
    this.#storage.close();
  }

  /** Looks again at a file that may have grown. */
  refresh(): void {
    this.#bytes.refresh();
    this.#lists.clear();
    const header = readHeader(this.#bytes);
    if (!("problem" in header)) {
      this.#header = header.bytes;
      this.#headerEnd = readU64(header.bytes, HEADER.headerSize);
    }
    this.#list = this.#entryList();
  }

  get name(): string {
    return basename(this.path);
  }

  get facts(): FileFacts {
    const header = this.#header;
    return {
      fileId: hexFromId(header.subarray(HEADER.fileId, HEADER.fileId + 16)),
      machineId: hexFromId(header.subarray(HEADER.machineId, HEADER.machineId + 16)),
      seqnumId: this.seqnumId,
      state: header[HEADER.state]!,
      entries: readU64(header, HEADER.entries),
      headRealtimeUsec: readU64(header, HEADER.headEntryRealtime),
      tailRealtimeUsec: readU64(header, HEADER.tailEntryRealtime),
    };
  }

  get seqnumId(): string {
    return hexFromId(this.#header.subarray(HEADER.seqnumId, HEADER.seqnumId + 16));
  }

  /** All entries. */
  get entries(): EntryList {
    return this.#list;
  }

  #entryList(): EntryList {
    return new EntryList(
      this.#bytes,
      this.compact,
      0,
      readU64(this.#header, HEADER.entryArrayOffset),
      readU64(this.#header, HEADER.entries),
    );
  }

  /** Where the entry at an offset stands, or undefined when there is no whole entry. */
  place(offset: number): EntryPlace | undefined {
    const entry = this.#object(offset, OBJECT.entry, ENTRY.items);
    if (entry === undefined) return undefined;
    const head = this.#bytes.view(offset, ENTRY.items)!;
    return {
      seqnumId: this.seqnumId,
      seqnum: readU64(head, ENTRY.seqnum),
      realtimeUsec: readU64(head, ENTRY.realtime),
      monotonicUsec: readU64(head, ENTRY.monotonic),
      bootId: hexFromId(head.subarray(ENTRY.bootId, ENTRY.bootId + 16)),
      xorHash: Buffer.from(head.subarray(ENTRY.xorHash, ENTRY.xorHash + 8))
        .reverse()
        .toString("hex"),
    };
  }

  realtimeUsec(offset: number): number {
    const bytes = this.#bytes.view(offset + ENTRY.realtime, 8);
    return bytes === undefined ? 0 : readU64(bytes, 0);
  }

  monotonicUsec(offset: number): number {
    const bytes = this.#bytes.view(offset + ENTRY.monotonic, 8);
    return bytes === undefined ? 0 : readU64(bytes, 0);
  }

  seqnum(offset: number): number {
    const bytes = this.#bytes.view(offset + ENTRY.seqnum, 8);
    return bytes === undefined ? 0 : readU64(bytes, 0);
  }

  /** The `NAME=value` of an entry in the order of the file. What cannot be read is left out. Not to be written to. */
  fields(offset: number): Buffer[] {
    const size = this.#object(offset, OBJECT.entry, ENTRY.items);
    const items = size === undefined ? undefined : this.#bytes.view(offset + ENTRY.items, size - ENTRY.items);
    if (items === undefined) return [];
    const fields: Buffer[] = [];
    const step = this.compact ? 4 : 16;
    for (let at = 0; at + step <= items.length; at += step) {
      const payload = this.#payload(this.compact ? readU32(items, at) : readU64(items, at));
      if (payload !== undefined) fields.push(payload);
    }
    return fields;
  }

  /** The entries that hold exactly this `NAME=value`. */
  entriesWith(payload: Uint8Array): EntryList | undefined {
    const offset = this.#findData(payload);
    return offset === 0 ? undefined : this.#listOf(offset);
  }

  /** The names of all fields in the file. */
  fieldNames(): string[] {
    const names: string[] = [];
    const buckets = this.#buckets(HEADER.fieldHashTableSize);
    for (let bucket = 0; bucket < buckets; bucket++) {
      this.#walkChain(HEADER.fieldHashTableOffset, bucket, OBJECT.field, (offset, size) => {
        const name = this.#bytes.view(offset + FIELD.payload, size - FIELD.payload);
        if (name !== undefined) names.push(name.toString("latin1"));
        return false;
      });
    }
    return names;
  }

  /** All values of a field, with the list of entries that hold each. */
  values(name: string): { readonly value: Buffer; readonly entries: EntryList }[] {
    const bytes = Buffer.from(name);
    const hash = this.#hash(bytes);
    let head = 0;
    const buckets = this.#buckets(HEADER.fieldHashTableSize);
    if (buckets === 0) return [];
    this.#walkChain(
      HEADER.fieldHashTableOffset,
      bucketOf(hash.high, hash.low, buckets),
      OBJECT.field,
      (offset, size) => {
        const stored = this.#bytes.view(offset + FIELD.payload, size - FIELD.payload);
        if (stored === undefined || !sameBytes(stored, bytes)) return false;
        head = readU64(this.#bytes.view(offset + FIELD.headData, 8)!, 0);
        return true;
      },
    );
    const values: { value: Buffer; entries: EntryList }[] = [];
    const seen = new Set<number>();
    for (let at = head; at !== 0 && !seen.has(at); ) {
      seen.add(at);
      if (this.#object(at, OBJECT.data, DATA.payload) === undefined) break;
      const next = readU64(this.#bytes.view(at, DATA.payload)!, DATA.nextField);
      const payload = this.#payload(at);
      if (payload !== undefined) values.push({ value: payload.subarray(name.length + 1), entries: this.#listOf(at) });
      at = next;
    }
    return values;
  }

  #listOf(data: number): EntryList {
    const known = this.#lists.get(data);
    if (known !== undefined) return known;
    const head = this.#bytes.view(data, DATA.payload)!;
    const list = new EntryList(
      this.#bytes,
      this.compact,
      readU64(head, DATA.entry),
      readU64(head, DATA.entryArray),
      readU64(head, DATA.entries),
    );
    this.#lists.set(data, list);
    return list;
  }

  #findData(payload: Uint8Array): number {
    const buckets = this.#buckets(HEADER.dataHashTableSize);
    if (buckets === 0) return 0;
    const hash = this.#hash(payload);
    let found = 0;
    this.#walkChain(HEADER.dataHashTableOffset, bucketOf(hash.high, hash.low, buckets), OBJECT.data, (offset) => {
      const head = this.#bytes.view(offset, DATA.payload)!;
      if (readU32(head, DATA.hash) !== hash.low || readU32(head, DATA.hash + 4) !== hash.high) return false;
      const stored = this.#payload(offset);
      if (stored === undefined || !sameBytes(stored, payload)) return false;
      found = offset;
      return true;
    });
    return found;
  }

  #hash(payload: Uint8Array): { high: number; low: number } {
    if (this.#keyed) return siphash24(payload, this.#header.subarray(HEADER.fileId, HEADER.fileId + 16));
    jenkinsHash(payload);
    return { high: hashHigh(), low: hashLow() };
  }

  /** How many buckets a table has; no more than the file has room for. */
  #buckets(sizeAt: number): number {
    return Math.floor(Math.min(readU64(this.#header, sizeAt), this.#bytes.size) / HASH_ITEM_SIZE);
  }

  /** Visits the objects of a bucket until one is the right one. Chains only go forward, so a damaged one ends too. */
  #walkChain(tableAt: number, bucket: number, type: number, visit: (offset: number, size: number) => boolean): void {
    const item = this.#bytes.view(readU64(this.#header, tableAt) + bucket * HASH_ITEM_SIZE, 8);
    let before = 0;
    for (let at = item === undefined ? 0 : readU64(item, 0); at > before; ) {
      const size = this.#object(at, type, type === OBJECT.data ? DATA.payload : FIELD.payload);
      if (size === undefined || visit(at, size)) return;
      before = at;
      // The link stands at the same place in data and field objects.
      at = readU64(this.#bytes.view(at, DATA.nextField)!, DATA.nextHash);
    }
  }

  #payload(offset: number): Buffer | undefined {
    const start = this.compact ? DATA.payloadCompact : DATA.payload;
    const size = this.#object(offset, OBJECT.data, start);
    if (size === undefined) return undefined;
    const flags = this.#bytes.view(offset + 1, 1)![0]!;
    const stored = this.#bytes.view(offset + start, size - start);
    return stored === undefined ? undefined : (flags & COMPRESSED.any) === 0 ? stored : payloadOf(stored, flags);
  }

  /** The size of the object at an offset when it has this type and at least this size and is wholly in the file. */
  #object(offset: number, type: number, least: number): number | undefined {
    if (offset < this.#headerEnd || offset % 8 !== 0) return undefined;
    const head = this.#bytes.view(offset, OBJECT_HEADER_SIZE);
    if (head === undefined || head[0] !== type) return undefined;
    const size = readU64(head, 8);
    return size >= least && offset + size <= this.#bytes.size ? size : undefined;
  }
}

function readHeader(bytes: PagedBytes): { readonly bytes: Buffer } | { readonly problem: string } {
  // Old headers are shorter; what they lack reads as zero.
  const least = HEADER.data;
  const there = bytes.view(0, least);
  if (there === undefined) return { problem: "shorter than a journal file's header" };
  if (there.toString("latin1", 0, 8) !== SIGNATURE) return { problem: "not a journal file" };
  if ((readU32(there, HEADER.incompatibleFlags) & ~KNOWN_INCOMPATIBLE) !== 0)
    return { problem: "written in a way that is not known yet" };
  const size = readU64(there, HEADER.headerSize);
  if (size < least) return { problem: "the header is damaged" };
  const header = Buffer.alloc(HEADER.tailEntryArrayEntries + 4);
  const whole = bytes.view(0, Math.min(size, header.length, bytes.size));
  whole?.copy(header);
  return { bytes: header };
}
