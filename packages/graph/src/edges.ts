import type { UnitType } from "@steward/unit-file";
import type { GraphUnit } from "./dependencies/graph-unit.ts";
import { ORIGIN_BITS } from "./dependencies/origin.ts";

/** An edge's bits: who brought it. Low: this unit's own files and type; high: the other's. */
export const OTHERS = ORIGIN_BITS;
export const OWN = (1 << OTHERS) - 1;

/** A unit in the graph, given or only spoken of. */
export interface Node {
  readonly index: number;
  id: string;
  names: string[];
  /** Undefined while the unit is only spoken of. */
  unit: GraphUnit | undefined;
  type: UnitType | undefined;
  /** By kind code: the other node's index, and the edge's bits. */
  readonly edges: (Map<number, number> | undefined)[];
}

/** Whether any dependency ties it to another. */
export function hasEdges(node: Node): boolean {
  return node.edges.some((edges) => edges !== undefined);
}

/** Adds bits to one end of an edge. */
export function putEdge(node: Node, code: number, index: number, bits: number): void {
  let edges = node.edges[code];
  if (!edges) {
    edges = new Map();
    node.edges[code] = edges;
  }
  edges.set(index, (edges.get(index) ?? 0) | bits);
}

/** Takes bits off one end of an edge, which goes when none are left. */
export function clearBits(node: Node, code: number, index: number, bits: number): void {
  const edges = node.edges[code];
  const old = edges?.get(index);
  if (edges === undefined || old === undefined) return;
  if (old & ~bits) edges.set(index, old & ~bits);
  else deleteEdge(node, code, index);
}

/** Takes one end of an edge away. */
export function deleteEdge(node: Node, code: number, index: number): void {
  const edges = node.edges[code];
  if (!edges) return;
  edges.delete(index);
  if (edges.size === 0) node.edges[code] = undefined;
}
