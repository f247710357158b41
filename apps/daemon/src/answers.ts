import type { Event } from "@steward/state-machine";
import { checkConditions, type MachineFacts } from "@steward/unit-tree";
import type { Clock } from "./clock.ts";
import type { Definitions } from "./definitions.ts";
import type { PidFiles } from "./pid-files.ts";
import type { LocalEffect } from "./record/shell-state.ts";
import { readStamp } from "./stamps.ts";

/** A local effect that is answered at once. */
export type PromptEffect = Exclude<LocalEffect, { kind: "lookAtPaths" }>;

/** What the shell looks at to answer. */
export interface AnswerParts {
  readonly definitions: Definitions;
  readonly facts: MachineFacts;
  readonly clock: Clock;
  readonly pidFiles: PidFiles;
  readonly onlyProcess: (unit: string) => number;
  /** Loads a unit and what it refers to, and tells the core. */
  readonly load: (name: string) => void;
  /** Where the stamp files of timers are. */
  readonly stamps: string;
}

/** Effects that this process answers itself, at once: each has exactly one event. Asking again after a death is harmless. */
export function answer(parts: AnswerParts, effect: PromptEffect): Event {
  const now = parts.clock.now();
  const { unit } = effect;
  switch (effect.kind) {
    case "checkConditions": {
      const settings = parts.definitions.get(unit)?.settings.Unit;
      const conditions = checkConditions(settings?.Conditions ?? [], parts.facts);
      const asserts = checkConditions(settings?.Asserts ?? [], parts.facts);
      return { kind: "conditionsChecked", now, unit, check: effect.check, conditions, asserts };
    }
    case "readPidFile":
      if (effect.watch) parts.pidFiles.lookAgain(unit);
      return parts.pidFiles.read(unit, effect.path);
    case "readStamp":
      return { kind: "stampRead", now, unit, stamp: effect.stamp, mtimeUsec: readStamp(parts.stamps, unit) };
    case "loadConnection":
      parts.load(effect.service);
      return { kind: "connectionLoaded", now, unit, service: effect.service };
    case "findMainPid":
      return { kind: "pidFile", now, unit, pid: parts.onlyProcess(unit) };
  }
}
