/** Bytes to values. Every length is checked before it is believed; what is wrong throws ProtocolError, nothing else. */
import { isUtf8 } from "node:buffer";
import { ProtocolError } from "./errors.ts";
import { isObjectPath } from "./names.ts";
import { alignmentOf, parseSignature, type TypeNode } from "./signature.ts";
import { type Value, Variant } from "./values.ts";

const MAX_ARRAY_BYTES = 0x400_0000;
const MAX_DEPTH = 64;
const MAX_CACHED = 2048;
const SHORT_STRING = 64;

type Unmarshaler = (reader: Reader) => Value;

const cache = new Map<string, readonly Unmarshaler[]>();

/** A place in received bytes. */
export class Reader {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
  readonly bigEndian: boolean;
  depth = 0;

  constructor(bytes: Buffer, bigEndian = false, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.bigEndian = bigEndian;
  }

  align(multiple: number): void {
    while ((this.at & (multiple - 1)) !== 0) {
      if (this.at >= this.end) throw new ProtocolError("the message ends inside padding");
      if (this.bytes[this.at++] !== 0) throw new ProtocolError("padding is not zero");
    }
  }

  private take(count: number): number {
    const start = this.at;
    if (count > this.end - start) throw new ProtocolError("the message ends inside a value");
    this.at = start + count;
    return start;
  }

  uint8(): number {
    return this.bytes[this.take(1)]!;
  }

  uint16(): number {
    this.align(2);
    const at = this.take(2);
    const { bytes } = this;
    return this.bigEndian ? (bytes[at]! << 8) | bytes[at + 1]! : (bytes[at + 1]! << 8) | bytes[at]!;
  }

  int32(): number {
    this.align(4);
    const at = this.take(4);
    const { bytes } = this;
    return this.bigEndian
      ? (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
      : (bytes[at + 3]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  uint64(): bigint {
    this.align(8);
    const at = this.take(8);
    return this.bigEndian ? this.bytes.readBigUInt64BE(at) : this.bytes.readBigUInt64LE(at);
  }

  double(): number {
    this.align(8);
    const at = this.take(8);
    return this.bigEndian ? this.bytes.readDoubleBE(at) : this.bytes.readDoubleLE(at);
  }

  bool(): boolean {
    const value = this.uint32();
    if (value > 1) throw new ProtocolError("a boolean is neither 0 nor 1");
    return value === 1;
  }

  string(): string {
    return this.text(this.uint32());
  }

  objectPath(): string {
    const path = this.string();
    if (!isObjectPath(path)) throw new ProtocolError("not an object path");
    return path;
  }

  signature(): string {
    return this.text(this.uint8());
  }

  private text(length: number): string {
    const start = this.take(length + 1);
    const end = start + length;
    const { bytes } = this;
    if (bytes[end] !== 0) throw new ProtocolError("a string is not ended by NUL");
    if (length <= SHORT_STRING) {
      let index = start;
      while (index < end && bytes[index]! < 0x80 && bytes[index] !== 0) index++;
      if (index === end) return bytes.toString("latin1", start, end);
    }
    const slice = bytes.subarray(start, end);
    if (slice.includes(0)) throw new ProtocolError("a string holds a NUL");
    if (!isUtf8(slice)) throw new ProtocolError("a string is not UTF-8");
    return bytes.toString("utf8", start, end);
  }

  /** The end of an array whose length stands here; the position is at its first element afterwards. */
  arrayEnd(alignment: number): number {
    const length = this.uint32();
    if (length > MAX_ARRAY_BYTES) throw new ProtocolError("an array is longer than 64 MiB");
    this.align(alignment);
    const start = this.take(length);
    this.at = start;
    return start + length;
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) throw new ProtocolError("values are nested deeper than 64");
  }

  leave(): void {
    this.depth--;
  }
}

/** The readers of each complete type of the signature. */
function unmarshalersOf(signature: string): readonly Unmarshaler[] {
  const known = cache.get(signature);
  if (known) return known;
  const types = parseSignature(signature);
  if (types === undefined) throw new ProtocolError("not a signature");
  const compiled = types.map(compile);
  if (cache.size < MAX_CACHED) cache.set(signature, compiled);
  return compiled;
}

/** Reads one value for each complete type, and expects the bytes to end there. Throws ProtocolError. */
export function unmarshal(signature: string, bytes: Buffer, options: { bigEndian?: boolean } = {}): Value[] {
  const reader = new Reader(bytes, options.bigEndian ?? false);
  const values = unmarshalersOf(signature).map((read) => read(reader));
  if (reader.at !== reader.end) throw new ProtocolError("bytes are left after the last value");
  return values;
}

const basic: { readonly [code: string]: Unmarshaler } = {
  y: (reader) => reader.uint8(),
  b: (reader) => reader.bool(),
  n: (reader) => (reader.uint16() << 16) >> 16,
  q: (reader) => reader.uint16(),
  i: (reader) => reader.int32(),
  u: (reader) => reader.uint32(),
  h: (reader) => reader.uint32(),
  x: (reader) => BigInt.asIntN(64, reader.uint64()),
  t: (reader) => reader.uint64(),
  d: (reader) => reader.double(),
  s: (reader) => reader.string(),
  o: (reader) => reader.objectPath(),
  g: (reader) => {
    const signature = reader.signature();
    if (parseSignature(signature) === undefined) throw new ProtocolError("not a signature");
    return signature;
  },
};

function compile(type: TypeNode): Unmarshaler {
  switch (type.kind) {
    case "basic":
      return basic[type.code]!;
    case "variant":
      return readVariant;
    case "array":
      return type.element.kind === "basic" && type.element.code === "y" ? readBytes : compileArray(type.element);
    case "dict":
      return compileDict(compile(type.key), compile(type.value));
    case "struct":
      return compileStruct(type.fields.map(compile));
  }
}

export function readVariant(reader: Reader): Variant {
  reader.enter();
  const signature = reader.signature();
  const types = unmarshalersOf(signature);
  if (types.length !== 1) throw new ProtocolError("a variant holds one complete type");
  const value = types[0]!(reader);
  reader.leave();
  return new Variant(signature, value);
}

function readBytes(reader: Reader): Value {
  const end = reader.arrayEnd(1);
  const bytes = Uint8Array.from(reader.bytes.subarray(reader.at, end));
  reader.at = end;
  return bytes;
}

function compileArray(elementType: TypeNode): Unmarshaler {
  const element = compile(elementType);
  const alignment = alignmentOf(elementType);
  return (reader) => {
    reader.enter();
    const end = reader.arrayEnd(alignment);
    const values: Value[] = [];
    while (reader.at < end) values.push(element(reader));
    if (reader.at !== end) throw new ProtocolError("an array's last element passes its end");
    reader.leave();
    return values;
  };
}

function compileDict(key: Unmarshaler, entry: Unmarshaler): Unmarshaler {
  return (reader) => {
    reader.enter();
    const end = reader.arrayEnd(8);
    const values = new Map<Value, Value>();
    while (reader.at < end) {
      reader.align(8);
      const name = key(reader);
      values.set(name, entry(reader));
    }
    if (reader.at !== end) throw new ProtocolError("a dictionary's last entry passes its end");
    reader.leave();
    return values;
  };
}

function compileStruct(fields: readonly Unmarshaler[]): Unmarshaler {
  return (reader) => {
    reader.enter();
    reader.align(8);
    const values: Value[] = [];
    for (const field of fields) values.push(field(reader));
    reader.leave();
    return values;
  };
}
