/** Values to bytes: one compiled function for each signature, kept for the next time. */
import { EncodeError } from "./errors.ts";
import { isObjectPath } from "./names.ts";
import { alignmentOf, isSignature, parseSignature, type TypeNode } from "./signature.ts";
import { type Value, Variant } from "./values.ts";
import { Writer } from "./writer.ts";

type Marshaler = (writer: Writer, value: Value) => void;

const MAX_ARRAY_BYTES = 0x400_0000;
const MAX_CACHED = 2048;
const cache = new Map<string, readonly Marshaler[]>();

/** The writers of each complete type of the signature. Throws EncodeError when it is not valid. */
function marshalersOf(signature: string): readonly Marshaler[] {
  const known = cache.get(signature);
  if (known) return known;
  const types = parseSignature(signature);
  if (types === undefined) throw new EncodeError(`"${signature}" is no signature`);
  const compiled = types.map(compile);
  if (cache.size < MAX_CACHED) cache.set(signature, compiled);
  return compiled;
}

/** Writes one value for each complete type of the signature. */
export function marshalInto(writer: Writer, signature: string, values: readonly Value[]): void {
  const marshalers = marshalersOf(signature);
  if (marshalers.length !== values.length) {
    throw new EncodeError(`"${signature}" takes ${marshalers.length} values, not ${values.length}`);
  }
  for (let index = 0; index < marshalers.length; index++) marshalers[index]!(writer, values[index]!);
}

/** Marshals values by a signature; the bytes begin at an 8-byte boundary, as a message's body does. */
export function marshal(signature: string, values: readonly Value[], options: { bigEndian?: boolean } = {}): Buffer {
  const writer = new Writer(256, options.bigEndian ?? false);
  marshalInto(writer, signature, values);
  return writer.take();
}

function mismatch(expected: string, value: unknown): EncodeError {
  return new EncodeError(`expected ${expected}, not ${typeof value} ${String(value).slice(0, 80)}`);
}

function integer(low: number, high: number, put: (writer: Writer, value: number) => void): Marshaler {
  return (writer, value) => {
    if (typeof value !== "number" || !(value >= low && value <= high) || !Number.isInteger(value)) {
      throw mismatch(`an integer from ${low} to ${high}`, value);
    }
    put(writer, value);
  };
}

const basic: { readonly [code: string]: Marshaler } = {
  y: integer(0, 0xff, (writer, value) => writer.uint8(value)),
  n: integer(-0x8000, 0x7fff, (writer, value) => writer.uint16(value)),
  q: integer(0, 0xffff, (writer, value) => writer.uint16(value)),
  i: integer(-0x8000_0000, 0x7fff_ffff, (writer, value) => writer.uint32(value)),
  u: integer(0, 0xffff_ffff, (writer, value) => writer.uint32(value)),
  h: integer(0, 0xffff_ffff, (writer, value) => writer.uint32(value)),
  b: (writer, value) => {
    if (typeof value !== "boolean") throw mismatch("a boolean", value);
    writer.uint32(value ? 1 : 0);
  },
  t: (writer, value) => {
    if (typeof value !== "number" && typeof value !== "bigint") throw mismatch("an integer", value);
    writer.uint64(value);
  },
  x: (writer, value) => {
    if (typeof value !== "number" && typeof value !== "bigint") throw mismatch("an integer", value);
    writer.int64(value);
  },
  d: (writer, value) => {
    if (typeof value !== "number") throw mismatch("a number", value);
    writer.double(value);
  },
  s: (writer, value) => {
    if (typeof value !== "string") throw mismatch("a string", value);
    writer.string(value);
  },
  o: (writer, value) => {
    if (typeof value !== "string" || !isObjectPath(value)) throw mismatch("an object path", value);
    writer.string(value);
  },
  g: (writer, value) => {
    if (typeof value !== "string" || !isSignature(value)) throw mismatch("a signature", value);
    writer.signature(value);
  },
};

function compile(type: TypeNode): Marshaler {
  switch (type.kind) {
    case "basic":
      return basic[type.code]!;
    case "variant":
      return writeVariant;
    case "array":
      return compileArray(type.element);
    case "dict":
      return compileDict(compile(type.key), compile(type.value));
    case "struct":
      return compileStruct(type.fields.map(compile));
  }
}

function writeVariant(writer: Writer, value: Value): void {
  if (!(value instanceof Variant)) throw mismatch("a variant", value);
  const marshalers = marshalersOf(value.signature);
  if (marshalers.length !== 1) throw new EncodeError(`"${value.signature}" is not one complete type`);
  writer.signature(value.signature);
  marshalers[0]!(writer, value.value);
}

function compileStruct(fields: readonly Marshaler[]): Marshaler {
  return (writer, value) => {
    if (!Array.isArray(value) || value.length !== fields.length) throw mismatch(`a struct of ${fields.length}`, value);
    writer.align(8);
    for (let index = 0; index < fields.length; index++) fields[index]!(writer, value[index]);
  };
}

/** Begins an array: its length is written when it ends, and leaves out the padding before the first element. */
function beginArray(writer: Writer, alignment: number): number {
  writer.uint32(0);
  writer.lengthAt = writer.at - 4;
  writer.align(alignment);
  return writer.at;
}

function endArray(writer: Writer, lengthAt: number, start: number): void {
  const length = writer.at - start;
  if (length > MAX_ARRAY_BYTES) throw new EncodeError("an array has at most 64 MiB");
  writer.put32(lengthAt, length);
}

function compileArray(elementType: TypeNode): Marshaler {
  const element = compile(elementType);
  const alignment = alignmentOf(elementType);
  const isBytes = elementType.kind === "basic" && elementType.code === "y";
  return (writer, value) => {
    const raw = isBytes && value instanceof Uint8Array;
    if (!raw && !Array.isArray(value)) throw mismatch("an array", value);
    const start = beginArray(writer, alignment);
    const { lengthAt } = writer;
    if (raw) writer.raw(value);
    else for (let index = 0; index < value.length; index++) element(writer, value[index]);
    endArray(writer, lengthAt, start);
  };
}

function compileDict(key: Marshaler, entry: Marshaler): Marshaler {
  const put = (writer: Writer, name: Value, item: Value): void => {
    writer.align(8);
    key(writer, name);
    entry(writer, item);
  };
  return (writer, value) => {
    const start = beginArray(writer, 8);
    const { lengthAt } = writer;
    if (Array.isArray(value)) for (const pair of value as [Value, Value][]) put(writer, pair[0], pair[1]);
    else if (value instanceof Map) for (const [name, item] of value) put(writer, name, item);
    else if (value !== null && typeof value === "object" && !(value instanceof Variant)) {
      for (const name of Object.keys(value)) put(writer, name, (value as { [key: string]: Value })[name]!);
    } else throw mismatch("a dictionary", value);
    endArray(writer, lengthAt, start);
  };
}
