import { readU64 } from "../bytes.ts";
import { isFieldName } from "../field.ts";

/** A field as it came: name and value. */
export type ReceivedField = readonly [name: string, value: Buffer];

/** An entry has at most so many fields, as journald allows. */
const MOST_FIELDS = 1024;

/**
 * Reads entries in the form that journald's native protocol and the export format share: `NAME=value` lines, or a name alone,
 * a 64-bit length, the bytes and a newline; an empty line ends an entry. Names that may not be given (unless `allowTrusted`, those that
 * start with an underscore) are left out, and lines that start with `.` or `#`; a damaged end is dropped. (systemd.io/JOURNAL_NATIVE_PROTOCOL)
 */
export function parseEntries(bytes: Buffer, allowTrusted: boolean): ReceivedField[][] {
  const entries: ReceivedField[][] = [];
  let fields: ReceivedField[] = [];
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline < 0 ? bytes.length : newline;
    if (end === at) {
      if (fields.length > 0) entries.push(fields);
      fields = [];
      at = end + 1;
      continue;
    }
    if (bytes[at] === 0x2e || bytes[at] === 0x23) {
      at = end + 1;
      continue;
    }
    const equals = bytes.indexOf(0x3d, at);
    let name: string;
    let value: Buffer;
    if (equals >= 0 && equals < end) {
      name = bytes.toString("latin1", at, equals);
      value = bytes.subarray(equals + 1, end);
      at = end + 1;
    } else {
      name = bytes.toString("latin1", at, end);
      if (end + 9 > bytes.length) break;
      const length = readU64(bytes, end + 1);
      const start = end + 9;
      if (length > bytes.length - start) break;
      value = bytes.subarray(start, start + length);
      at = start + length;
      if (at < bytes.length && bytes[at] !== 0x0a) break;
      at++;
    }
    if (fields.length < MOST_FIELDS && isFieldName(name, allowTrusted)) fields.push([name, value]);
  }
  if (fields.length > 0) entries.push(fields);
  return entries;
}
