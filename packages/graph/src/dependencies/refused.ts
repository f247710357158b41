import { unitTypeOf } from "@steward/unit-file";
import type { DependencyKind } from "./kind.ts";

/** Units that cannot fail; their OnFailure= means nothing. */
const cannotFail = new Set(["slice", "device"]);
/** Units that trigger others. */
const canTrigger = new Set(["socket", "timer", "path", "automount"]);

/** Dependencies that systemd ignores: nobody can delay a device, and not every type can fail, trigger, or be a slice. */
export function isDroppedDependency(unit: string, kind: DependencyKind, other: string): boolean {
  const type = unitTypeOf(unit);
  switch (kind) {
    case "Before":
      return unitTypeOf(other) === "device";
    case "OnFailure":
      return cannotFail.has(type ?? "");
    case "Triggers":
      return !canTrigger.has(type ?? "");
    case "TriggeredBy":
      return !canTrigger.has(unitTypeOf(other) ?? "");
    default:
      return false;
  }
}
