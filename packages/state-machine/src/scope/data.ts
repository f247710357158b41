import { defineScope } from "../definition/define-scope.ts";
import type { ScopeDefinition } from "../definition/definition.ts";
import { definitionOf } from "../definition/definitions.ts";
import type { ScopeData } from "../model/scope.ts";
import type { MachineData } from "../model/state.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";
import { blankScope } from "../unit/blank.ts";
import { setMachine } from "../unit/set-state.ts";

/** A scope in a turn. */
export interface Scope {
  readonly turn: Turn;
  readonly unit: string;
}

const noSettings = defineScope({ id: "", names: [], loadState: "not-found", settings: {}, dependencies: [] });

export function scopeSettings(s: Scope): ScopeDefinition {
  return definitionOf(s.turn.state, s.unit)?.scope ?? noSettings;
}

/** The record with whatever an older build did not write. */
function scopeDataOf(machine: MachineData): ScopeData {
  return { ...blankScope, ...(machine as Partial<ScopeData>), type: "scope" };
}

export function scopeData(s: Scope): ScopeData {
  return scopeDataOf(unitOf(s.turn, s.unit).machine);
}

export function patchScope(s: Scope, change: Partial<ScopeData>): void {
  patchUnit(s.turn, s.unit, { machine: { ...scopeData(s), ...change } });
}

export function setScopeState(s: Scope, state: ScopeData["state"]): void {
  setMachine(s.turn, s.unit, { ...scopeData(s), state });
}
