import { readU32, readU64 } from "../bytes.ts";
import { ENTRY_ARRAY, OBJECT } from "../format.ts";
import type { PagedBytes } from "./paged-bytes.ts";

/**
 * The offsets of some entries in the order of the file: all entries, or those that hold one value. On disk it is an optional
 * first offset and a chain of arrays. What a damaged file does not hold of it is left out.
 */
export class EntryList {
  readonly #bytes: PagedBytes;
  readonly #itemSize: number;
  readonly #first: number;
  /** The arrays of the chain: where items start, and the index of the first. */
  readonly #arrays: { readonly items: number; readonly start: number }[] = [];
  readonly length: number;

  constructor(bytes: PagedBytes, compact: boolean, first: number, firstArray: number, count: number) {
    this.#bytes = bytes;
    this.#itemSize = compact ? 4 : 8;
    this.#first = first;
    let length = first === 0 ? 0 : 1;
    let before = 0;
    for (let at = firstArray; at > before && length < count; ) {
      const object = bytes.view(at, ENTRY_ARRAY.items);
      if (object === undefined || object[0] !== OBJECT.entryArray) break;
      const capacity = Math.floor((readU64(object, 8) - ENTRY_ARRAY.items) / this.#itemSize);
      const there = Math.floor((bytes.size - at - ENTRY_ARRAY.items) / this.#itemSize);
      if (capacity <= 0) break;
      this.#arrays.push({ items: at + ENTRY_ARRAY.items, start: length });
      length += Math.min(capacity, there, count - length);
      if (there < capacity) break;
      before = at;
      at = readU64(object, ENTRY_ARRAY.next);
    }
    this.length = Math.min(length, count);
  }

  /** The offset of the entry at an index below `length`; 0 where the file is damaged. */
  at(index: number): number {
    if (index === 0 && this.#first !== 0) return this.#first;
    let number = this.#arrays.length - 1;
    while (number > 0 && this.#arrays[number]!.start > index) number--;
    const array = this.#arrays[number];
    if (array === undefined) return 0;
    const item = this.#bytes.view(array.items + (index - array.start) * this.#itemSize, this.#itemSize);
    if (item === undefined) return 0;
    return this.#itemSize === 4 ? readU32(item, 0) : readU64(item, 0);
  }

  /** The first index for whose entry `isBehind` holds; `length` when none. The answers must be no, …, no, yes, …, yes. */
  firstIndex(isBehind: (offset: number) => boolean): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const offset = this.at(middle);
      // A hole in a damaged list counts as behind everything, as it does for sd-journal.
      if (offset === 0 || isBehind(offset)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The nearest entry at or after an offset (`down`), or at or before it (`up`); 0 when there is none. */
  nearest(offset: number, direction: "down" | "up"): number {
    const index = this.firstIndex((entry) => (direction === "down" ? entry >= offset : entry > offset));
    if (direction === "down") return index < this.length ? this.at(index) : 0;
    return index > 0 ? this.at(index - 1) : 0;
  }
}
