import { busLabelEscape, DBusError, type IncomingCall, type Interface, ObjectTree } from "@steward/ipc";
import { say } from "../console.ts";
import type { Environment } from "../environment.ts";
import type { Manager } from "../manager.ts";
import { controlMethods } from "./control-methods.ts";
import { fileMethods } from "./file-methods.ts";
import { managerInterface as managerDeclaration } from "./interfaces/index.ts";
import { jobMethods } from "./job-methods.ts";
import { jobInterface } from "./job-object.ts";
import { logControl, setLogLevel, setLogTarget } from "./log-control.ts";
import { managerProperties } from "./manager-properties.ts";
import { jobPrefix, managerPath, unitNameOfLabel, unitPrefix } from "./paths.ts";
import { transientMethods } from "./transient-methods.ts";
import { unitMethods } from "./unit-methods.ts";
import { UnitTarget, unitInterfaces } from "./unit-object.ts";

/** …/unit/self is the caller's own unit. */
function ownUnit(manager: Manager, pid: number): string {
  const id = manager.unitOfPid(pid);
  if (id === undefined) throw new DBusError("org.freedesktop.systemd1.NoSuchUnit", "Client not member of any unit.");
  return id;
}

/** The tree of objects that clients see, and what answers a call on it. */
export function serveBus(manager: Manager, environment: Environment): (call: IncomingCall) => void {
  const tree = new ObjectTree({
    machineId: () => environment.machineId,
    onError: (error, call) =>
      say(
        `${call.message.member} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        "error",
      ),
  });
  const bound: Interface<Manager> = {
    declaration: managerDeclaration,
    methods: { ...jobMethods, ...unitMethods, ...fileMethods, ...controlMethods, ...transientMethods },
    get: managerProperties,
    set: { LogLevel: setLogLevel, LogTarget: setLogTarget },
  };
  tree.add(managerPath, manager, [bound]);
  tree.add("/org/freedesktop/LogControl1", manager, [logControl]);
  tree.addPrefix(
    unitPrefix,
    (label, { peer }) => {
      const id = label === "self" ? ownUnit(manager, peer.pid) : manager.loadUnit(unitNameOfLabel(label));
      return { target: new UnitTarget(manager, id), interfaces: unitInterfaces(id) };
    },
    () => manager.referencedUnits().map(busLabelEscape),
  );
  tree.addPrefix(
    jobPrefix,
    (label) => {
      const job = manager.core.jobs.get(Number(label));
      return job === undefined ? undefined : { target: { manager, id: job.id }, interfaces: [jobInterface] };
    },
    () => [...manager.core.jobs.keys()].map(String),
  );
  return (call) => tree.handle(call);
}
