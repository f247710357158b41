/**
 * One `NAME=value` of an entry. Make it once and use it in many entries: a writer keeps with it where the value stands in
 * its file, so that neither hashing nor a look-up is needed again.
 */
export interface JournalField {
  readonly bytes: Uint8Array;
  /** Where the active file holds it; the writer's own. */
  slot: DataSlot | undefined;
}

/** What a writer knows of a data object. Dead slots (of another file, or dropped to bound memory) are looked up anew. */
export interface DataSlot {
  owner: object | undefined;
  readonly offset: number;
  readonly hashHigh: number;
  readonly hashLow: number;
  /** The payload, when it is short enough to be kept. */
  payload: Uint8Array | undefined;
  entries: number;
  firstEntry: number;
  firstArray: number;
  tail: ArrayTail;
  dirty: boolean;
}

/** The last array of a chain of entry arrays, with the items that are not written yet. */
export interface ArrayTail {
  offset: number;
  capacity: number;
  used: number;
  pending: number[];
}

/** Makes a field. A name is `[A-Z0-9_]`, at most 64 bytes (systemd.journal-fields(7)); see isFieldName. */
export function journalField(name: string, value: string | Uint8Array): JournalField {
  if (typeof value === "string") return { bytes: Buffer.from(`${name}=${value}`), slot: undefined };
  return { bytes: Buffer.concat([Buffer.from(`${name}=`), value]), slot: undefined };
}

/** May an entry carry a field of this name? Trusted fields start with an underscore: not from clients (sd_journal_print(3)). */
export function isFieldName(name: string, allowTrusted: boolean): boolean {
  if (name.length === 0 || name.length > 64) return false;
  if (!allowTrusted && name.startsWith("_")) return false;
  return /^[A-Z_][A-Z0-9_]*$/.test(name);
}
