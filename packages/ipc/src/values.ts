/**
 * How D-Bus values look in JavaScript.
 *
 * y n q i u d are numbers, x t are bigint (number | bigint when written), b is boolean, s o g are strings,
 * h is the descriptor's index, ay is a Uint8Array, other arrays and structs are arrays, dictionaries are Maps
 * (a plain object or an array of pairs will do when written), v is a Variant.
 */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | Variant
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | { readonly [key: string]: Value };

/** A value that carries its own signature (type `v`). */
export class Variant {
  readonly signature: string;
  readonly value: Value;
  constructor(signature: string, value: Value) {
    this.signature = signature;
    this.value = value;
  }
}

/** Makes a variant: `variant("s", "active")`. */
export function variant(signature: string, value: Value): Variant {
  return new Variant(signature, value);
}

/** Takes variants apart, all the way down; for readers that know what they asked for. */
export function unwrap(value: Value): Value {
  if (value instanceof Variant) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [unwrap(key), unwrap(entry)]));
  return value;
}
