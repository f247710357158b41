import type { ExecCommandLine } from "@steward/process-runtime";
import type { CommandRef } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";

/** The sections that say how processes run (systemd.exec(5)). */
export type ExecSection = "Service" | "Socket" | "Mount" | "Swap";

/** Where a unit of a type says it; the other types run nothing. */
export function execSectionOf(unit: LoadedUnit): ExecSection | undefined {
  switch (unit.type) {
    case "service":
      return "Service";
    case "socket":
      return "Socket";
    case "mount":
      return "Mount";
    case "swap":
      return "Swap";
    default:
      return undefined;
  }
}

/** The command line that the core means; undefined where the unit's file does not have it any more. */
export function commandOf(unit: LoadedUnit, { directive, index }: CommandRef): ExecCommandLine | undefined {
  const section = execSectionOf(unit);
  if (section === undefined) return undefined;
  const written = (unit.settings[section] as Readonly<Record<string, unknown>>)[directive];
  return Array.isArray(written) ? (written[index] as ExecCommandLine | undefined) : undefined;
}
