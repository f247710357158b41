import { readU32, readU64, sameBytes } from "../bytes.ts";
import type { DataSlot, JournalField } from "../field.ts";
import { DATA, HASH_ITEM_SIZE, OBJECT } from "../format.ts";
import { bucketOf, hashHigh, hashLow, jenkinsHash } from "../jenkins-hash.ts";
import { emptyChain, flushItems, pushItem, walkChain } from "./array-chain.ts";
import type { FieldTable } from "./field-table.ts";
import { HashIndex } from "./hash-index.ts";
import { getWord, type ObjectWriter, putWord } from "./object-writer.ts";
import { applyPatches } from "./transaction.ts";

/** Longer payloads are read from the file when they are to be compared. */
const KEPT_PAYLOAD = 512;
const KEPT_SLOTS = 8192;
/** Buckets lie scattered over the table: from so many on, one write of the whole table is quicker than one for each. */
const MANY_BUCKETS = 256;
/** journald, too, begins another file when a chain is longer. */
const LONGEST_CHAIN = 100;

/** The values of a file, each once: finds them, adds them, and notes which entries hold them. */
export class DataTable {
  readonly #objects: ObjectWriter;
  readonly #fields: FieldTable;
  readonly #offset: number;
  /** The hash table as it is to be in the file, and how long each chain is. */
  readonly #table: Buffer;
  readonly #words: Uint32Array;
  readonly #chainLength: Uint8Array;
  readonly #index: HashIndex;
  #slots = new Map<number, DataSlot>();
  #dirty: DataSlot[] = [];
  /** Slots of values that are new in this transaction. */
  #fresh: DataSlot[] = [];
  #owner: object = {};
  size: number;
  deepestChain = 0;

  constructor(
    objects: ObjectWriter,
    fields: FieldTable,
    table: { readonly offset: number; readonly buckets: number },
    size: number,
  ) {
    this.#objects = objects;
    this.#fields = fields;
    this.#offset = table.offset;
    this.#table = Buffer.alloc(table.buckets * HASH_ITEM_SIZE);
    this.#words = new Uint32Array(this.#table.buffer, this.#table.byteOffset, table.buckets * 4);
    this.#chainLength = new Uint8Array(table.buckets);
    this.#index = new HashIndex(table.buckets);
    this.size = size;
  }

  /** Three quarters full, or values crowd into one bucket: time for another file. */
  get crowded(): boolean {
    return this.size * 4 > this.#chainLength.length * 3 || this.deepestChain > LONGEST_CHAIN;
  }

  /** Takes over what is in the file: hash high, hash low and offset of each value. */
  load(values: readonly number[]): void {
    this.#objects.storage.read(this.#table, 0, this.#table.length, this.#offset);
    for (let i = 0; i < values.length; i += 3) {
      this.#index.add(values[i + 1]!, values[i + 2]!);
      this.#lengthenChain(bucketOf(values[i]!, values[i + 1]!, this.#chainLength.length));
    }
  }

  /** The value's place in the file; it is added when it is new. */
  slotOf(field: JournalField | Uint8Array): DataSlot {
    if (field instanceof Uint8Array) return this.#findOrAdd(field);
    const known = field.slot;
    if (known !== undefined && known.owner === this.#owner) return known;
    const slot = this.#findOrAdd(field.bytes);
    field.slot = slot;
    return slot;
  }

  /** Notes that an entry holds the value. */
  link(slot: DataSlot, entry: number): void {
    if (!slot.dirty) {
      slot.dirty = true;
      this.#dirty.push(slot);
    }
    if (slot.entries++ === 0) {
      slot.firstEntry = entry;
      return;
    }
    const array = pushItem(this.#objects, slot.tail, entry);
    if (array !== 0 && slot.firstArray === 0) slot.firstArray = array;
  }

  /** Puts what changed into the transaction: the lists first, then how long they are. */
  flush(): void {
    for (const slot of this.#dirty) {
      flushItems(this.#objects, slot.tail);
      slot.dirty = false;
    }
    const { transaction } = this.#objects;
    for (const slot of this.#dirty)
      transaction.putWords(slot.offset + DATA.entry, [slot.firstEntry, slot.firstArray, slot.entries]);
    this.#dirty = [];
  }

  /** Writes the buckets that the transaction changed. */
  applyBuckets(): void {
    const { storage, transaction } = this.#objects;
    if (transaction.buckets > MANY_BUCKETS) storage.write(this.#table, 0, this.#table.length, this.#offset);
    else applyPatches(storage, transaction.bucketPatches, 0, transaction.bucketPatchLength);
  }

  /** The transaction is written. Most new values never come again (messages); those that did are kept, with bytes of their own. */
  written(): void {
    for (const slot of this.#fresh) {
      if (slot.entries === 1) {
        slot.owner = undefined;
        this.#slots.delete(slot.offset);
      } else if (slot.payload !== undefined) slot.payload = Buffer.from(slot.payload);
    }
    this.#fresh = [];
    if (this.#slots.size > KEPT_SLOTS) this.dropSlots();
  }

  /** No field refers to this file any more. */
  dropSlots(): void {
    for (const slot of this.#slots.values()) slot.owner = undefined;
    this.#slots = new Map();
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
    return this.#add(payload, high, low);
  }

  #holds(slot: DataSlot, payload: Uint8Array): boolean {
    if (slot.payload !== undefined) return sameBytes(slot.payload, payload);
    const size = readU64(this.#objects.read(slot.offset + 8, 8), 0);
    if (size !== DATA.payload + payload.length) return false;
    return sameBytes(this.#objects.read(slot.offset + DATA.payload, payload.length), payload);
  }

  #loadSlot(offset: number, high: number, low: number): DataSlot {
    const object = this.#objects.read(offset, DATA.payload);
    const size = readU64(object, 8) - DATA.payload;
    const entries = readU64(object, DATA.entries);
    const firstArray = readU64(object, DATA.entryArray);
    const slot: DataSlot = {
      owner: this.#owner,
      offset,
      hashHigh: readU32(object, DATA.hash + 4),
      hashLow: readU32(object, DATA.hash),
      payload: size <= KEPT_PAYLOAD ? Buffer.from(this.#objects.read(offset + DATA.payload, size)) : undefined,
      entries,
      firstEntry: readU64(object, DATA.entry),
      firstArray,
      tail: walkChain(this.#objects, firstArray, entries - 1),
      dirty: false,
    };
    if (slot.hashHigh === high && slot.hashLow === low) this.#slots.set(offset, slot);
    return slot;
  }

  #add(payload: Uint8Array, high: number, low: number): DataSlot {
    const { transaction } = this.#objects;
    const at = this.#objects.start(OBJECT.data, DATA.payload + payload.length);
    const offset = transaction.base + at;
    transaction.words[(at + DATA.hash) >> 2] = low;
    transaction.words[(at + DATA.hash + 4) >> 2] = high;
    transaction.tail.set(payload, at + DATA.payload);
    this.size++;
    this.#index.add(low, offset);
    this.#chain(bucketOf(high, low, this.#chainLength.length), offset);
    const equals = payload.indexOf(0x3d);
    if (equals > 0) transaction.putU64(offset + DATA.nextField, this.#fields.prepend(payload, equals, offset));
    const slot: DataSlot = {
      owner: this.#owner,
      offset,
      hashHigh: high,
      hashLow: low,
      payload: payload.length <= KEPT_PAYLOAD ? payload : undefined,
      entries: 0,
      firstEntry: 0,
      firstArray: 0,
      tail: emptyChain(),
      dirty: false,
    };
    this.#slots.set(offset, slot);
    this.#fresh.push(slot);
    return slot;
  }

  /** Chains grow at their end: offsets rise along them. */
  #chain(bucket: number, offset: number): void {
    const { transaction } = this.#objects;
    const word = bucket * 4;
    const before = getWord(this.#words, word + 2);
    if (before === 0) putWord(this.#words, word, offset);
    else transaction.putU64(before + DATA.nextHash, offset);
    putWord(this.#words, word + 2, offset);
    transaction.putBucket(this.#offset + bucket * HASH_ITEM_SIZE, this.#table, bucket * HASH_ITEM_SIZE);
    this.#lengthenChain(bucket);
  }

  #lengthenChain(bucket: number): void {
    const length = Math.min(this.#chainLength[bucket]! + 1, 255);
    this.#chainLength[bucket] = length;
    if (length - 1 > this.deepestChain) this.deepestChain = length - 1;
  }
}
