import { definePath } from "../definition/define-path.ts";
import type { PathDefinition } from "../definition/definition.ts";
import { definitionOf } from "../definition/definitions.ts";
import type { PathData } from "../model/path.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";

/** One path unit in one turn. */
export interface Path {
  readonly turn: Turn;
  readonly unit: string;
}

export function data({ turn, unit }: Path): PathData {
  const { machine } = unitOf(turn, unit);
  if (machine.type !== "path") throw new Error(`${unit} is recorded as a ${machine.type}`);
  return machine;
}

/** Changes what is remembered, without a change of state. */
export function patch(p: Path, change: Partial<Omit<PathData, "type" | "state">>): void {
  patchUnit(p.turn, p.unit, { machine: { ...data(p), ...change } });
}

const noSettings = definePath({ id: "", names: [], loadState: "not-found", settings: {}, dependencies: [] });

/** The settings in force; where the unit file is gone, no paths. */
export function settings({ turn, unit }: Path): PathDefinition {
  return definitionOf(turn.state, unit)?.path ?? noSettings;
}
