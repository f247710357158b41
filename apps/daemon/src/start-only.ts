import type { ExecCommandLine, ExecContext } from "@steward/process-runtime";
import type { CommandRef } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";

const isMain = (unit: LoadedUnit, { directive }: CommandRef): boolean =>
  unit.type !== "service" || directive === "ExecStart";

/** PermissionsStartOnly= (systemd.service(5) of old): only ExecStart= runs as User= and in the sandbox. */
export function startOnly(unit: LoadedUnit, command: CommandRef, line: ExecCommandLine): ExecCommandLine {
  if (isMain(unit, command) || !unit.settings.Service.PermissionsStartOnly) return line;
  return { ...line, fullPrivileges: true };
}

/** RootDirectoryStartOnly= (systemd.service(5)): only ExecStart= runs below RootDirectory=. */
export function rootOf(unit: LoadedUnit, command: CommandRef, context: ExecContext): ExecContext {
  if (isMain(unit, command) || !unit.settings.Service.RootDirectoryStartOnly) return context;
  return { ...context, rootDirectory: undefined };
}
