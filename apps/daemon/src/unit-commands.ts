import { type ExecCommandLine, execStatus, type PlanStep } from "@steward/process-runtime";
import { type CommandRef, type MountDirective, mountCommandLine } from "@steward/state-machine";
import { type LoadedUnit, unitNameToPath } from "@steward/unit-file";

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
  if (unit.type === "mount") return mountCommand(unit, directive as MountDirective);
  const written = (unit.settings[section] as Readonly<Record<string, unknown>>)[directive];
  return Array.isArray(written) ? (written[index] as ExecCommandLine | undefined) : undefined;
}

/** What no file writes: mount(8) and umount(8) with the unit's settings. */
function mountCommand(unit: LoadedUnit, directive: MountDirective): ExecCommandLine | undefined {
  const line = mountCommandLine(unit.id, unit.settings, directive);
  if (line === undefined) return undefined;
  return { path: line[0], argv: line, ignoreFailure: false, noEnvExpand: true, fullPrivileges: false, noSetuid: false };
}

/** The mount point, and what a bind mount shows, are made where they are not there (systemd.mount(5), DirectoryMode=). */
export function mountPointSteps(unit: LoadedUnit, { directive }: CommandRef): readonly PlanStep[] {
  if (directive !== "ExecMount") return [];
  const { Where, What, Options, Type, DirectoryMode } = unit.settings.Mount;
  const binds = Type === "bind" || Options.split(",").some((option) => option === "bind" || option === "rbind");
  const where = Where || (unitNameToPath(unit.id) ?? "/");
  return [where, ...(binds && What.startsWith("/") ? [What] : [])]
    .filter((path) => path !== "/")
    .map((path) => ({
      op: "makeDirectory",
      base: "/",
      path: path.slice(1),
      mode: DirectoryMode,
      uid: unowned,
      gid: unowned,
      existing: "keep",
      ignoreFailure: true,
      exitStatus: execStatus.exec,
    }));
}

/** To makeDirectory: the owner stays as it is. */
const unowned = 0xffff_ffff;
