import type { DependencyAtom } from "@steward/graph";
import type { Turn } from "../turn.ts";

const none: readonly string[] = [];

/** The units that a unit has a dependency with that atom on (graph: DependencyAtom). Asked again and again, so the answers are kept until the next `load`. */
export function related(turn: Turn, unit: string, atom: DependencyAtom): readonly string[] {
  const { graph, related: known } = turn.state.definitions;
  let atoms = known.get(unit);
  if (atoms === undefined) {
    atoms = new Map();
    known.set(unit, atoms);
  }
  let ids = atoms.get(atom);
  if (ids === undefined) {
    ids = graph.byAtom(unit, atom);
    if (ids.length === 0) ids = none;
    atoms.set(atom, ids);
  }
  return ids;
}

export function isRelated(turn: Turn, unit: string, atom: DependencyAtom, other: string): boolean {
  return related(turn, unit, atom).includes(other);
}
