import { defineMount } from "../definition/define-mount.ts";
import type { MountDefinition } from "../definition/definition.ts";
import { definitionOf } from "../definition/definitions.ts";
import type { MountData, MountResult, MountState } from "../model/mount.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";
import { blankMount } from "../unit/blank.ts";
import { dropControl } from "../unit/control-process.ts";
import { setMachine } from "../unit/set-state.ts";
import { disarm } from "../unit/timers.ts";

/** A mount unit in a turn: what everything in this directory is a function of. */
export interface MountUnit {
  readonly turn: Turn;
  readonly unit: string;
}

const noSettings = defineMount({ id: "", names: [], loadState: "not-found", settings: {}, dependencies: [] });

/** The settings in force; systemd's defaults where no file is left. */
export function settings(m: MountUnit): MountDefinition {
  return definitionOf(m.turn.state, m.unit)?.mount ?? noSettings;
}

export function data(m: MountUnit): MountData {
  const { machine } = unitOf(m.turn, m.unit);
  if (machine.type !== "mount") throw new Error(`${m.unit} is recorded as a ${machine.type}`);
  // A build that did not mount recorded the state alone.
  return "commands" in machine ? machine : { ...blankMount, ...(machine as object) };
}

/** Changes data without a change of state. */
export function patch(m: MountUnit, change: Partial<MountData>): void {
  patchUnit(m.turn, m.unit, { machine: { ...data(m), ...change } });
}

/** The first thing that went wrong is the result; what follows from it is not. */
export function blame(m: MountUnit, result: MountResult): void {
  if (data(m).result === "success" && result !== "success") patch(m, { result });
}

/** States in which nobody is waited for, and no time-out counts. */
const settled: ReadonlySet<MountState> = new Set(["dead", "mounted", "failed"]);

/** The one door between states. */
export function setState(m: MountUnit, state: MountState): void {
  if (settled.has(state)) {
    disarm(m.turn, m.unit, "state");
    dropControl(m.turn, m.unit);
  }
  setMachine(m.turn, m.unit, { ...data(m), state }, { reloadFailed: data(m).reloadResult !== "success" });
}
