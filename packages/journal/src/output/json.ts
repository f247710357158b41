import type { JournalEntry } from "../read/journal-entry.ts";
import { isPrintable } from "./text.ts";

/** A field in JSON: text, or the bytes as numbers when it is none, or null when it is too large to be shown. */
export type JsonValue = string | number[] | null;
/** One entry: repeated fields are arrays of values. */
export type JsonEntry = Record<string, JsonValue | JsonValue[]>;

/** Fields of this size (with name) or more are null, unless everything is asked for (journalctl(1), -o json and --all). */
const LARGE = 4096;

/** An entry as an object (systemd.io/JOURNAL_EXPORT_FORMATS, "Journal JSON Format"). */
export function jsonEntry(entry: JournalEntry, all: boolean, outputFields?: readonly string[]): JsonEntry {
  const { place } = entry;
  const object: JsonEntry = {
    __CURSOR: entry.cursor,
    __REALTIME_TIMESTAMP: String(place.realtimeUsec),
    __MONOTONIC_TIMESTAMP: String(place.monotonicUsec),
    _BOOT_ID: place.bootId,
  };
  const repeated = new Map<string, JsonValue[]>();
  for (const [name, value] of entry.fields) {
    if (name === "_BOOT_ID" || (outputFields !== undefined && !outputFields.includes(name))) continue;
    const json = jsonValue(name, value, all);
    const values = repeated.get(name);
    if (values !== undefined) values.push(json);
    else repeated.set(name, [json]);
  }
  for (const [name, values] of repeated) object[name] = values.length === 1 ? values[0]! : values;
  return object;
}

function jsonValue(name: string, value: Buffer, all: boolean): JsonValue {
  if (!all && name.length + 1 + value.length >= LARGE) return null;
  return isPrintable(value, true) ? value.toString("utf8") : [...value];
}

/** One line. */
export function jsonText(object: JsonEntry): string {
  return JSON.stringify(object);
}

/** Several lines, indented with tabs, as `-o json-pretty` prints it. */
export function prettyJsonText(object: JsonEntry): string {
  return JSON.stringify(object, undefined, "\t").replace(/^(\t+"(?:[^"\\]|\\.)*"): /gm, "$1 : ");
}
