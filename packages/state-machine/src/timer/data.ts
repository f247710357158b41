import { defineTimer } from "../definition/define-timer.ts";
import type { TimerDefinition } from "../definition/definition.ts";
import { definitionOf } from "../definition/definitions.ts";
import type { TimerData } from "../model/timer.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";

/** One timer in one turn. */
export interface Timer {
  readonly turn: Turn;
  readonly unit: string;
}

export function data({ turn, unit }: Timer): TimerData {
  const { machine } = unitOf(turn, unit);
  if (machine.type !== "timer") throw new Error(`${unit} is recorded as a ${machine.type}`);
  return machine;
}

/** Changes what is remembered, without a change of state. */
export function patch(t: Timer, change: Partial<Omit<TimerData, "type" | "state">>): void {
  patchUnit(t.turn, t.unit, { machine: { ...data(t), ...change } });
}

const noSettings = defineTimer({ id: "", names: [], loadState: "not-found", settings: {}, dependencies: [] });

/** The settings in force; where the unit file is gone, nothing that could elapse. */
export function settings({ turn, unit }: Timer): TimerDefinition {
  return definitionOf(turn.state, unit)?.timer ?? noSettings;
}
