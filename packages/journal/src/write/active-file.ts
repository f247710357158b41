import { readU32, readU64, sameBytes, writeU32, writeU64 } from "../bytes.ts";
import type { ArrayTail, DataSlot, JournalField } from "../field.ts";
import {
  DATA,
  ENTRY,
  ENTRY_ARRAY,
  FIELD,
  HASH_ITEM_SIZE,
  HEADER,
  HEADER_SIZE,
  OBJECT,
  OBJECT_HEADER_SIZE,
  SIGNATURE,
  STATE,
} from "../format.ts";
import { bucketOf, hashHigh, hashLow, jenkinsHash } from "../jenkins-hash.ts";
import type { Storage } from "../storage.ts";
import { scanFile } from "./file-scan.ts";
import { HashIndex } from "./hash-index.ts";
import { applyPatches, Transaction } from "./transaction.ts";

/** One entry to write. Times in microseconds; `bootId` and the clocks are the ones of the machine that made it. */
export interface EntryInput {
  readonly realtimeUsec: number;
  readonly monotonicUsec: number;
  readonly bootId: Uint8Array;
  readonly fields: readonly (JournalField | Uint8Array)[];
}

/** The identity of a new file: ids of 16 bytes. */
export interface NewFile {
  readonly fileId: Uint8Array;
  readonly machineId: Uint8Array;
  readonly seqnumId: Uint8Array;
  /** Sequence numbers go on behind this one. */
  readonly lastSeqnum: number;
  readonly dataBuckets: number;
}

const FIELD_BUCKETS = 333;
const KEPT_PAYLOAD = 512;
const KEPT_SLOTS = 8192;
const MANY_BUCKETS = 256;

interface FieldSlot {
  readonly name: Buffer;
  readonly offset: number;
  /** The latest data object of the field. */
  head: number;
  dirty: boolean;
}

/**
 * The file that entries are being added to. append() only stages, in memory; what must be written stands in `transaction`
 * after stage(). The caller writes it (see commit-log.ts) and says written(), or drops this object and opens the file anew.
 */
export class ActiveFile {
  readonly transaction = new Transaction();
  readonly #storage: Storage;
  readonly #header: Buffer;
  readonly #index: HashIndex;
  /** The data hash table as it is to be in the file, and how long each chain is. */
  readonly #table: Buffer;
  readonly #tableWords: Uint32Array;
  readonly #chainLength: Uint8Array;
  #deepestChain = 0;
  readonly #dataTable: number;
  readonly #fieldTable: number;
  readonly #fieldBuckets: number;
  readonly #fieldChainTail: number[];
  readonly #fields = new Map<string, FieldSlot>();
  /** The latest fields by a quick hash of their names. */
  readonly #recentFields: (FieldSlot | undefined)[] = new Array<FieldSlot | undefined>(64).fill(undefined);
  #slots = new Map<number, DataSlot>();
  #dirty: DataSlot[] = [];
  /** Slots of values that are new in this transaction. */
  #fresh: DataSlot[] = [];
  #dirtyFields: FieldSlot[] = [];
  #entries: ArrayTail = { offset: 0, capacity: 0, used: 0, pending: [] };
  #tailObject: number;
  #objects: number;
  #data: number;
  #entryArrays: number;
  #entryCount: number;
  #owner: object = {};
  #staged = 0;

  private constructor(storage: Storage, header: Buffer) {
    this.#storage = storage;
    this.#header = header;
    this.#dataTable = readU64(header, HEADER.dataHashTableOffset);
    this.#fieldTable = readU64(header, HEADER.fieldHashTableOffset);
    const buckets = readU64(header, HEADER.dataHashTableSize) / HASH_ITEM_SIZE;
    this.#fieldBuckets = readU64(header, HEADER.fieldHashTableSize) / HASH_ITEM_SIZE;
    this.#table = Buffer.alloc(buckets * HASH_ITEM_SIZE);
    this.#tableWords = new Uint32Array(this.#table.buffer, this.#table.byteOffset, buckets * 4);
    this.#chainLength = new Uint8Array(buckets);
    this.#fieldChainTail = new Array<number>(this.#fieldBuckets).fill(0);
    this.#index = new HashIndex(buckets);
    this.#tailObject = readU64(header, HEADER.tailObjectOffset);
    this.#objects = readU64(header, HEADER.objects);
    this.#data = readU64(header, HEADER.data);
    this.#entryArrays = readU64(header, HEADER.entryArrays);
    this.#entryCount = readU64(header, HEADER.entries);
    this.transaction.begin(readU64(header, HEADER.headerSize) + readU64(header, HEADER.arenaSize));
  }

  /** Writes the header and the empty hash tables of a new file into empty storage. */
  static create(storage: Storage, file: NewFile): ActiveFile {
    const header = Buffer.alloc(HEADER_SIZE);
    const fieldTable = HEADER_SIZE + OBJECT_HEADER_SIZE;
    const dataObject = fieldTable + FIELD_BUCKETS * HASH_ITEM_SIZE;
    const dataTable = dataObject + OBJECT_HEADER_SIZE;
    const end = dataTable + file.dataBuckets * HASH_ITEM_SIZE;
    header.write(SIGNATURE, HEADER.signature, "latin1");
    header.set(file.fileId, HEADER.fileId);
    header.set(file.machineId, HEADER.machineId);
    header.set(file.seqnumId, HEADER.seqnumId);
    header[HEADER.state] = STATE.online;
    writeU64(header, HEADER.headerSize, HEADER_SIZE);
    writeU64(header, HEADER.arenaSize, end - HEADER_SIZE);
    writeU64(header, HEADER.dataHashTableOffset, dataTable);
    writeU64(header, HEADER.dataHashTableSize, file.dataBuckets * HASH_ITEM_SIZE);
    writeU64(header, HEADER.fieldHashTableOffset, fieldTable);
    writeU64(header, HEADER.fieldHashTableSize, FIELD_BUCKETS * HASH_ITEM_SIZE);
    writeU64(header, HEADER.tailObjectOffset, dataObject);
    writeU64(header, HEADER.objects, 2);
    writeU64(header, HEADER.tailEntrySeqnum, file.lastSeqnum);
    storage.truncate(end);
    const object = Buffer.alloc(OBJECT_HEADER_SIZE);
    object[0] = OBJECT.fieldHashTable;
    writeU64(object, 8, OBJECT_HEADER_SIZE + FIELD_BUCKETS * HASH_ITEM_SIZE);
    storage.write(object, 0, OBJECT_HEADER_SIZE, HEADER_SIZE);
    object[0] = OBJECT.dataHashTable;
    writeU64(object, 8, OBJECT_HEADER_SIZE + file.dataBuckets * HASH_ITEM_SIZE);
    storage.write(object, 0, OBJECT_HEADER_SIZE, dataObject);
    storage.write(header, 0, HEADER_SIZE, 0);
    return new ActiveFile(storage, header);
  }

  /** Takes over a file that a writer of ours left, or says why it cannot be continued. */
  static open(storage: Storage): ActiveFile | { readonly refused: string } {
    const scan = scanFile(storage);
    if ("refused" in scan) return scan;
    const file = new ActiveFile(storage, scan.header);
    const buckets = file.#chainLength.length;
    storage.read(file.#table, 0, file.#table.length, file.#dataTable);
    for (let i = 0; i < scan.data.length; i += 3) {
      const high = scan.data[i]!;
      const low = scan.data[i + 1]!;
      const offset = scan.data[i + 2]!;
      const bucket = bucketOf(high, low, buckets);
      file.#index.add(low, offset);
      file.#lengthenChain(bucket);
    }
    for (const field of scan.fields) {
      file.#fields.set(field.name, {
        name: Buffer.from(field.name, "latin1"),
        offset: field.offset,
        head: field.head,
        dirty: false,
      });
      file.#fieldChainTail[bucketOf(field.hashHigh, field.hashLow, file.#fieldBuckets)] = field.offset;
    }
    file.#entries = file.#walkArrays(readU64(scan.header, HEADER.entryArrayOffset), file.#entryCount);
    return file;
  }

  get size(): number {
    return this.transaction.base + this.transaction.tailLength;
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  get state(): number {
    return this.#header[HEADER.state]!;
  }

  get seqnumId(): Uint8Array {
    return this.#header.subarray(HEADER.seqnumId, HEADER.seqnumId + 16);
  }

  get fileId(): Uint8Array {
    return this.#header.subarray(HEADER.fileId, HEADER.fileId + 16);
  }

  get machineId(): Uint8Array {
    return this.#header.subarray(HEADER.machineId, HEADER.machineId + 16);
  }

  get headSeqnum(): number {
    return readU64(this.#header, HEADER.headEntrySeqnum);
  }

  get headRealtimeUsec(): number {
    return readU64(this.#header, HEADER.headEntryRealtime);
  }

  get tailSeqnum(): number {
    return readU64(this.#header, HEADER.tailEntrySeqnum);
  }

  get tailMonotonicUsec(): number {
    return readU64(this.#header, HEADER.tailEntryMonotonic);
  }

  get tailBootId(): Uint8Array {
    return this.#header.subarray(HEADER.tailEntryBootId, HEADER.tailEntryBootId + 16);
  }

  /** The hash tables are three quarters full, or values crowd into one bucket: time for another file. */
  get crowded(): boolean {
    return (
      this.#data * 4 > this.#chainLength.length * 3 ||
      this.#fields.size * 4 > this.#fieldBuckets * 3 ||
      this.#deepestChain > 100
    );
  }

  /** Stages one entry. Within a boot, monotonic times never go back in a file: a lower one is raised to the last. */
  append(entry: EntryInput): void {
    const header = this.#header;
    const transaction = this.transaction;
    let monotonicUsec = entry.monotonicUsec;
    if (this.#entryCount > 0 && monotonicUsec < this.tailMonotonicUsec && sameBytes(entry.bootId, this.tailBootId)) {
      monotonicUsec = this.tailMonotonicUsec;
    }
    const seqnum = this.tailSeqnum + 1;
    const slots: DataSlot[] = [];
    let xorHigh = 0;
    let xorLow = 0;
    for (const field of entry.fields) {
      const slot = this.#slotOf(field);
      // Items stand in the order of their offsets, each once.
      let at = slots.length;
      while (at > 0 && slots[at - 1]!.offset > slot.offset) at--;
      if (at > 0 && slots[at - 1] === slot) continue;
      if (at === slots.length) slots.push(slot);
      else slots.splice(at, 0, slot);
      xorHigh ^= slot.hashHigh;
      xorLow ^= slot.hashLow;
    }
    const size = ENTRY.items + slots.length * 16;
    const at = transaction.allocate(size);
    const offset = transaction.base + at;
    this.#startObject(at, OBJECT.entry, size);
    const words = transaction.words;
    const word = at >> 2;
    putWord(words, word + ENTRY.seqnum / 4, seqnum);
    putWord(words, word + ENTRY.realtime / 4, entry.realtimeUsec);
    putWord(words, word + ENTRY.monotonic / 4, monotonicUsec);
    transaction.tail.set(entry.bootId, at + ENTRY.bootId);
    words[word + ENTRY.xorHash / 4] = xorLow;
    words[word + ENTRY.xorHash / 4 + 1] = xorHigh;
    let item = word + ENTRY.items / 4;
    for (const slot of slots) {
      putWord(words, item, slot.offset);
      words[item + 2] = slot.hashLow;
      words[item + 3] = slot.hashHigh;
      item += 4;
    }
    for (const slot of slots) this.#linkEntry(slot, offset);
    if (this.#entryCount === 0) {
      writeU64(header, HEADER.headEntrySeqnum, seqnum);
      writeU64(header, HEADER.headEntryRealtime, entry.realtimeUsec);
    }
    const array = this.#pushItem(this.#entries, offset);
    if (array !== 0 && readU64(header, HEADER.entryArrayOffset) === 0) writeU64(header, HEADER.entryArrayOffset, array);
    this.#entryCount++;
    this.#staged++;
    writeU64(header, HEADER.tailEntrySeqnum, seqnum);
    writeU64(header, HEADER.tailEntryRealtime, entry.realtimeUsec);
    writeU64(header, HEADER.tailEntryMonotonic, monotonicUsec);
    header.set(entry.bootId, HEADER.tailEntryBootId);
  }

  /** Completes the transaction: after this it says all that must be written. */
  stage(): void {
    const transaction = this.transaction;
    this.#flushArray(this.#entries);
    for (const slot of this.#dirty) {
      this.#flushArray(slot.tail);
      slot.dirty = false;
    }
    for (const slot of this.#dirty)
      transaction.putWords(slot.offset + DATA.entry, [slot.firstEntry, slot.firstArray, slot.entries]);
    this.#dirty = [];
    for (const field of this.#dirtyFields) {
      transaction.putU64(field.offset + FIELD.headData, field.head);
      field.dirty = false;
    }
    this.#dirtyFields = [];
    this.#stageHeader(STATE.online);
  }

  #stageHeader(state: number): void {
    const header = this.#header;
    header[HEADER.state] = state;
    writeU64(header, HEADER.arenaSize, this.size - HEADER_SIZE);
    writeU64(header, HEADER.tailObjectOffset, this.#tailObject);
    writeU64(header, HEADER.objects, this.#objects);
    writeU64(header, HEADER.entries, this.#entryCount);
    writeU64(header, HEADER.data, this.#data);
    writeU64(header, HEADER.fields, this.#fields.size);
    writeU64(header, HEADER.entryArrays, this.#entryArrays);
    writeU64(header, HEADER.dataHashChainDepth, this.#deepestChain);
    writeU32(header, HEADER.tailEntryArrayOffset, this.#entries.offset);
    writeU32(header, HEADER.tailEntryArrayEntries, this.#entries.used);
    this.transaction.putBytes(0, header);
  }

  /** Performs the staged transaction's changes of what was there before. The new objects must be written already. */
  apply(): void {
    const { transaction } = this;
    // Scattered over the table: beyond some, one large write is quicker than many small ones.
    if (transaction.buckets > MANY_BUCKETS) this.#storage.write(this.#table, 0, this.#table.length, this.#dataTable);
    else applyPatches(this.#storage, transaction.bucketPatches, 0, transaction.bucketPatchLength);
    applyPatches(this.#storage, transaction.patches, 0, transaction.patchLength);
  }

  /** The transaction is in the file: the next one starts behind it. */
  written(): void {
    this.transaction.begin(this.size);
    this.#staged = 0;
    // Most new values never come again (messages); those that did are kept, with bytes of their own.
    for (const slot of this.#fresh) {
      if (slot.entries === 1) {
        slot.owner = undefined;
        this.#slots.delete(slot.offset);
      } else if (slot.payload !== undefined) slot.payload = Buffer.from(slot.payload);
    }
    this.#fresh = [];
    if (this.#slots.size > KEPT_SLOTS) this.#dropSlots();
  }

  /** How many entries wait in the transaction. */
  get staged(): number {
    return this.#staged;
  }

  /** Marks the file as closed cleanly, or as archived. Only between transactions. */
  setState(state: number): void {
    this.#header[HEADER.state] = state;
    this.#storage.write(this.#header, HEADER.state, 1, HEADER.state);
  }

  /** Nothing refers to this object's slots any more. */
  dispose(): void {
    this.#dropSlots();
  }

  #dropSlots(): void {
    for (const slot of this.#slots.values()) slot.owner = undefined;
    this.#slots = new Map();
  }

  #slotOf(field: JournalField | Uint8Array): DataSlot {
    if (field instanceof Uint8Array) return this.#findOrAdd(field);
    const known = field.slot;
    if (known !== undefined && known.owner === this.#owner) return known;
    const slot = this.#findOrAdd(field.bytes);
    field.slot = slot;
    return slot;
  }

  #findOrAdd(payload: Uint8Array): DataSlot {
    jenkinsHash(payload);
    const high = hashHigh();
    const low = hashLow();
    for (let at = this.#index.probe(low); at >= 0; at = this.#index.probe(low, at)) {
      const offset = this.#index.offsetAt(at);
      const slot = this.#slots.get(offset) ?? this.#loadSlot(offset, high, low);
      if (slot.hashHigh === high && this.#holds(slot, payload)) return slot;
    }
    return this.#addData(payload, high, low);
  }

  #holds(slot: DataSlot, payload: Uint8Array): boolean {
    if (slot.payload !== undefined) return sameBytes(slot.payload, payload);
    const size = readU64(this.#read(slot.offset + 8, 8), 0);
    return (
      size === DATA.payload + payload.length &&
      sameBytes(this.#read(slot.offset + DATA.payload, payload.length), payload)
    );
  }

  #loadSlot(offset: number, high: number, low: number): DataSlot {
    const object = this.#read(offset, DATA.payload);
    const size = readU64(object, 8) - DATA.payload;
    const entries = readU64(object, DATA.entries);
    const firstArray = readU64(object, DATA.entryArray);
    const slot: DataSlot = {
      owner: this.#owner,
      offset,
      hashHigh: readU32(object, DATA.hash + 4),
      hashLow: readU32(object, DATA.hash),
      payload: size <= KEPT_PAYLOAD ? Buffer.from(this.#read(offset + DATA.payload, size)) : undefined,
      entries,
      firstEntry: readU64(object, DATA.entry),
      firstArray,
      tail: this.#walkArrays(firstArray, entries - 1),
      dirty: false,
    };
    if (slot.hashHigh === high && slot.hashLow === low) this.#slots.set(offset, slot);
    return slot;
  }

  /** Follows a chain of arrays to its last, `count` items in all. */
  #walkArrays(first: number, count: number): ArrayTail {
    const tail: ArrayTail = { offset: 0, capacity: 0, used: 0, pending: [] };
    let left = count;
    for (let at = first; at !== 0; ) {
      const object = this.#read(at, ENTRY_ARRAY.items);
      tail.offset = at;
      tail.capacity = (readU64(object, 8) - ENTRY_ARRAY.items) / 8;
      tail.used = Math.min(left, tail.capacity);
      left -= tail.used;
      at = readU64(object, ENTRY_ARRAY.next);
    }
    return tail;
  }

  /** Bytes of the file as it will be, from the tail or from the storage; valid until the next read. */
  #read(offset: number, length: number): Uint8Array {
    const { base, tail } = this.transaction;
    if (offset >= base) return tail.subarray(offset - base, offset - base + length);
    const bytes = Buffer.allocUnsafe(length);
    if (this.#storage.read(bytes, 0, length, offset) !== length)
      throw new Error(`journal file ends inside an object at ${offset}`);
    return bytes;
  }

  #addData(payload: Uint8Array, high: number, low: number): DataSlot {
    const transaction = this.transaction;
    const size = DATA.payload + payload.length;
    const at = transaction.allocate(size);
    const offset = transaction.base + at;
    this.#startObject(at, OBJECT.data, size);
    transaction.words[(at + DATA.hash) >> 2] = low;
    transaction.words[(at + DATA.hash + 4) >> 2] = high;
    transaction.tail.set(payload, at + DATA.payload);
    this.#data++;
    this.#index.add(low, offset);
    const bucket = bucketOf(high, low, this.#chainLength.length);
    const word = bucket * 4;
    const before = this.#tableWords[word + 2]! + this.#tableWords[word + 3]! * HIGH;
    if (before === 0) putWord(this.#tableWords, word, offset);
    else transaction.putU64(before + DATA.nextHash, offset);
    putWord(this.#tableWords, word + 2, offset);
    transaction.putBucket(this.#dataTable + bucket * HASH_ITEM_SIZE, this.#table, bucket * HASH_ITEM_SIZE);
    this.#lengthenChain(bucket);
    const equals = payload.indexOf(0x3d);
    if (equals > 0) {
      const field = this.#fieldOf(payload, equals);
      transaction.putU64(offset + DATA.nextField, field.head);
      field.head = offset;
      if (!field.dirty) {
        field.dirty = true;
        this.#dirtyFields.push(field);
      }
    }
    const slot: DataSlot = {
      owner: this.#owner,
      offset,
      hashHigh: high,
      hashLow: low,
      payload: payload.length <= KEPT_PAYLOAD ? payload : undefined,
      entries: 0,
      firstEntry: 0,
      firstArray: 0,
      tail: { offset: 0, capacity: 0, used: 0, pending: [] },
      dirty: false,
    };
    this.#slots.set(offset, slot);
    this.#fresh.push(slot);
    return slot;
  }

  #lengthenChain(bucket: number): void {
    const length = Math.min(this.#chainLength[bucket]! + 1, 255);
    this.#chainLength[bucket] = length;
    if (length - 1 > this.#deepestChain) this.#deepestChain = length - 1;
  }

  #fieldOf(payload: Uint8Array, length: number): FieldSlot {
    const place = (length * 7 + payload[0]! + payload[length - 1]! * 3) & 63;
    const recent = this.#recentFields[place];
    if (recent !== undefined && startsWith(payload, recent.name, length)) return recent;
    const name = Buffer.from(payload.subarray(0, length));
    const known = this.#fields.get(name.toString("latin1"));
    const field = known ?? this.#addField(payload, length, name);
    this.#recentFields[place] = field;
    return field;
  }

  #addField(payload: Uint8Array, length: number, name: Buffer): FieldSlot {
    const transaction = this.transaction;
    const size = FIELD.payload + length;
    const at = transaction.allocate(size);
    const offset = transaction.base + at;
    this.#startObject(at, OBJECT.field, size);
    jenkinsHash(payload, 0, length);
    transaction.words[(at + FIELD.hash) >> 2] = hashLow();
    transaction.words[(at + FIELD.hash + 4) >> 2] = hashHigh();
    transaction.tail.set(payload.subarray(0, length), at + FIELD.payload);
    const bucket = bucketOf(hashHigh(), hashLow(), this.#fieldBuckets);
    const before = this.#fieldChainTail[bucket]!;
    const item = this.#fieldTable + bucket * HASH_ITEM_SIZE;
    if (before === 0) transaction.putWords(item, [offset, offset]);
    else {
      transaction.putU64(before + FIELD.nextHash, offset);
      transaction.putU64(item + 8, offset);
    }
    this.#fieldChainTail[bucket] = offset;
    const field: FieldSlot = { name, offset, head: 0, dirty: false };
    this.#fields.set(name.toString("latin1"), field);
    return field;
  }

  #startObject(at: number, type: number, size: number): void {
    this.transaction.tail[at] = type;
    putWord(this.transaction.words, (at + 8) >> 2, size);
    this.#tailObject = this.transaction.base + at;
    this.#objects++;
  }

  #linkEntry(slot: DataSlot, entry: number): void {
    if (!slot.dirty) {
      slot.dirty = true;
      this.#dirty.push(slot);
    }
    if (slot.entries++ === 0) {
      slot.firstEntry = entry;
      return;
    }
    const array = this.#pushItem(slot.tail, entry);
    if (array !== 0 && slot.firstArray === 0) slot.firstArray = array;
  }

  /** Adds an item to a chain of arrays; answers the offset of the array that it began, or 0. */
  #pushItem(tail: ArrayTail, value: number): number {
    let started = 0;
    if (tail.used === tail.capacity) {
      this.#flushArray(tail);
      // Twice the last one, within bounds: chains stay short, and little is left empty.
      const capacity = Math.min(Math.max(4, tail.capacity * 2), 65536);
      const size = ENTRY_ARRAY.items + capacity * 8;
      const at = this.transaction.allocate(size);
      this.#startObject(at, OBJECT.entryArray, size);
      this.#entryArrays++;
      const offset = this.transaction.base + at;
      if (tail.offset !== 0) this.transaction.putU64(tail.offset + ENTRY_ARRAY.next, offset);
      tail.offset = offset;
      tail.capacity = capacity;
      tail.used = 0;
      started = offset;
    }
    tail.used++;
    tail.pending.push(value);
    return started;
  }

  #flushArray(tail: ArrayTail): void {
    if (tail.pending.length === 0) return;
    this.transaction.putWords(tail.offset + ENTRY_ARRAY.items + (tail.used - tail.pending.length) * 8, tail.pending);
    tail.pending = [];
  }
}

const HIGH = 0x1_0000_0000;

function putWord(words: Uint32Array, at: number, value: number): void {
  words[at] = value % HIGH;
  words[at + 1] = value / HIGH;
}

function startsWith(bytes: Uint8Array, name: Uint8Array, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== name[i]) return false;
  return true;
}
