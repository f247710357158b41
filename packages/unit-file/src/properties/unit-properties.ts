import type { LoadedUnit } from "../load/load-unit.ts";
import { conditionsToBus } from "../values/conditions.ts";
import type { BusValue } from "../values/kind.ts";

/** The part of org.freedesktop.systemd1.Unit that unit files determine. */
export const unitInterfaceProperties: Readonly<Record<string, (unit: LoadedUnit) => BusValue>> = {
  Id: (u) => u.id,
  Names: (u) => u.names,
  Description: (u) => (u.settings.Unit.Description === "" ? u.id : u.settings.Unit.Description),
  LoadState: (u) => u.loadState,
  FragmentPath: (u) => u.fragmentPath ?? "",
  SourcePath: (u) => u.sourcePath ?? "",
  DropInPaths: (u) => u.dropInPaths,
  Conditions: (u) => conditionsToBus(u.settings.Unit.Conditions, "Condition"),
  Asserts: (u) => conditionsToBus(u.settings.Unit.Asserts, "Assert"),
  LoadError: (u) => (u.loadError ? [u.loadError.name, u.loadError.message] : ["", ""]),
};
