/** Small helpers over bytes. Journal files are little-endian; 64-bit numbers are JS numbers below 2^53. */

const HIGH = 0x1_0000_0000;

/** Reads an unsigned 64-bit little-endian number; above 2^53 it is not exact. */
export function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) + readU32(bytes, at + 4) * HIGH;
}

export function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function writeU64(bytes: Uint8Array, at: number, value: number): void {
  writeU32(bytes, at, value % HIGH);
  writeU32(bytes, at + 4, Math.floor(value / HIGH));
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** 16 bytes from 32 hexadecimal digits (dashes allowed); undefined when it is not an id. */
export function idFromHex(text: string): Uint8Array | undefined {
  const digits = text.replaceAll("-", "");
  return /^[0-9a-fA-F]{32}$/.test(digits) ? Buffer.from(digits, "hex") : undefined;
}

export function hexFromId(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString("hex");
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
