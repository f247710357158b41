import type { DependencyKind } from "./dependencies/kind.ts";
import type { Graph } from "./graph.ts";

/** The kinds that `systemd-analyze dot` draws, in its colours. */
const colours: readonly (readonly [DependencyKind, string, "order" | "require"])[] = [
  ["After", "green", "order"],
  ["Requires", "black", "require"],
  ["Requisite", "darkblue", "require"],
  ["Wants", "grey66", "require"],
  ["Conflicts", "red", "require"],
];

/** Which edges to draw: all where nothing is said. */
export interface DotOptions {
  readonly only?: "order" | "require";
  readonly includes?: (from: string, to: string) => boolean;
}

/** The graph in the language of Graphviz, as systemd-analyze(1) dot prints it; units in the order of their names. */
export function toDot(graph: Pick<Graph, "ids" | "dependencies">, options: DotOptions = {}): string {
  const lines = ["digraph systemd {"];
  for (const unit of [...graph.ids()].sort())
    for (const [kind, colour, group] of colours) {
      if (options.only && options.only !== group) continue;
      for (const other of graph.dependencies(unit, kind))
        if (options.includes?.(unit, other) ?? true) lines.push(`\t"${unit}"->"${other}" [color="${colour}"];`);
    }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}
