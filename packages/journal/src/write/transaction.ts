import type { Storage } from "../storage.ts";

/**
 * A change of a file before it is made: new bytes behind the file's last object (the tail), and patches of what is there
 * already. The tail is written first, where no reader looks yet; the patches, in order, make it visible.
 */
export class Transaction {
  /** The file offset of the tail's first byte. */
  base = 0;
  tail: Buffer = Buffer.alloc(1 << 18);
  words = wordsOf(this.tail);
  tailLength = 0;
  /** Patches, each u64 offset, u32 length, u32 nothing, bytes padded to eight: the form of the write-ahead record too. */
  patches: Buffer = Buffer.alloc(1 << 16);
  #patchWords = wordsOf(this.patches);
  patchLength = 0;
  /** The same for buckets of the data hash table, which may be written all at once instead. */
  bucketPatches: Buffer = Buffer.alloc(1 << 14);
  #bucketWords = wordsOf(this.bucketPatches);
  bucketPatchLength = 0;
  buckets = 0;

  begin(base: number): void {
    this.base = base;
    this.tail.fill(0, 0, this.tailLength);
    this.tailLength = 0;
    this.patchLength = 0;
    this.bucketPatchLength = 0;
    this.buckets = 0;
    // A rare large batch does not stay resident.
    if (this.tail.length > 1 << 23) {
      this.tail = Buffer.alloc(1 << 18);
      this.words = wordsOf(this.tail);
    }
  }

  /** Reserves zeroed, aligned bytes in the tail; answers their offset in the tail. */
  allocate(size: number): number {
    const at = this.tailLength;
    const end = at + size + ((8 - (size & 7)) & 7);
    if (end > this.tail.length) {
      const wider = Buffer.alloc(Math.max(end, this.tail.length * 2));
      this.tail.copy(wider, 0, 0, at);
      this.tail = wider;
      this.words = wordsOf(wider);
    }
    this.tailLength = end;
    return at;
  }

  /** Sets an aligned 64-bit word of the file, in the tail or as a patch. */
  putU64(offset: number, value: number): void {
    if (offset >= this.base) {
      const word = (offset - this.base) / 4;
      this.words[word] = value % HIGH;
      this.words[word + 1] = value / HIGH;
      return;
    }
    const word = this.#openPatch(offset, 8);
    this.#patchWords[word] = value % HIGH;
    this.#patchWords[word + 1] = value / HIGH;
  }

  /** Sets consecutive aligned 64-bit words of the file. */
  putWords(offset: number, values: readonly number[]): void {
    let words = this.words;
    let word = (offset - this.base) / 4;
    if (offset < this.base) {
      word = this.#openPatch(offset, values.length * 8);
      words = this.#patchWords;
    }
    for (const value of values) {
      words[word++] = value % HIGH;
      words[word++] = value / HIGH;
    }
  }

  putBytes(offset: number, bytes: Uint8Array): void {
    if (offset >= this.base) {
      this.tail.set(bytes, offset - this.base);
      return;
    }
    const word = this.#openPatch(offset, bytes.length);
    this.patches.set(bytes, word * 4);
  }

  /** Sets one bucket of the data hash table, 16 bytes of `table`. */
  putBucket(offset: number, table: Buffer, from: number): void {
    const at = this.bucketPatchLength;
    if (at + 32 > this.bucketPatches.length) {
      const wider = Buffer.alloc(this.bucketPatches.length * 2);
      this.bucketPatches.copy(wider, 0, 0, at);
      this.bucketPatches = wider;
      this.#bucketWords = wordsOf(wider);
    }
    const word = at / 4;
    this.#bucketWords[word] = offset % HIGH;
    this.#bucketWords[word + 1] = offset / HIGH;
    this.#bucketWords[word + 2] = 16;
    this.#bucketWords[word + 3] = 0;
    table.copy(this.bucketPatches, at + 16, from, from + 16);
    this.bucketPatchLength = at + 32;
    this.buckets++;
  }

  /** Starts a patch and answers the index of its first 32-bit word. */
  #openPatch(offset: number, length: number): number {
    const at = this.patchLength;
    const end = at + 16 + length + ((8 - (length & 7)) & 7);
    if (end > this.patches.length) {
      const wider = Buffer.alloc(Math.max(end, this.patches.length * 2));
      this.patches.copy(wider, 0, 0, at);
      this.patches = wider;
      this.#patchWords = wordsOf(wider);
    }
    this.patchLength = end;
    const word = at / 4;
    this.#patchWords[word] = offset % HIGH;
    this.#patchWords[word + 1] = offset / HIGH;
    this.#patchWords[word + 2] = length;
    this.#patchWords[word + 3] = 0;
    return word + 4;
  }
}

/** Performs patches as they stand in `bytes[start, end)`. Doing it twice changes nothing more. */
export function applyPatches(storage: Storage, bytes: Buffer, start: number, end: number): void {
  for (let at = start; at < end; ) {
    const offset = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * HIGH;
    const length = bytes.readUInt32LE(at + 8);
    storage.write(bytes, at + 16, length, offset);
    at += 16 + length + ((8 - (length & 7)) & 7);
  }
}

const HIGH = 0x1_0000_0000;

function wordsOf(buffer: Buffer): Uint32Array {
  return new Uint32Array(buffer.buffer, buffer.byteOffset, buffer.length >> 2);
}
