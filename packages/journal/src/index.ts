export type { EntryInput } from "./active-file.ts";
export { hexFromId, idFromHex } from "./bytes.ts";
export { isFieldName, type JournalField, journalField } from "./field.ts";
export { JournalError } from "./journal-error.ts";
export { type JournalBatch, JournalWriter, type JournalWriterOptions } from "./journal-writer.ts";
export { defaultLimits, type JournalLimits } from "./limits.ts";
