import { readU32, readU64, sameBytes } from "../bytes.ts";
import { COMPRESSED, DATA, FIELD, HASH_ITEM_SIZE, OBJECT, OBJECT_HEADER_SIZE } from "../format.ts";
import { bucketOf, hashHigh, hashLow, jenkinsHash } from "../jenkins-hash.ts";
import { siphash24 } from "../siphash.ts";
import { payloadOf } from "./decompress.ts";
import type { FileHeader, HashTable } from "./file-header.ts";
import type { PagedBytes } from "./paged-bytes.ts";

/** Finds objects in a file and reads them. A damaged one is as if it were not there; chains only go forward, so all ways end. */
export class FileObjects {
  readonly #bytes: PagedBytes;
  readonly #header: FileHeader;

  constructor(bytes: PagedBytes, header: FileHeader) {
    this.#bytes = bytes;
    this.#header = header;
  }

  /** The size of the object at an offset when it has this type, at least this size, and is wholly in the file. */
  size(offset: number, type: number, least: number): number | undefined {
    if (offset < this.#header.end || offset % 8 !== 0) return undefined;
    const head = this.#bytes.view(offset, OBJECT_HEADER_SIZE);
    if (head === undefined || head[0] !== type) return undefined;
    const size = readU64(head, 8);
    return size >= least && offset + size <= this.#bytes.size ? size : undefined;
  }

  /** The `NAME=value` of a data object, decompressed. */
  payload(offset: number): Buffer | undefined {
    const start = this.#header.compact ? DATA.payloadCompact : DATA.payload;
    const size = this.size(offset, OBJECT.data, start);
    if (size === undefined) return undefined;
    const flags = this.#bytes.view(offset + 1, 1)![0]!;
    const stored = this.#bytes.view(offset + start, size - start);
    return stored === undefined || (flags & COMPRESSED.any) === 0 ? stored : payloadOf(stored, flags);
  }

  /** The data object of a `NAME=value`, or 0. */
  findData(payload: Uint8Array): number {
    const hash = this.#hash(payload);
    return this.#find(this.#header.dataTable, hash, OBJECT.data, (offset) => {
      const head = this.#bytes.view(offset, DATA.payload)!;
      if (readU32(head, DATA.hash) !== hash.low || readU32(head, DATA.hash + 4) !== hash.high) return false;
      const stored = this.payload(offset);
      return stored !== undefined && sameBytes(stored, payload);
    });
  }

  /** The names of all fields. */
  fieldNames(): string[] {
    const names: string[] = [];
    const table = this.#header.fieldTable;
    for (let bucket = 0; bucket < table.buckets; bucket++) {
      this.#walk(table, bucket, OBJECT.field, (offset) => {
        const name = this.#fieldName(offset);
        if (name !== undefined) names.push(name.toString("latin1"));
        return false;
      });
    }
    return names;
  }

  /** The data objects of a field, the latest first. */
  dataOf(name: string): number[] {
    const bytes = Buffer.from(name);
    const field = this.#find(this.#header.fieldTable, this.#hash(bytes), OBJECT.field, (offset) => {
      const stored = this.#fieldName(offset);
      return stored !== undefined && sameBytes(stored, bytes);
    });
    const found = new Set<number>();
    let at = field === 0 ? 0 : readU64(this.#bytes.view(field + FIELD.headData, 8)!, 0);
    while (at !== 0 && !found.has(at) && this.size(at, OBJECT.data, DATA.payload) !== undefined) {
      found.add(at);
      at = readU64(this.#bytes.view(at + DATA.nextField, 8)!, 0);
    }
    return [...found];
  }

  #fieldName(offset: number): Buffer | undefined {
    const size = this.size(offset, OBJECT.field, FIELD.payload);
    return size === undefined ? undefined : this.#bytes.view(offset + FIELD.payload, size - FIELD.payload);
  }

  #hash(payload: Uint8Array): { readonly high: number; readonly low: number } {
    if (this.#header.keyed) return siphash24(payload, this.#header.fileId);
    jenkinsHash(payload);
    return { high: hashHigh(), low: hashLow() };
  }

  #find(
    table: HashTable,
    hash: { readonly high: number; readonly low: number },
    type: number,
    isIt: (offset: number) => boolean,
  ): number {
    if (table.buckets === 0) return 0;
    return this.#walk(table, bucketOf(hash.high, hash.low, table.buckets), type, isIt);
  }

  /** The first object of a bucket that is the right one, or 0. */
  #walk(table: HashTable, bucket: number, type: number, isIt: (offset: number) => boolean): number {
    const item = this.#bytes.view(table.offset + bucket * HASH_ITEM_SIZE, 8);
    let before = 0;
    for (let at = item === undefined ? 0 : readU64(item, 0); at > before; ) {
      if (this.size(at, type, type === OBJECT.data ? DATA.payload : FIELD.payload) === undefined) return 0;
      if (isIt(at)) return at;
      before = at;
      // The link stands at the same place in data and field objects.
      at = readU64(this.#bytes.view(at + DATA.nextHash, 8)!, 0);
    }
    return 0;
  }
}
