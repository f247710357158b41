import type { JournalEntry } from "../read/journal-entry.ts";
import { noColours, priorityColours } from "./colours.ts";
import { exportBytes } from "./export.ts";
import { jsonEntry, jsonText, prettyJsonText } from "./json.ts";
import { type Before, type ShortMode, shortText, timesOf } from "./short.ts";
import { verboseText } from "./verbose.ts";

/** journalctl(1), --output=. */
export type OutputMode = ShortMode | "verbose" | "export" | "json" | "json-pretty" | "json-sse" | "json-seq" | "cat";

export const outputModes: readonly OutputMode[] = [
  "short",
  "short-full",
  "short-iso",
  "short-iso-precise",
  "short-precise",
  "short-monotonic",
  "short-delta",
  "short-unix",
  "verbose",
  "export",
  "json",
  "json-pretty",
  "json-sse",
  "json-seq",
  "cat",
  "with-unit",
];

export interface FormatOptions {
  readonly mode: OutputMode;
  readonly colour?: boolean;
  /** Times in UTC instead of the local zone. */
  readonly utc?: boolean;
  /** False leaves the host's name out. */
  readonly hostname?: boolean;
  /** Show what is long or not printable too (--all). */
  readonly all?: boolean;
  /** Cut messages to a terminal's width (--no-full); undefined shows them whole. */
  readonly columns?: number;
  /** --output-fields= */
  readonly outputFields?: readonly string[];
  /** Where a search finds something in a message, from and to. */
  readonly found?: (message: string) => readonly [number, number];
}

/** Gives each entry's bytes in turn; nothing for an entry that this mode does not show. Entries come in the order of printing. */
export function entryFormatter(options: FormatOptions): (entry: JournalEntry) => Buffer | undefined {
  let before: Before | undefined;
  return (entry) => {
    const bytes = format(entry, options, before);
    if (options.mode === "short-delta") before = timesOf(entry);
    return bytes;
  };
}

function format(entry: JournalEntry, options: FormatOptions, before: Before | undefined): Buffer | undefined {
  const all = options.all === true;
  switch (options.mode) {
    case "verbose":
      return verboseText(entry, options);
    case "export":
      return exportBytes(entry, options.outputFields);
    case "json":
      return Buffer.from(`${jsonText(jsonEntry(entry, all, options.outputFields))}\n`);
    case "json-pretty":
      return Buffer.from(`${prettyJsonText(jsonEntry(entry, all, options.outputFields))}\n`);
    case "json-sse":
      return Buffer.from(`data: ${jsonText(jsonEntry(entry, all, options.outputFields))}\n\n`);
    case "json-seq":
      return Buffer.from(`\x1e${jsonText(jsonEntry(entry, all, options.outputFields))}\n`);
    case "cat":
      return catBytes(entry, options);
    default:
      return shortText(entry, options.mode, options, before);
  }
}

/** Nothing but the message, byte for byte (-o cat). */
function catBytes(entry: JournalEntry, options: FormatOptions): Buffer | undefined {
  const wanted = options.outputFields ?? ["MESSAGE"];
  const values = entry.fields.filter(([name]) => wanted.includes(name)).map(([, value]) => value);
  if (values.length === 0) return undefined;
  const priority = entry.text("PRIORITY");
  const colours = options.colour === true ? priorityColours(priority?.length === 1 ? Number(priority) : 6) : noColours;
  if (colours.on === "") return Buffer.concat(values.flatMap((value) => [value, NEWLINE]));
  return Buffer.concat(
    values.flatMap((value) => {
      const text = value.toString("latin1");
      const [from, to] = options.found?.(text) ?? [0, 0];
      const line = `${colours.on}${text.slice(0, from)}${colours.found}${text.slice(from, to)}${colours.on}${text.slice(to)}${colours.off}\n`;
      return [Buffer.from(line, "latin1")];
    }),
  );
}

const NEWLINE = Buffer.from("\n");
