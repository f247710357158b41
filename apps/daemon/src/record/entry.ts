import {
  type DefinitionChange,
  type Effect,
  parseRecordLine,
  type RecordedEvent,
  recordedInfinity,
} from "@steward/state-machine";
import type { GivenStreams } from "../transient/given-streams.ts";
import type { ShellSnapshot } from "./shell-state.ts";

/** Version of the record's lines. A build reads its own and the one before it. */
export const recordVersion = 1;

/** How many command numbers each effect owns: an effect may need several commands to the keeper, each with its own. */
export const numbersPerEffect = 32;

/** One step of the core, appended before any of its effects is performed. */
export interface StepEntry {
  readonly v: number;
  /** The keeper's sequence number of the event, 0 for an event that did not come from the keeper. */
  readonly seq: number;
  /** The number of the local effect that this event answers. */
  readonly answers?: number;
  /** The event; of a `load` the names, because definitions come from disk again. A full record keeps what they were. */
  readonly event: RecordedEvent;
  /** Records that changed; null for those that went away. */
  readonly units: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, unknown>>;
  readonly counters: unknown;
  readonly effects: readonly Effect[];
  /** The first command number of the first effect. */
  readonly at: number;
}

/** The first line of a record: everything, so that the lines before it can go. */
export interface SnapshotEntry {
  readonly v: number;
  readonly snapshot: true;
  /** Which keeper this record belongs to; a record of another life is not continued. */
  readonly instance: string;
  /** The next free command number. */
  readonly next: number;
  readonly core: unknown;
  /** Added, for replays: how the core came by its definitions. */
  readonly definitions?: readonly DefinitionChange[];
  readonly shell: ShellSnapshot;
  readonly settings: Settings | null;
  /** Effects of lines before this snapshot that the keeper had perhaps not executed yet. */
  readonly pending: readonly { readonly number: number; readonly effect: Effect }[];
}

/** What clients have set in the manager itself, and what an end is to answer: not the core's, and to be kept all the same. */
export interface Settings {
  readonly exitCode: number;
  readonly logLevel: string;
  /** The manager's environment for services, whole. */
  readonly variables: readonly (readonly [string, string])[];
  /** Clients on the message bus that subscribed to signals, and the units that clients there hold. */
  readonly subscribers?: readonly string[];
  readonly streams?: readonly (readonly [unit: string, streams: GivenStreams])[];
  readonly references?: readonly (readonly [unit: string, holder: string])[];
}

/** A line that says that settings have changed. */
export interface SettingsEntry {
  readonly v: number;
  readonly settings: Settings;
}

export type RecordEntry = StepEntry | SnapshotEntry | SettingsEntry;

/**
 * One line, without its end. JSON turns infinity into null; a replacer that sees to it costs five times the rest, so it is only asked
 * where the line has a null that is not one of the records that went away.
 */
export function encodeEntry(entry: RecordEntry): string {
  const text = JSON.stringify(entry);
  if (countOf(text, "null") === knownNulls(entry)) return text;
  return JSON.stringify(entry, (_key, value: unknown) =>
    value === Number.POSITIVE_INFINITY ? recordedInfinity : value,
  );
}

function knownNulls(entry: RecordEntry): number {
  if (!("units" in entry)) return 0;
  let count = 0;
  for (const id in entry.units) if (entry.units[id] === null) count++;
  for (const id in entry.jobs) if (entry.jobs[id] === null) count++;
  return count;
}

function countOf(text: string, word: string): number {
  let count = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) count++;
  return count;
}

/** The entry in a line, or undefined where the line is torn or of an unknown version. */
export function decodeEntry(line: string): RecordEntry | undefined {
  const entry = parseRecordLine(line) as RecordEntry | undefined;
  return entry?.v === recordVersion ? entry : undefined;
}
