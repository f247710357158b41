import type { Graph } from "../graph.ts";
import { dependencyKinds } from "./kind.ts";
import { requiredPaths } from "./mount-paths.ts";

/** A property of org.freedesktop.systemd1.Unit, of type `as`. */
export interface DependencyProperty {
  readonly name: string;
  readonly value: readonly string[];
}

/** The properties that show a unit's dependencies on the bus and in `systemctl show`, in that order, or `only` one. Slice= is a property of its own. */
export function dependencyProperties(graph: Graph, name: string, only?: string): readonly DependencyProperty[] {
  const out: DependencyProperty[] = [];
  for (const kind of dependencyKinds)
    if (kind !== "InSlice" && kind !== "NamespaceJoinedBy" && (only ?? kind) === kind)
      out.push({ name: kind, value: graph.dependencies(name, kind) });
  if (only !== undefined && only !== "RequiresMountsFor") return out;
  const unit = graph.unit(name);
  out.push({ name: "RequiresMountsFor", value: unit ? [...requiredPaths(unit, graph.options).keys()] : [] });
  return out;
}
