import type { GraphOptions, GraphUnit } from "./graph-unit.ts";
import type { DependencyKind } from "./kind.ts";
import type { DependencyOrigin } from "./origin.ts";
import { flag } from "./settings.ts";
import { isPerpetual } from "./unit-types.ts";

/** A dependency that no file spells out. */
export interface ImpliedDependency {
  readonly kind: DependencyKind;
  readonly name: string;
  readonly origin: DependencyOrigin;
}

/** Takes one dependency, or several of different kinds on the same unit. */
export type Add = (origin: DependencyOrigin, name: string, ...kinds: readonly DependencyKind[]) => void;

/** What a type of units implies; `system` is the manager's scope. */
export type Rule = (unit: GraphUnit, system: boolean, add: Add, options: GraphOptions) => void;

/** DefaultDependencies= (systemd.unit(5)); units that never go have none. */
export function hasDefaults(unit: GraphUnit): boolean {
  return !isPerpetual(unit.id) && flag(unit, "Unit", "DefaultDependencies", true);
}
