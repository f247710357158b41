/** Type signatures of the D-Bus specification, as trees. */

const BASIC = "ybnqiuxtdsogh";
const MAX_LENGTH = 255;
const MAX_ARRAY_DEPTH = 32;
const MAX_STRUCT_DEPTH = 32;

export type TypeNode =
  | { readonly kind: "basic"; readonly code: string }
  | { readonly kind: "variant" }
  | { readonly kind: "array"; readonly element: TypeNode }
  | { readonly kind: "dict"; readonly key: TypeNode; readonly value: TypeNode }
  | { readonly kind: "struct"; readonly fields: readonly TypeNode[] };

interface Cursor {
  readonly text: string;
  at: number;
}

/** Reads a signature of any number of complete types; undefined when it is not one. */
export function parseSignature(text: string): readonly TypeNode[] | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const cursor: Cursor = { text, at: 0 };
  const types: TypeNode[] = [];
  while (cursor.at < text.length) {
    const type = parseType(cursor, 0, 0);
    if (type === undefined) return undefined;
    types.push(type);
  }
  return types;
}

/** Splits a signature in its complete types: "sa{sv}u" is ["s", "a{sv}", "u"]. Undefined when it is not valid. */
export function splitSignature(text: string): readonly string[] | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const cursor: Cursor = { text, at: 0 };
  const parts: string[] = [];
  while (cursor.at < text.length) {
    const start = cursor.at;
    if (parseType(cursor, 0, 0) === undefined) return undefined;
    parts.push(text.slice(start, cursor.at));
  }
  return parts;
}

/** Whether the text is a signature of zero or more complete types. */
export function isSignature(text: string): boolean {
  return parseSignature(text) !== undefined;
}

function parseType(cursor: Cursor, arrays: number, structs: number): TypeNode | undefined {
  const code = cursor.text[cursor.at++];
  if (code === undefined) return undefined;
  if (BASIC.includes(code)) return { kind: "basic", code };
  if (code === "v") return { kind: "variant" };
  if (code === "a") return parseArray(cursor, arrays + 1, structs);
  if (code === "(") return parseStruct(cursor, arrays, structs + 1);
  return undefined;
}

function parseArray(cursor: Cursor, arrays: number, structs: number): TypeNode | undefined {
  if (arrays > MAX_ARRAY_DEPTH) return undefined;
  if (cursor.text[cursor.at] !== "{") {
    const element = parseType(cursor, arrays, structs);
    return element && { kind: "array", element };
  }
  if (structs + 1 > MAX_STRUCT_DEPTH) return undefined;
  cursor.at++;
  const key = parseType(cursor, arrays, structs + 1);
  if (key?.kind !== "basic") return undefined;
  const value = parseType(cursor, arrays, structs + 1);
  if (value === undefined || cursor.text[cursor.at++] !== "}") return undefined;
  return { kind: "dict", key, value };
}

function parseStruct(cursor: Cursor, arrays: number, structs: number): TypeNode | undefined {
  if (structs > MAX_STRUCT_DEPTH) return undefined;
  const fields: TypeNode[] = [];
  while (cursor.text[cursor.at] !== ")") {
    const field = parseType(cursor, arrays, structs);
    if (field === undefined) return undefined;
    fields.push(field);
  }
  cursor.at++;
  return fields.length > 0 ? { kind: "struct", fields } : undefined;
}

/** Where a value of this type begins: a multiple of this many bytes. */
export function alignmentOf(type: TypeNode): number {
  switch (type.kind) {
    case "variant":
      return 1;
    case "array":
    case "dict":
      return 4;
    case "struct":
      return 8;
    case "basic":
      if (type.code === "y" || type.code === "g") return 1;
      if (type.code === "n" || type.code === "q") return 2;
      return type.code === "x" || type.code === "t" || type.code === "d" ? 8 : 4;
  }
}
