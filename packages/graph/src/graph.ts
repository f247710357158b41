import type { DependencyAtom } from "./dependencies/atom.ts";
import type { GraphOptions, GraphUnit, Scope } from "./dependencies/graph-unit.ts";
import type { DependencyKind } from "./dependencies/kind.ts";
import type { DependencyOrigin } from "./dependencies/origin.ts";
import { UnitGraph } from "./unit-graph.ts";

/** Units and what ties them together. Ask it by id or by any alias; answers are ids. Changed by addUnits and removeUnits alone. */
export interface Graph {
  readonly options: GraphOptions;
  readonly scope: Scope;
  /** The id behind a name or alias, also of units that are named but not loaded; undefined for a name nobody mentions. */
  resolve(name: string): string | undefined;
  /** The loaded unit (in any load state) of that name. */
  unit(name: string): GraphUnit | undefined;
  /** Ids of the units that were given to the graph. */
  ids(): Iterable<string>;
  /** The units that `name` has under a kind, as ids, in the order in which they came. */
  dependencies(name: string, kind: DependencyKind): readonly string[];
  /** As above, over every kind that has the atom; no id twice. */
  byAtom(name: string, atom: DependencyAtom): readonly string[];
  /** Whether `name` has `other` under a kind. */
  has(name: string, kind: DependencyKind, other: string): boolean;
  /** Where an edge comes from; empty when it does not exist. */
  origins(name: string, kind: DependencyKind, other: string): readonly DependencyOrigin[];
  /** Names that dependencies mention, and that were not given to the graph: the shell loads them in turn. */
  missing(): readonly string[];
  /** Mount units that would serve a path that some unit needs (RequiresMountsFor= and kin) and that were not given. Only those that exist matter. */
  wantedMounts(): readonly string[];
  /** Whether any dependency ties the unit to another: what no file describes and nothing mentions can be forgotten. */
  isReferenced(name: string): boolean;
}

/** Builds the graph of a set of units, with implicit and default dependencies of every type. */
export function buildGraph(units: Iterable<GraphUnit>, options: GraphOptions = {}): Graph {
  const graph = new UnitGraph(options);
  graph.add(units);
  return graph;
}

/** Adds units; a unit that is there already is replaced. */
export function addUnits(graph: Graph, units: Iterable<GraphUnit>): void {
  (graph as UnitGraph).add(units);
}

/** Forgets units and the dependencies that they brought. What others say of them stays. */
export function removeUnits(graph: Graph, ids: Iterable<string>): void {
  (graph as UnitGraph).remove(ids);
}
