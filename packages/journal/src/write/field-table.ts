import { FIELD, HASH_ITEM_SIZE, OBJECT } from "../format.ts";
import { bucketOf, hashHigh, hashLow, jenkinsHash } from "../jenkins-hash.ts";
import type { ObjectWriter } from "./object-writer.ts";

/** A field object: a name, and the latest of its values' data objects. */
export interface FieldSlot {
  readonly name: Buffer;
  readonly offset: number;
  head: number;
  dirty: boolean;
}

/** The names of a file's fields: few, all kept. */
export class FieldTable {
  readonly #objects: ObjectWriter;
  readonly #table: number;
  readonly #chainTail: number[];
  readonly #fields = new Map<string, FieldSlot>();
  /** The latest fields by a quick hash of their names. */
  readonly #recent: (FieldSlot | undefined)[] = new Array<FieldSlot | undefined>(64).fill(undefined);
  #dirty: FieldSlot[] = [];

  constructor(objects: ObjectWriter, table: number, buckets: number) {
    this.#objects = objects;
    this.#table = table;
    this.#chainTail = new Array<number>(buckets).fill(0);
  }

  get size(): number {
    return this.#fields.size;
  }

  get crowded(): boolean {
    return this.#fields.size * 4 > this.#chainTail.length * 3;
  }

  /** Takes over a field that is in the file. They come in the order of the file. */
  load(name: string, offset: number, head: number, high: number, low: number): void {
    this.#fields.set(name, { name: Buffer.from(name, "latin1"), offset, head, dirty: false });
    this.#chainTail[bucketOf(high, low, this.#chainTail.length)] = offset;
  }

  /** Makes a data object the latest of its field, whose name is the first `length` bytes of the payload; answers the one before. */
  prepend(payload: Uint8Array, length: number, data: number): number {
    const place = (length * 7 + payload[0]! + payload[length - 1]! * 3) & 63;
    let field = this.#recent[place];
    if (field === undefined || !isName(field.name, payload, length)) {
      const name = Buffer.from(payload.subarray(0, length));
      field = this.#fields.get(name.toString("latin1")) ?? this.#add(name);
      this.#recent[place] = field;
    }
    const before = field.head;
    field.head = data;
    if (!field.dirty) {
      field.dirty = true;
      this.#dirty.push(field);
    }
    return before;
  }

  /** Puts what changed into the transaction. */
  flush(): void {
    for (const field of this.#dirty) {
      this.#objects.transaction.putU64(field.offset + FIELD.headData, field.head);
      field.dirty = false;
    }
    this.#dirty = [];
  }

  #add(name: Buffer): FieldSlot {
    const { transaction } = this.#objects;
    const at = this.#objects.start(OBJECT.field, FIELD.payload + name.length);
    const offset = transaction.base + at;
    jenkinsHash(name);
    transaction.words[(at + FIELD.hash) >> 2] = hashLow();
    transaction.words[(at + FIELD.hash + 4) >> 2] = hashHigh();
    transaction.tail.set(name, at + FIELD.payload);
    const bucket = bucketOf(hashHigh(), hashLow(), this.#chainTail.length);
    const before = this.#chainTail[bucket]!;
    const item = this.#table + bucket * HASH_ITEM_SIZE;
    if (before === 0) transaction.putWords(item, [offset, offset]);
    else {
      transaction.putU64(before + FIELD.nextHash, offset);
      transaction.putU64(item + 8, offset);
    }
    this.#chainTail[bucket] = offset;
    const field: FieldSlot = { name, offset, head: 0, dirty: false };
    this.#fields.set(name.toString("latin1"), field);
    return field;
  }
}

function isName(name: Uint8Array, bytes: Uint8Array, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== name[i]) return false;
  return true;
}
