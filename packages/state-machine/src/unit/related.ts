import type { DependencyAtom } from "@steward/graph";
import type { Turn } from "../turn.ts";

/** The units that a unit has a dependency with that atom on (graph: DependencyAtom). */
export function related(turn: Turn, unit: string, atom: DependencyAtom): Iterable<string> {
  return turn.state.definitions.graph.byAtom(unit, atom);
}

export function isRelated(turn: Turn, unit: string, atom: DependencyAtom, other: string): boolean {
  for (const id of related(turn, unit, atom)) if (id === other) return true;
  return false;
}
