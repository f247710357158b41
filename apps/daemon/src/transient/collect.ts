import { dependencyKinds, referencedNames } from "@steward/graph";
import type { CoreState } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";
import type { References } from "./references.ts";
import type { TransientFiles } from "./transient-files.ts";

/** The units that there are, and who holds them. */
export interface UnitsInUse {
  readonly core: CoreState;
  readonly references: References;
  definition(name: string): LoadedUnit | undefined;
  loadedUnits(): readonly LoadedUnit[];
  activeState(id: string): string;
}

/** At rest, without a job and without a process, and no client holds it: nothing of its own keeps the unit. */
function isIdle(units: UnitsInUse, unit: LoadedUnit): boolean {
  if (units.references.has(unit.id)) return false;
  const record = units.core.units.get(unit.id);
  if (record?.job !== undefined || record?.nopJob !== undefined) return false;
  if (record?.populated === true || (record?.strays.length ?? 0) > 0) return false;
  const state = units.activeState(unit.id);
  return state === "inactive" || (state === "failed" && unit.settings.Unit.CollectMode === "inactive-or-failed");
}

/** The unit of a mount point that no file describes: it is there as long as the mount is. */
export function wasMounted(unit: LoadedUnit): boolean {
  return unit.type === "mount" && unit.settings.Unit.SourcePath === "/proc/self/mountinfo";
}

/** The units that name this one in their own files: what systemd calls a reference. */
function referrers(units: UnitsInUse, unit: LoadedUnit): readonly LoadedUnit[] {
  const { graph } = units.core.definitions;
  const neighbours = new Set(dependencyKinds.flatMap((kind) => graph.dependencies(unit.id, kind)));
  return [...neighbours].flatMap((id) => {
    const other = units.definition(id);
    if (other === undefined || other === unit) return [];
    const names = new Set(referencedNames(other, { scope: units.core.scope }));
    return unit.names.some((name) => names.has(name)) ? [other] : [];
  });
}

/** Whether a unit was made for a connection (systemd.socket(5), Accept=yes). */
export function isConnection(core: CoreState, id: string): boolean {
  const machine = core.units.get(id)?.machine;
  return machine?.type === "service" && machine.connection !== undefined;
}

/** Services of connections that have ended, or never began. */
export function endedConnections(units: UnitsInUse): readonly string[] {
  return [...units.core.units.keys()].filter((id) => {
    if (!isConnection(units.core, id)) return false;
    const unit = units.definition(id);
    return unit !== undefined && isIdle(units, unit);
  });
}

/**
 * Transient units, and those of mount points, that are done and that nobody needs (systemd.unit(5), CollectMode=): nothing of their own keeps them, and no
 * unit that is itself needed refers to them. Taking one away may free another, so it is asked again until none is found.
 */
export function collectable(units: UnitsInUse, files: TransientFiles): readonly string[] {
  const known = new Map<LoadedUnit, boolean>();
  const isNeeded = (unit: LoadedUnit): boolean => {
    const answer = known.get(unit);
    if (answer !== undefined) return answer;
    // Two that only refer to each other do not keep each other.
    known.set(unit, false);
    const needed = !isIdle(units, unit) || referrers(units, unit).some(isNeeded);
    known.set(unit, needed);
    return needed;
  };
  return units
    .loadedUnits()
    .filter((unit) => (files.owns(unit.fragmentPath) || wasMounted(unit)) && isIdle(units, unit) && !isNeeded(unit))
    .map((unit) => unit.id);
}
