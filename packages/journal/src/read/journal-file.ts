import { basename } from "node:path";
import { hexFromId, readU32, readU64 } from "../bytes.ts";
import { DATA, ENTRY, OBJECT } from "../format.ts";
import { openStorage, type Storage } from "../storage.ts";
import { EntryList } from "./entry-list.ts";
import { type FileFacts, type FileHeader, readHeader } from "./file-header.ts";
import { FileObjects } from "./file-objects.ts";
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

type ReadStorage = Pick<Storage, "read" | "size" | "close">;

/** One journal file, read only, by systemd or by us. Damage never throws: what cannot be read is left out. */
export class JournalFile {
  readonly path: string;
  readonly #storage: ReadStorage;
  readonly #bytes: PagedBytes;
  #header: FileHeader;
  #objects: FileObjects;
  #entries: EntryList;
  /** Lists that were asked for, by the offset of their data object. */
  readonly #lists = new Map<number, EntryList>();

  private constructor(path: string, storage: ReadStorage, bytes: PagedBytes, header: FileHeader) {
    this.path = path;
    this.#storage = storage;
    this.#bytes = bytes;
    this.#header = header;
    this.#objects = new FileObjects(bytes, header);
    this.#entries = this.#list(0, header.entryArray, header.facts.entries);
  }

  /** Opens a file; answers why not, when it is not a journal file that can be read. Does not throw. */
  static open(path: string, storage?: ReadStorage): JournalFile | { readonly problem: string } {
    try {
      const opened = storage ?? openStorage(path, "r");
      const bytes = new PagedBytes(opened);
      const header = readHeader(bytes);
      if (!("problem" in header)) return new JournalFile(path, opened, bytes, header);
      opened.close();
      return header;
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }

  close(): void {
    this.#storage.close();
  }

  /** Gives back the memory of what was read; reading on is possible. */
  release(): void {
    this.#bytes.release();
  }

  /** Looks again at a file that may have grown. */
  refresh(): void {
    this.#bytes.refresh();
    this.#lists.clear();
    const header = readHeader(this.#bytes);
    if (!("problem" in header)) this.#header = header;
    this.#objects = new FileObjects(this.#bytes, this.#header);
    this.#entries = this.#list(0, this.#header.entryArray, this.#header.facts.entries);
  }

  get name(): string {
    return basename(this.path);
  }

  get facts(): FileFacts {
    return this.#header.facts;
  }

  get seqnumId(): string {
    return this.#header.facts.seqnumId;
  }

  /** What of the file is not read, although the file is; undefined when nothing is lacking. */
  get lacking(): string | undefined {
    return this.#header.xz ? "values that are compressed with xz are left out" : undefined;
  }

  /** All entries. */
  get entries(): EntryList {
    return this.#entries;
  }

  /** Where the entry at an offset stands, or undefined when there is no whole entry. */
  place(offset: number): EntryPlace | undefined {
    if (this.#objects.size(offset, OBJECT.entry, ENTRY.items) === undefined) return undefined;
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

  /** One number of an entry, for bisection; 0 where the file is damaged. */
  realtimeUsec(offset: number): number {
    return this.#number(offset + ENTRY.realtime);
  }

  monotonicUsec(offset: number): number {
    return this.#number(offset + ENTRY.monotonic);
  }

  seqnum(offset: number): number {
    return this.#number(offset + ENTRY.seqnum);
  }

  /** The `NAME=value` of an entry in the order of the file. What cannot be read is left out. Not to be written to. */
  fields(offset: number): Buffer[] {
    const size = this.#objects.size(offset, OBJECT.entry, ENTRY.items);
    const items = size === undefined ? undefined : this.#bytes.view(offset + ENTRY.items, size - ENTRY.items);
    if (items === undefined) return [];
    const fields: Buffer[] = [];
    const { compact } = this.#header;
    const step = compact ? 4 : 16;
    for (let at = 0; at + step <= items.length; at += step) {
      const payload = this.#objects.payload(compact ? readU32(items, at) : readU64(items, at));
      if (payload !== undefined) fields.push(payload);
    }
    return fields;
  }

  /** The entries that hold exactly this `NAME=value`. */
  entriesWith(payload: Uint8Array): EntryList | undefined {
    const offset = this.#objects.findData(payload);
    return offset === 0 ? undefined : this.#listOf(offset);
  }

  /** The names of all fields in the file. */
  fieldNames(): string[] {
    return this.#objects.fieldNames();
  }

  /** All values of a field, with the list of entries that hold each. */
  values(name: string): { readonly value: Buffer; readonly entries: EntryList }[] {
    return this.#objects.dataOf(name).flatMap((offset) => {
      const payload = this.#objects.payload(offset);
      return payload === undefined ? [] : [{ value: payload.subarray(name.length + 1), entries: this.#listOf(offset) }];
    });
  }

  #number(at: number): number {
    const bytes = this.#bytes.view(at, 8);
    return bytes === undefined ? 0 : readU64(bytes, 0);
  }

  #listOf(data: number): EntryList {
    const known = this.#lists.get(data);
    if (known !== undefined) return known;
    const head = this.#bytes.view(data, DATA.payload)!;
    const list = this.#list(readU64(head, DATA.entry), readU64(head, DATA.entryArray), readU64(head, DATA.entries));
    this.#lists.set(data, list);
    return list;
  }

  #list(first: number, firstArray: number, count: number): EntryList {
    return new EntryList(this.#bytes, this.#header.compact, first, firstArray, count);
  }
}
