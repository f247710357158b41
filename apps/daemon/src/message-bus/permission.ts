import { DBusError, type IncomingCall } from "@steward/ipc";

/** Members that anybody on the bus may call: they look, and change nothing. */
const readOnly: ReadonlySet<string> = new Set([
  "GetUnit",
  "GetUnitByPID",
  "GetUnitByInvocationID",
  "GetUnitByControlGroup",
  "LoadUnit",
  "GetUnitProcesses",
  "GetProcesses",
  "GetJob",
  "GetJobAfter",
  "GetJobBefore",
  "GetAfter",
  "GetBefore",
  "ListUnits",
  "ListUnitsFiltered",
  "ListUnitsByPatterns",
  "ListUnitsByNames",
  "ListJobs",
  "Subscribe",
  "Unsubscribe",
  "Dump",
  "DumpUnitsMatchingPatterns",
  "DumpByFileDescriptor",
  "DumpUnitsMatchingPatternsByFileDescriptor",
  "ListUnitFiles",
  "ListUnitFilesByPatterns",
  "GetUnitFileState",
  "GetDefaultTarget",
  "GetUnitFileLinks",
  "LookupDynamicUserByName",
  "LookupDynamicUserByUID",
  "GetDynamicUsers",
]);

/** Members that systemd lets nobody but root call, whatever a policy says; the rest may be granted by polkit, which is not asked here. */
const privileged: ReadonlySet<string> = new Set([
  "SetEnvironment",
  "UnsetEnvironment",
  "UnsetAndSetEnvironment",
  "Exit",
  "Reboot",
  "PowerOff",
  "Halt",
  "KExec",
  "SwitchRoot",
  "SetExitCode",
  "AbandonScope",
  "Abandon",
  "ClearJobs",
]);

const looking: ReadonlySet<string> = new Set(["org.freedesktop.DBus.Introspectable", "org.freedesktop.DBus.Peer"]);

/**
 * Whether a caller may make a call: root and the manager's own user may make all, everybody else may look. Without polkit, which
 * steward does not ask, systemd answers just so. Undefined when it may, else the error.
 */
export function refusal({ message, peer }: IncomingCall, ownUid: number): DBusError | undefined {
  if (peer.uid === 0 || peer.uid === ownUid) return undefined;
  const { interface: name = "", member = "" } = message;
  if (looking.has(name) || readOnly.has(member)) return undefined;
  if (name === "org.freedesktop.DBus.Properties" || name === "") {
    if (member === "Get" || member === "GetAll" || member === "Introspect") return undefined;
  }
  if (privileged.has(member) || member === "Set")
    return new DBusError("org.freedesktop.DBus.Error.AccessDenied", "Access denied");
  return new DBusError(
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
    "Interactive authentication required.",
  );
}
