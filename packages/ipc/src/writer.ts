/** The growing bytes of a message. Little-endian unless asked otherwise; positions are relative to the message's start. */
import { EncodeError } from "./errors.ts";

const scratch64 = new BigUint64Array(1);
const scratchSigned64 = new BigInt64Array(scratch64.buffer);
const scratchDouble = new Float64Array(scratch64.buffer);
const scratch32 = new Uint32Array(scratch64.buffer);
const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const LOW = hostIsLittle ? 0 : 1;
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;
const MAX_INT64 = 0x7fff_ffff_ffff_ffffn;
const SHORT_STRING = 48;

export class Writer {
  bytes: Buffer;
  at = 0;
  /** Where the array that was begun last has its length; to be kept by who began it. */
  lengthAt = 0;
  readonly bigEndian: boolean;

  constructor(capacity = 512, bigEndian = false) {
    this.bytes = Buffer.allocUnsafe(capacity);
    this.bigEndian = bigEndian;
  }

  /** What was written, as a copy that may be kept. */
  take(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.at));
  }

  reserve(count: number): void {
    const needed = this.at + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  align(multiple: number): void {
    this.reserve(multiple);
    const { bytes } = this;
    let { at } = this;
    while ((at & (multiple - 1)) !== 0) bytes[at++] = 0;
    this.at = at;
  }

  uint8(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  uint16(value: number): void {
    this.align(2);
    this.reserve(2);
    const low = this.bigEndian ? 1 : 0;
    this.bytes[this.at + low] = value;
    this.bytes[this.at + 1 - low] = value >>> 8;
    this.at += 2;
  }

  uint32(value: number): void {
    this.reserve(8);
    const { bytes } = this;
    let { at } = this;
    while ((at & 3) !== 0) bytes[at++] = 0;
    this.put32(at, value);
    this.at = at + 4;
  }

  /** Writes four bytes at a place already passed: lengths that are known only afterwards. */
  put32(at: number, value: number): void {
    const { bytes } = this;
    if (this.bigEndian) {
      bytes[at] = value >>> 24;
      bytes[at + 1] = value >>> 16;
      bytes[at + 2] = value >>> 8;
      bytes[at + 3] = value;
    } else {
      bytes[at] = value;
      bytes[at + 1] = value >>> 8;
      bytes[at + 2] = value >>> 16;
      bytes[at + 3] = value >>> 24;
    }
  }

  private words(low: number, high: number): void {
    this.align(8);
    this.reserve(8);
    this.put32(this.at, this.bigEndian ? high : low);
    this.put32(this.at + 4, this.bigEndian ? low : high);
    this.at += 8;
  }

  /** Infinity is written as the largest value, systemd's word for it (USEC_INFINITY). */
  uint64(value: number | bigint): void {
    if (typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value)) {
      this.words(value >>> 0, Math.floor(value / 0x1_0000_0000));
      return;
    }
    if (typeof value === "number" && value !== Infinity && !Number.isInteger(value)) {
      throw new EncodeError(`${value} is no unsigned 64 bit integer`);
    }
    const wide = value === Infinity ? MAX_UINT64 : BigInt(value);
    if (wide < 0n || wide > MAX_UINT64) throw new EncodeError(`${value} is no unsigned 64 bit integer`);
    scratch64[0] = wide;
    this.words(scratch32[LOW]!, scratch32[1 - LOW]!);
  }

  int64(value: number | bigint): void {
    if (typeof value === "number" && !Number.isInteger(value)) throw new EncodeError(`${value} is no 64 bit integer`);
    const wide = BigInt(value);
    if (wide < -MAX_INT64 - 1n || wide > MAX_INT64) throw new EncodeError(`${value} is no 64 bit integer`);
    scratchSigned64[0] = wide;
    this.words(scratch32[LOW]!, scratch32[1 - LOW]!);
  }

  double(value: number): void {
    scratchDouble[0] = value;
    this.words(scratch32[LOW]!, scratch32[1 - LOW]!);
  }

  /** A string or object path: length, UTF-8, NUL. A NUL inside cannot be said in D-Bus. */
  string(value: string): void {
    this.reserve(value.length * 3 + 8);
    const { bytes } = this;
    let { at } = this;
    while ((at & 3) !== 0) bytes[at++] = 0;
    const end = asciiInto(bytes, at + 4, value);
    this.at = end < 0 ? this.utf8(value, at + 4) : end;
    this.put32(at, this.at - at - 4);
    bytes[this.at++] = 0;
  }

  /** A signature: one byte of length, ASCII, NUL. */
  signature(value: string): void {
    const { length } = value;
    if (length > 255) throw new EncodeError("a signature has at most 255 characters");
    this.reserve(length + 2);
    const { bytes } = this;
    let { at } = this;
    bytes[at++] = length;
    for (let index = 0; index < length; index++) bytes[at++] = value.charCodeAt(index);
    bytes[at++] = 0;
    this.at = at;
  }

  private utf8(value: string, at: number): number {
    if (value.includes("\0")) throw new EncodeError("a string cannot hold a NUL");
    return at + this.bytes.write(value, at, "utf8");
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }
}

/** Writes a short ASCII text and gives its end; -1 where the text is another one. */
function asciiInto(bytes: Buffer, start: number, value: string): number {
  const { length } = value;
  if (length > SHORT_STRING) return -1;
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index);
    if (code >= 0x80 || code === 0) return -1;
    bytes[start + index] = code;
  }
  return start + length;
}
