import { crc32 } from "node:zlib";
import { readU64, sameBytes, writeU64 } from "../bytes.ts";
import type { Storage } from "../storage.ts";
import type { Transaction } from "./transaction.ts";

/**
 * The record that makes a commit atomic: the patches of one transaction and the positions of the input that it stands for,
 * under one checksum. It is complete before the first patch is made, so a writer that is killed in between is finished by the
 * next one, which makes the patches again. Records alternate between two places of the side file: a torn one destroys
 * nothing but itself, and the one before it still says what is true.
 */
export interface WriteAheadRecord {
  readonly number: number;
  readonly bootId: Uint8Array;
  readonly fileId: Uint8Array;
  readonly seqnumId: Uint8Array;
  readonly lastSeqnum: number;
  readonly positions: ReadonlyMap<string, number>;
  readonly patches: Buffer;
}

const MAGIC = 0x53574a31;
const HEAD = 96;
/** The second place is so far behind the first that no record reaches it; the file between is a hole. */
const PLACE = 2 ** 27;

/** Kept between records: commits come by the thousand. */
let scratch = Buffer.alloc(1 << 16);

/** Writes a record with a single write. */
export function writeRecord(
  storage: Storage,
  record: Omit<WriteAheadRecord, "patches">,
  transaction: Transaction,
): void {
  let text = "";
  for (const [key, value] of record.positions) text += `${value} ${key}\n`;
  const textLength = Buffer.byteLength(text);
  const patchesAt = HEAD + textLength;
  const length = patchesAt + transaction.bucketPatchLength + transaction.patchLength;
  if (length > PLACE) throw new Error("a transaction is too large");
  if (length > scratch.length) scratch = Buffer.alloc(length * 2);
  const bytes = scratch;
  bytes.fill(0, 0, HEAD);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(length, 8);
  writeU64(bytes, 16, record.number);
  bytes.set(record.fileId, 24);
  bytes.set(record.seqnumId, 40);
  bytes.set(record.bootId, 56);
  writeU64(bytes, 72, record.lastSeqnum);
  bytes.writeUInt32LE(textLength, 80);
  bytes.write(text, HEAD);
  transaction.bucketPatches.copy(bytes, patchesAt, 0, transaction.bucketPatchLength);
  transaction.patches.copy(bytes, patchesAt + transaction.bucketPatchLength, 0, transaction.patchLength);
  bytes.writeUInt32LE(crc32(bytes.subarray(8, length)), 4);
  // A rare large one does not stay.
  if (scratch.length > 1 << 23) scratch = Buffer.alloc(1 << 16);
  storage.write(bytes, 0, length, (record.number % 2) * PLACE);
}

/** The latest whole record of this boot, if there is one. */
export function readRecord(storage: Storage, bootId: Uint8Array): WriteAheadRecord | undefined {
  const records = [readPlace(storage, 0), readPlace(storage, PLACE)].filter((record) => record !== undefined);
  return records.filter((record) => sameBytes(record.bootId, bootId)).sort((a, b) => b.number - a.number)[0];
}

function readPlace(storage: Storage, position: number): WriteAheadRecord | undefined {
  const head = Buffer.alloc(HEAD);
  if (storage.read(head, 0, HEAD, position) !== HEAD || head.readUInt32LE(0) !== MAGIC) return undefined;
  const length = head.readUInt32LE(8);
  if (length < HEAD || length > storage.size() - position) return undefined;
  const bytes = Buffer.alloc(length);
  if (storage.read(bytes, 0, length, position) !== length) return undefined;
  if (crc32(bytes.subarray(8)) !== bytes.readUInt32LE(4)) return undefined;
  const patchesAt = HEAD + bytes.readUInt32LE(80);
  const positions = new Map<string, number>();
  for (const line of bytes.toString("utf8", HEAD, patchesAt).split("\n")) {
    const space = line.indexOf(" ");
    if (space > 0) positions.set(line.slice(space + 1), Number(line.slice(0, space)));
  }
  return {
    number: readU64(bytes, 16),
    fileId: bytes.subarray(24, 40),
    seqnumId: bytes.subarray(40, 56),
    bootId: bytes.subarray(56, 72),
    lastSeqnum: readU64(bytes, 72),
    positions,
    patches: bytes.subarray(patchesAt),
  };
}
