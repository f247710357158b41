import { readU64, sameBytes, writeU32, writeU64 } from "../bytes.ts";
import type { ArrayTail, DataSlot, JournalField } from "../field.ts";
import { ENTRY, HASH_ITEM_SIZE, HEADER, HEADER_SIZE, OBJECT, STATE } from "../format.ts";
import type { Storage } from "../storage.ts";
import { emptyChain, flushItems, pushItem, walkChain } from "./array-chain.ts";
import { DataTable } from "./data-table.ts";
import { FieldTable } from "./field-table.ts";
import { scanFile } from "./file-scan.ts";
import { type NewFile, writeNewFile } from "./new-file.ts";
import { ObjectWriter, putWord } from "./object-writer.ts";
import { applyPatches, type Transaction } from "./transaction.ts";

/** One entry to write. Times in microseconds; `bootId` and the clocks are the ones of the machine that made it. */
export interface EntryInput {
  readonly realtimeUsec: number;
  readonly monotonicUsec: number;
  readonly bootId: Uint8Array;
  readonly fields: readonly (JournalField | Uint8Array)[];
}

/**
 * The file that entries are being added to. append() only stages, in memory; after stage() `transaction` holds what must be
 * written: its tail first, behind all that is there, then apply() for the rest. The caller says written(), or drops this object and
 * opens the file anew.
 */
export class ActiveFile {
  readonly #storage: Storage;
  readonly #header: Buffer;
  readonly #objects: ObjectWriter;
  readonly #fields: FieldTable;
  readonly #data: DataTable;
  #entries: ArrayTail = emptyChain();
  #entryCount: number;

  private constructor(storage: Storage, header: Buffer) {
    const number = (at: number): number => readU64(header, at);
    this.#storage = storage;
    this.#header = header;
    this.#objects = new ObjectWriter(storage, number(HEADER.headerSize) + number(HEADER.arenaSize), {
      tailObject: number(HEADER.tailObjectOffset),
      objects: number(HEADER.objects),
      entryArrays: number(HEADER.entryArrays),
    });
    this.#fields = new FieldTable(
      this.#objects,
      number(HEADER.fieldHashTableOffset),
      number(HEADER.fieldHashTableSize) / HASH_ITEM_SIZE,
    );
    const table = {
      offset: number(HEADER.dataHashTableOffset),
      buckets: number(HEADER.dataHashTableSize) / HASH_ITEM_SIZE,
    };
    this.#data = new DataTable(this.#objects, this.#fields, table, number(HEADER.data));
    this.#entryCount = number(HEADER.entries);
  }

  /** Makes a new file in empty storage. */
  static create(storage: Storage, file: NewFile): ActiveFile {
    return new ActiveFile(storage, writeNewFile(storage, file));
  }

  /** Takes over a file that a writer of ours left, or says why it cannot be continued. */
  static open(storage: Storage): ActiveFile | { readonly refused: string } {
    const scan = scanFile(storage);
    if ("refused" in scan) return scan;
    const file = new ActiveFile(storage, scan.header);
    file.#data.load(scan.data);
    for (const field of scan.fields)
      file.#fields.load(field.name, field.offset, field.head, field.hashHigh, field.hashLow);
    file.#entries = walkChain(file.#objects, readU64(scan.header, HEADER.entryArrayOffset), file.#entryCount);
    return file;
  }

  /** The size that the file will have. */
  get size(): number {
    return this.#objects.end;
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  get transaction(): Transaction {
    return this.#objects.transaction;
  }

  get state(): number {
    return this.#header[HEADER.state]!;
  }

  get seqnumId(): Uint8Array {
    return this.#id(HEADER.seqnumId);
  }

  get fileId(): Uint8Array {
    return this.#id(HEADER.fileId);
  }

  get machineId(): Uint8Array {
    return this.#id(HEADER.machineId);
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

  /** The hash tables are full: time for another file. */
  get crowded(): boolean {
    return this.#data.crowded || this.#fields.crowded;
  }

  /** Stages one entry. Within a boot, monotonic times never go back in a file: a lower one is raised to the last. */
  append(entry: EntryInput): void {
    const slots: DataSlot[] = [];
    for (const field of entry.fields) {
      const slot = this.#data.slotOf(field);
      // Items stand in the order of their offsets, each once.
      let at = slots.length;
      while (at > 0 && slots[at - 1]!.offset > slot.offset) at--;
      if (at > 0 && slots[at - 1] === slot) continue;
      if (at === slots.length) slots.push(slot);
      else slots.splice(at, 0, slot);
    }
    const seqnum = this.tailSeqnum + 1;
    const monotonicUsec = this.#risingTime(entry);
    const offset = this.#addEntry(slots, seqnum, monotonicUsec, entry);
    for (const slot of slots) this.#data.link(slot, offset);
    const header = this.#header;
    const array = pushItem(this.#objects, this.#entries, offset);
    if (array !== 0 && readU64(header, HEADER.entryArrayOffset) === 0) writeU64(header, HEADER.entryArrayOffset, array);
    if (this.#entryCount++ === 0) {
      writeU64(header, HEADER.headEntrySeqnum, seqnum);
      writeU64(header, HEADER.headEntryRealtime, entry.realtimeUsec);
    }
    writeU64(header, HEADER.tailEntrySeqnum, seqnum);
    writeU64(header, HEADER.tailEntryRealtime, entry.realtimeUsec);
    writeU64(header, HEADER.tailEntryMonotonic, monotonicUsec);
    header.set(entry.bootId, HEADER.tailEntryBootId);
  }

  /** Completes the transaction, lists before their lengths and the header last: whoever reads meanwhile sees whole entries. */
  stage(): void {
    flushItems(this.#objects, this.#entries);
    this.#data.flush();
    this.#fields.flush();
    const header = this.#header;
    header[HEADER.state] = STATE.online;
    writeU64(header, HEADER.arenaSize, this.size - HEADER_SIZE);
    writeU64(header, HEADER.tailObjectOffset, this.#objects.tailObject);
    writeU64(header, HEADER.objects, this.#objects.objects);
    writeU64(header, HEADER.entries, this.#entryCount);
    writeU64(header, HEADER.data, this.#data.size);
    writeU64(header, HEADER.fields, this.#fields.size);
    writeU64(header, HEADER.entryArrays, this.#objects.entryArrays);
    writeU64(header, HEADER.dataHashChainDepth, this.#data.deepestChain);
    writeU32(header, HEADER.tailEntryArrayOffset, this.#entries.offset);
    writeU32(header, HEADER.tailEntryArrayEntries, this.#entries.used);
    this.transaction.putBytes(0, header);
  }

  /** Performs the staged transaction's changes of what was there before. The tail must be written already. */
  apply(): void {
    this.#data.applyBuckets();
    applyPatches(this.#storage, this.transaction.patches, 0, this.transaction.patchLength);
  }

  /** The transaction is in the file: the next one starts behind it. */
  written(): void {
    this.transaction.begin(this.size);
    this.#data.written();
  }

  /** Marks the file as closed cleanly, or as archived. Only between transactions. */
  setState(state: number): void {
    this.#header[HEADER.state] = state;
    this.#storage.write(this.#header, HEADER.state, 1, HEADER.state);
  }

  /** The file is left: no field refers to it any more. */
  dispose(): void {
    this.#data.dropSlots();
  }

  #id(at: number): Uint8Array {
    return this.#header.subarray(at, at + 16);
  }

  #risingTime(entry: EntryInput): number {
    if (this.#entryCount === 0 || !sameBytes(entry.bootId, this.#id(HEADER.tailEntryBootId)))
      return entry.monotonicUsec;
    return Math.max(entry.monotonicUsec, readU64(this.#header, HEADER.tailEntryMonotonic));
  }

  #addEntry(slots: readonly DataSlot[], seqnum: number, monotonicUsec: number, entry: EntryInput): number {
    const { transaction } = this;
    const at = this.#objects.start(OBJECT.entry, ENTRY.items + slots.length * 16);
    const { words } = transaction;
    const word = at >> 2;
    putWord(words, word + ENTRY.seqnum / 4, seqnum);
    putWord(words, word + ENTRY.realtime / 4, entry.realtimeUsec);
    putWord(words, word + ENTRY.monotonic / 4, monotonicUsec);
    transaction.tail.set(entry.bootId, at + ENTRY.bootId);
    let high = 0;
    let low = 0;
    let item = word + ENTRY.items / 4;
    for (const slot of slots) {
      putWord(words, item, slot.offset);
      words[item + 2] = slot.hashLow;
      words[item + 3] = slot.hashHigh;
      high ^= slot.hashHigh;
      low ^= slot.hashLow;
      item += 4;
    }
    words[word + ENTRY.xorHash / 4] = low;
    words[word + ENTRY.xorHash / 4 + 1] = high;
    return transaction.base + at;
  }
}
