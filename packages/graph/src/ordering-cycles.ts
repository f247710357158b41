import type { Graph } from "./graph.ts";

/**
 * Cycles of After=: units that could never all start in one transaction. One for each knot of units that are after each other, as a way round:
 * each unit is after the next, and the last after the first. For verify and the like; transactions look for themselves, among their jobs only.
 */
export function findOrderingCycles(graph: Graph): readonly (readonly string[])[] {
  return knots(graph).map((knot) => wayRound(graph, knot));
}

interface Frame {
  readonly unit: string;
  readonly after: readonly string[];
  next: number;
}

/** Strongly connected components of more than one unit (Tarjan's algorithm, with an own stack). */
function knots(graph: Graph): Set<string>[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: Set<string>[] = [];
  const enter = (unit: string): Frame => {
    order.set(unit, order.size);
    low.set(unit, order.size - 1);
    open.push(unit);
    isOpen.add(unit);
    return { unit, after: graph.dependencies(unit, "After"), next: 0 };
  };
  const lower = (unit: string, to: number): void => {
    if (to < (low.get(unit) as number)) low.set(unit, to);
  };
  for (const start of graph.ids()) {
    if (order.has(start)) continue;
    const stack = [enter(start)];
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const other = frame.after[frame.next++];
      if (other !== undefined) {
        if (!order.has(other)) stack.push(enter(other));
        else if (isOpen.has(other)) lower(frame.unit, order.get(other) as number);
        continue;
      }
      stack.pop();
      const below = stack.at(-1);
      if (below) lower(below.unit, low.get(frame.unit) as number);
      if (low.get(frame.unit) !== order.get(frame.unit)) continue;
      const knot = new Set<string>();
      for (let unit = open.pop(); unit !== undefined; unit = unit === frame.unit ? undefined : open.pop()) {
        isOpen.delete(unit);
        knot.add(unit);
      }
      if (knot.size > 1) found.push(knot);
    }
  }
  return found;
}

/** The shortest way from some unit of the knot back to itself. */
function wayRound(graph: Graph, knot: ReadonlySet<string>): string[] {
  const [start] = knot as ReadonlySet<string> & Iterable<string>;
  const from = new Map<string, string>();
  const queue = [start as string];
  for (const unit of queue)
    for (const other of graph.dependencies(unit, "After")) {
      if (other === start) {
        const way = [unit];
        for (let back = from.get(unit); back !== undefined; back = from.get(back)) way.unshift(back);
        return way;
      }
      if (!knot.has(other) || from.has(other)) continue;
      from.set(other, unit);
      queue.push(other);
    }
  return [];
}
