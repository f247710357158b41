import { type LoadContext, type LoadedUnit, loadUnitFromFiles, unitNameToPath } from "@steward/unit-file";
import { mountPoints } from "./conditions/facts.ts";
import { hasMountUnit } from "./mount-points.ts";

/** Units that exist without a file (systemd.special(7)), with what systemd says of them. */
const texts: Readonly<Record<string, string>> = {
  "-.slice": "[Unit]\nDescription=Root Slice\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\n",
  "system.slice":
    "[Unit]\nDescription=System Slice\nDocumentation=man:systemd.special(7)\nDefaultDependencies=no\nBefore=slices.target\n",
  "init.scope":
    "[Unit]\nDescription=System and Service Manager\nDocumentation=man:systemd(1)\nDefaultDependencies=no\n",
};

/**
 * What a unit is that no file describes: the units that are always there, and mounts that stand in /proc/self/mountinfo
 * (systemd.mount(5)). Undefined for every other name.
 */
export function specialUnit(name: string, context: LoadContext): LoadedUnit | undefined {
  const text = texts[name] ?? mountText(name);
  if (text === undefined) return undefined;
  const unit = loadUnitFromFiles(name, [{ path: "", text }], context);
  return { ...unit, loadState: "loaded", loadError: undefined, fragmentPath: undefined, diagnostics: [] };
}

function mountText(name: string): string | undefined {
  if (!name.endsWith(".mount")) return undefined;
  const where = unitNameToPath(name);
  if (where === undefined || !hasMountUnit(where) || !mountPoints().has(where)) return undefined;
  const description = where === "/" ? "Root Mount" : where;
  return `[Unit]\nDescription=${description}\nSourcePath=/proc/self/mountinfo\nDefaultDependencies=no\n[Mount]\nWhere=${where}\nWhat=unknown\n`;
}
