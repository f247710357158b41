import { OBJECT } from "../format.ts";
import type { Storage } from "../storage.ts";
import { Transaction } from "./transaction.ts";

const HIGH = 0x1_0000_0000;

/** Adds objects to a file's end, in a transaction, and reads the file as it will be when that is written. */
export class ObjectWriter {
  readonly transaction = new Transaction();
  readonly storage: Storage;
  /** Offset of the last object, and how many there are: what the header says of them. */
  tailObject: number;
  objects: number;
  entryArrays: number;

  constructor(storage: Storage, end: number, counts: Pick<ObjectWriter, "tailObject" | "objects" | "entryArrays">) {
    this.storage = storage;
    this.tailObject = counts.tailObject;
    this.objects = counts.objects;
    this.entryArrays = counts.entryArrays;
    this.transaction.begin(end);
  }

  /** Where the next object will start. */
  get end(): number {
    return this.transaction.base + this.transaction.tailLength;
  }

  /** Begins an object of zeroes; answers where it stands in the transaction's tail. */
  start(type: number, size: number): number {
    const { transaction } = this;
    const at = transaction.allocate(size);
    transaction.tail[at] = type;
    putWord(transaction.words, (at + 8) >> 2, size);
    this.tailObject = transaction.base + at;
    this.objects++;
    if (type === OBJECT.entryArray) this.entryArrays++;
    return at;
  }

  /** Bytes of the file as it will be; valid until the next change. */
  read(offset: number, length: number): Uint8Array {
    const { base, tail } = this.transaction;
    if (offset >= base) return tail.subarray(offset - base, offset - base + length);
    const bytes = Buffer.allocUnsafe(length);
    if (this.storage.read(bytes, 0, length, offset) !== length)
      throw new Error(`journal file ends inside an object at ${offset}`);
    return bytes;
  }
}

/** Writes a 64-bit number as two words. */
export function putWord(words: Uint32Array, at: number, value: number): void {
  words[at] = value % HIGH;
  words[at + 1] = value / HIGH;
}

/** Reads a 64-bit number from two words. */
export function getWord(words: Uint32Array, at: number): number {
  return words[at]! + words[at + 1]! * HIGH;
}
