import type { Position } from "../diagnostics.ts";

/** The kinds of dependencies that unit files state (systemd.unit(5)). */
export const dependencyKinds = [
  "Requires",
  "Requisite",
  "Wants",
  "BindsTo",
  "PartOf",
  "Upholds",
  "Conflicts",
  "Before",
  "After",
  "OnSuccess",
  "OnFailure",
  "PropagatesReloadTo",
  "ReloadPropagatedFrom",
  "PropagatesStopTo",
  "StopPropagatedFrom",
  "JoinsNamespaceOf",
] as const;

/** A kind of dependency. */
export type DependencyKind = (typeof dependencyKinds)[number];

/** One dependency as a unit file or a symlink in a .wants, .requires or .upholds directory states it; implicit ones are not here. */
export interface UnitDependency {
  readonly kind: DependencyKind;
  readonly name: string;
  /** The directive, or the symlink with line 0. */
  readonly origin: Position;
}

const kinds = new Set<string>(dependencyKinds);

/** Whether a setting of [Unit] is a list of dependencies. */
export function isDependencyKind(name: string): name is DependencyKind {
  return kinds.has(name);
}
