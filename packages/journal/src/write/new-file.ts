import { writeU64 } from "../bytes.ts";
import { HASH_ITEM_SIZE, HEADER, HEADER_SIZE, OBJECT, OBJECT_HEADER_SIZE, SIGNATURE, STATE } from "../format.ts";
import type { Storage } from "../storage.ts";

/** The identity of a new file: ids of 16 bytes. */
export interface NewFile {
  readonly fileId: Uint8Array;
  readonly machineId: Uint8Array;
  readonly seqnumId: Uint8Array;
  /** Sequence numbers go on behind this one. */
  readonly lastSeqnum: number;
  readonly dataBuckets: number;
}

/** As many as journald gives: there are not many names. */
const FIELD_BUCKETS = 333;

/** Writes the header and the empty hash tables of a new file into empty storage; answers the header. */
export function writeNewFile(storage: Storage, file: NewFile): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  const fieldTable = HEADER_SIZE + OBJECT_HEADER_SIZE;
  const dataObject = fieldTable + FIELD_BUCKETS * HASH_ITEM_SIZE;
  const dataTable = dataObject + OBJECT_HEADER_SIZE;
  const end = dataTable + file.dataBuckets * HASH_ITEM_SIZE;
  header.write(SIGNATURE, HEADER.signature, "latin1");
  header.set(file.fileId, HEADER.fileId);
  header.set(file.machineId, HEADER.machineId);
  header.set(file.seqnumId, HEADER.seqnumId);
  header[HEADER.state] = STATE.online;
  writeU64(header, HEADER.headerSize, HEADER_SIZE);
  writeU64(header, HEADER.arenaSize, end - HEADER_SIZE);
  writeU64(header, HEADER.dataHashTableOffset, dataTable);
  writeU64(header, HEADER.dataHashTableSize, file.dataBuckets * HASH_ITEM_SIZE);
  writeU64(header, HEADER.fieldHashTableOffset, fieldTable);
  writeU64(header, HEADER.fieldHashTableSize, FIELD_BUCKETS * HASH_ITEM_SIZE);
  writeU64(header, HEADER.tailObjectOffset, dataObject);
  writeU64(header, HEADER.objects, 2);
  writeU64(header, HEADER.tailEntrySeqnum, file.lastSeqnum);
  storage.truncate(end);
  const object = Buffer.alloc(OBJECT_HEADER_SIZE);
  object[0] = OBJECT.fieldHashTable;
  writeU64(object, 8, OBJECT_HEADER_SIZE + FIELD_BUCKETS * HASH_ITEM_SIZE);
  storage.write(object, 0, OBJECT_HEADER_SIZE, HEADER_SIZE);
  object[0] = OBJECT.dataHashTable;
  writeU64(object, 8, OBJECT_HEADER_SIZE + file.dataBuckets * HASH_ITEM_SIZE);
  storage.write(object, 0, OBJECT_HEADER_SIZE, dataObject);
  storage.write(header, 0, HEADER_SIZE, 0);
  return header;
}
