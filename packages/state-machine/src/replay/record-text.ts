import type { ExportedState } from "../create.ts";
import type { DefinitionChange, RecordedStep } from "./recorded.ts";

/** What stands in a record for the number that JSON does not have: a string that no other value uses. */
export const recordedInfinity = "\u0000inf";

/** The first line of a record's file: a whole state. */
export interface RecordedSnapshot {
  readonly snapshot: true;
  /** Which keeper's life it belongs to. */
  readonly instance: string;
  readonly core: ExportedState;
  /** How the core came by its definitions; a record without them is older than replays. */
  readonly definitions?: readonly DefinitionChange[];
}

/** A line of a record as JSON has it, infinity among its numbers; undefined where it is torn. */
export function parseRecordLine(line: string): unknown {
  try {
    return JSON.parse(line, (_key, value: unknown) => (value === recordedInfinity ? Number.POSITIVE_INFINITY : value));
  } catch {
    return undefined;
  }
}

/** What a line is to a replay; undefined for settings, which say nothing of the core. */
export function recordLine(value: unknown): RecordedSnapshot | RecordedStep | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("snapshot" in value) return value as RecordedSnapshot;
  return "event" in value ? (value as RecordedStep) : undefined;
}
