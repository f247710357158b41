/** Bounded reading and growing writing of the protocol's integers, strings and lists. */

/** A payload ended early, or a number does not fit into a JavaScript integer. */
export class ProtocolError extends Error {
  readonly code: "short" | "range" | "length" | "type";
  constructor(code: "short" | "range" | "length" | "type", message: string) {
    super(message);
    this.name = "ProtocolError";
    this.code = code;
  }
}

/** Appends values to a buffer that grows. */
export class ByteWriter {
  private buffer: Buffer;
  private used = 0;

  constructor(capacity = 256) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  private room(count: number): number {
    const at = this.used;
    if (at + count > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, at + count));
      this.buffer.copy(larger, 0, 0, at);
      this.buffer = larger;
    }
    this.used = at + count;
    return at;
  }

  u8(value: number): void {
    const at = this.room(1); // first: it may replace the buffer
    this.buffer.writeUInt8(value, at);
  }

  u32(value: number): void {
    const at = this.room(4);
    this.buffer.writeUInt32LE(value, at);
  }

  i32(value: number): void {
    const at = this.room(4);
    this.buffer.writeInt32LE(value, at);
  }

  u64(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new ProtocolError("range", `not a u64: ${value}`);
    const at = this.room(8);
    this.buffer.writeUInt32LE(value % 0x1_0000_0000, at);
    this.buffer.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4);
  }

  /** A 64-bit mask or limit that may use all bits. */
  bits64(value: bigint): void {
    const at = this.room(8);
    this.buffer.writeBigUInt64LE(BigInt.asUintN(64, value), at);
  }

  bytes(value: Uint8Array): void {
    this.u32(value.length);
    this.raw(value);
  }

  str(value: string): void {
    const length = Buffer.byteLength(value);
    this.u32(length);
    const at = this.room(length);
    this.buffer.write(value, at, "utf8");
  }

  u64s(values: readonly number[]): void {
    this.u32(values.length);
    for (const value of values) this.u64(value);
  }

  /** Bytes without a length before them. */
  raw(value: Uint8Array): void {
    const at = this.room(value.length);
    this.buffer.set(value, at);
  }

  /** Overwrites four bytes written earlier. */
  patchU32(at: number, value: number): void {
    this.buffer.writeUInt32LE(value, at);
  }

  get length(): number {
    return this.used;
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.used);
  }
}

/** Reads values in order and throws ProtocolError("short") instead of reading past the end. */
export class ByteReader {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(buffer: Uint8Array) {
    this.buffer = Buffer.isBuffer(buffer) ? buffer : Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length);
  }

  private take(count: number): number {
    const at = this.at;
    if (count > this.buffer.length - at) throw new ProtocolError("short", "payload ends early");
    this.at = at + count;
    return at;
  }

  u8(): number {
    return this.buffer.readUInt8(this.take(1));
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.take(4));
  }

  i32(): number {
    return this.buffer.readInt32LE(this.take(4));
  }

  u64(): number {
    const at = this.take(8);
    const value = this.buffer.readUInt32LE(at + 4) * 0x1_0000_0000 + this.buffer.readUInt32LE(at);
    if (!Number.isSafeInteger(value)) throw new ProtocolError("range", "u64 beyond 2^53");
    return value;
  }

  bytes(): Buffer {
    const length = this.u32();
    const at = this.take(length);
    return this.buffer.subarray(at, at + length);
  }

  str(): string {
    return this.bytes().toString("utf8");
  }

  u64s(): number[] {
    const count = this.u32();
    if (count * 8 > this.buffer.length - this.at) throw new ProtocolError("short", "list ends early");
    const values: number[] = [];
    for (let index = 0; index < count; index++) values.push(this.u64());
    return values;
  }

  get rest(): number {
    return this.buffer.length - this.at;
  }
}
