import { definitionOf } from "../definition/definitions.ts";
import type { NotifyFlags } from "../engine.ts";
import type { MachineData } from "../model/state.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";
import { activeStateOf, subStateOf } from "./active-state.ts";

/** Puts a machine into a new state and tells the rest of the core. */
export function setMachine(turn: Turn, unit: string, machine: MachineData, flags: NotifyFlags = {}): void {
  const type = definitionOf(turn.state, unit)?.service?.type;
  const old = unitOf(turn, unit).machine;
  const before = activeStateOf(old, type);
  if (subStateOf(old) !== subStateOf(machine)) turn.observer?.leaving(unit);
  patchUnit(turn, unit, { machine });
  turn.engine.unitChanged(turn, unit, before, activeStateOf(machine, type), flags);
}
