import { definitionOf } from "../definition/definitions.ts";
import type { NotifyFlags } from "../engine.ts";
import type { MachineData } from "../model/state.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";
import { activeStateOf } from "./active-state.ts";

/** Puts a machine into a new state and tells the rest of the core. */
export function setMachine(turn: Turn, unit: string, machine: MachineData, flags: NotifyFlags = {}): void {
  const type = definitionOf(turn.state, unit)?.service?.type;
  const before = activeStateOf(unitOf(turn, unit).machine, type);
  patchUnit(turn, unit, { machine });
  turn.engine.unitChanged(turn, unit, before, activeStateOf(machine, type), flags);
}
