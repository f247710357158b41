import { escapeName, parseUnitName, unitNameToPath } from "@steward/unit-file";
import type { GraphUnit, Scope } from "./graph-unit.ts";
import { word } from "./settings.ts";
import { isExtrinsicMount, isPerpetual, sectionOf } from "./unit-types.ts";

const inSlices = new Set(["service", "socket", "mount", "swap", "scope"]);

/** The slice above a slice: `a-b.slice` is in `a.slice`, that in `-.slice`, that in none (systemd.slice(5)). */
export function parentSlice(name: string): string | undefined {
  if (name === "-.slice") return undefined;
  const stem = name.slice(0, -".slice".length);
  const dash = stem.lastIndexOf("-");
  return dash < 0 ? "-.slice" : `${stem.slice(0, dash)}.slice`;
}

/** The slice that a unit is in: Slice=, or the type's default (systemd.resource-control(5)); undefined for types that have none. */
export function sliceOf(unit: GraphUnit, scope: Scope): string | undefined {
  const parts = parseUnitName(unit.id);
  if (!parts) return undefined;
  if (parts.type === "slice") return parentSlice(unit.id);
  if (!inSlices.has(parts.type)) return undefined;
  const section = sectionOf(unit.id);
  const set = word(unit, section, "Slice");
  // A loader may have filled in a default; here it is known better, for mounts.
  if (set && unit.origins?.(section, "Slice").length !== 0) return set;
  if (parts.instance) return `${scope === "system" ? "system" : "app"}-${escapeName(parts.prefix)}.slice`;
  if (isPerpetual(unit.id)) return "-.slice";
  if (parts.type === "mount") {
    const where = word(unit, "Mount", "Where") ?? unitNameToPath(unit.id);
    if (scope === "user" || (where !== undefined && isExtrinsicMount(where))) return "-.slice";
  }
  if (parts.type === "swap" && scope === "user") return "-.slice";
  return scope === "system" ? "system.slice" : "app.slice";
}
