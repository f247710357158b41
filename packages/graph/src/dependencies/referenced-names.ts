import type { GraphOptions, GraphUnit } from "./graph-unit.ts";
import { impliedDependencies } from "./implied.ts";
import { isDependencyKind } from "./kind.ts";
import { mountNamesFor, requiredPaths } from "./mount-paths.ts";

/**
 * Every name that loading a unit makes systemd load in turn: whatever a dependency of any kind mentions, ordering included,
 * and the mount units on the way to each path that it needs (most of which do not exist).
 */
export function referencedNames(unit: GraphUnit, options: GraphOptions = {}): readonly string[] {
  const names = new Set<string>();
  for (const { kind, name } of unit.dependencies) if (isDependencyKind(kind)) names.add(name);
  for (const { name } of impliedDependencies(unit, options)) names.add(name);
  for (const path of requiredPaths(unit, options).keys()) for (const name of mountNamesFor(path)) names.add(name);
  for (const name of unit.names) names.delete(name);
  return [...names];
}
