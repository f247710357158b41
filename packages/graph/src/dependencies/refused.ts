import { unitTypeOf } from "@steward/unit-file";
import type { GraphUnit } from "./graph-unit.ts";
import { type DependencyKind, isDependencyKind } from "./kind.ts";

/** Units that cannot fail; their OnFailure= means nothing. */
const cannotFail = new Set(["slice", "device"]);
/** Units that trigger others. */
const canTrigger = new Set(["socket", "timer", "path", "automount"]);
/** Of these a person is told when a unit names itself; of the others it is harmless. */
const noticed = new Set(["Conflicts", "Before", "After", "OnSuccess", "OnFailure"]);

/** Dependencies that systemd ignores: nobody can delay a device, and not every type can fail or trigger. */
export function isDroppedDependency(unit: string, kind: DependencyKind, other: string): boolean {
  switch (kind) {
    case "Before":
      return unitTypeOf(other) === "device";
    case "OnFailure":
      return cannotFail.has(unitTypeOf(unit) ?? "");
    case "Triggers":
      return !canTrigger.has(unitTypeOf(unit) ?? "");
    case "TriggeredBy":
      return !canTrigger.has(unitTypeOf(other) ?? "");
    default:
      return false;
  }
}

/** A dependency of a unit's files that means nothing, in systemd's words; for the log and for verify. */
export function droppedDependencies(unit: GraphUnit): readonly string[] {
  const out: string[] = [];
  for (const { kind, name } of unit.dependencies) {
    if (!isDependencyKind(kind)) continue;
    if (unit.names.includes(name)) {
      if (noticed.has(kind)) out.push(`Dependency ${kind}=${name} is dropped.`);
    } else if (!isDroppedDependency(unit.id, kind, name)) continue;
    else if (kind === "Before") out.push(`Dependency Before=${name} ignored (.device units cannot be delayed)`);
    else if (kind === "OnFailure")
      out.push(`Requested dependency OnFailure=${name} ignored (${unitTypeOf(unit.id)} units cannot fail).`);
  }
  return out;
}
