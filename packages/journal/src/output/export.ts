import { writeU64 } from "../bytes.ts";
import type { JournalEntry } from "../read/journal-entry.ts";
import { isPrintable } from "./text.ts";

/** The Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS): text where that is possible, else a length and the bytes. */
export function exportBytes(entry: JournalEntry, outputFields: readonly string[] | undefined): Buffer {
  const { place } = entry;
  const head = `__CURSOR=${entry.cursor}\n__REALTIME_TIMESTAMP=${place.realtimeUsec}\n__MONOTONIC_TIMESTAMP=${place.monotonicUsec}\n_BOOT_ID=${place.bootId}\n`;
  const parts: Uint8Array[] = [Buffer.from(head)];
  for (const [name, value] of entry.fields) {
    if (name === "_BOOT_ID" || (outputFields !== undefined && !outputFields.includes(name))) continue;
    if (isPrintable(value, false)) parts.push(Buffer.from(`${name}=`), value, NEWLINE);
    else {
      const length = Buffer.alloc(8);
      writeU64(length, 0, value.length);
      parts.push(Buffer.from(`${name}\n`), length, value, NEWLINE);
    }
  }
  parts.push(NEWLINE);
  return Buffer.concat(parts);
}

const NEWLINE = Buffer.from("\n");
