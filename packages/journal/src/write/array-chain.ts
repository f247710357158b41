import { readU64 } from "../bytes.ts";
import type { ArrayTail } from "../field.ts";
import { ENTRY_ARRAY, OBJECT } from "../format.ts";
import type { ObjectWriter } from "./object-writer.ts";

/** An array has at most so many items (512 KiB): little is left empty at the end of a file. */
const MOST_ITEMS = 65536;

/** A chain of arrays that has none yet. */
export function emptyChain(): ArrayTail {
  return { offset: 0, capacity: 0, used: 0, pending: [] };
}

/** Follows a chain of `count` items to its last array. */
export function walkChain(objects: ObjectWriter, first: number, count: number): ArrayTail {
  const tail = emptyChain();
  let left = count;
  for (let at = first; at !== 0; ) {
    const object = objects.read(at, ENTRY_ARRAY.items);
    tail.offset = at;
    tail.capacity = (readU64(object, 8) - ENTRY_ARRAY.items) / 8;
    tail.used = Math.min(left, tail.capacity);
    left -= tail.used;
    at = readU64(object, ENTRY_ARRAY.next);
  }
  return tail;
}

/** Adds an item; answers the offset of the array that it had to begin, or 0. Arrays double, so chains stay short. */
export function pushItem(objects: ObjectWriter, tail: ArrayTail, value: number): number {
  let started = 0;
  if (tail.used === tail.capacity) {
    flushItems(objects, tail);
    const { transaction } = objects;
    const capacity = Math.min(Math.max(4, tail.capacity * 2), MOST_ITEMS);
    started = transaction.base + objects.start(OBJECT.entryArray, ENTRY_ARRAY.items + capacity * 8);
    if (tail.offset !== 0) transaction.putU64(tail.offset + ENTRY_ARRAY.next, started);
    tail.offset = started;
    tail.capacity = capacity;
    tail.used = 0;
  }
  tail.used++;
  tail.pending.push(value);
  return started;
}

/** Puts the items that were added into the transaction. */
export function flushItems(objects: ObjectWriter, tail: ArrayTail): void {
  if (tail.pending.length === 0) return;
  objects.transaction.putWords(tail.offset + ENTRY_ARRAY.items + (tail.used - tail.pending.length) * 8, tail.pending);
  tail.pending = [];
}
