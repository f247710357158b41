import type { GraphOptions, GraphUnit } from "@steward/graph";
import type { Effect } from "../model/effect.ts";
import type { Event } from "../model/event.ts";
import type { Now } from "../model/now.ts";
import type { TimeFacts } from "../model/time-facts.ts";
import type { FrozenUnit } from "./frozen-unit.ts";

/** Definitions that came: their names, and, in a record that keeps definitions, what they were. */
export interface RecordedLoad {
  readonly kind: "load";
  readonly now: Now;
  readonly names: readonly string[];
  readonly replaceAll: boolean;
  /** Units that steward serves itself; absent where it is what it was. */
  readonly builtin?: Readonly<Record<string, string>>;
  /** What timers need to know of the machine; absent where it is what it was. */
  readonly time?: TimeFacts;
  /** What dependencies follow from besides the units; absent where it is what it was. */
  readonly graph?: GraphOptions;
  /** daemon-reload. */
  readonly reloaded?: boolean;
  /** Where unit files were looked for; absent where it is what it was. */
  readonly searchPath?: readonly string[];
  readonly units?: readonly FrozenUnit[];
}

/** Definitions that went: those that were really forgotten. */
export interface RecordedUnload {
  readonly kind: "unloaded";
  readonly names: readonly string[];
}

/** How the definitions of a snapshot came to be what they are. */
export type DefinitionChange = RecordedLoad | RecordedUnload;

export type RecordedEvent = Exclude<Event, { readonly kind: "load" }> | RecordedLoad;

/** A step as a record has it. */
export interface RecordedStep {
  readonly event: RecordedEvent;
  readonly units: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, unknown>>;
  readonly counters: unknown;
  readonly effects: readonly Effect[];
}

/** Units for a `load` by their names: thawed where the record kept them, else from the disk. */
export type UnitSupply = (load: RecordedLoad) => readonly GraphUnit[];
