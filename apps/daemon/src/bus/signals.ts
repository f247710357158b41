import type { Job, JobResult } from "@steward/graph";
import type { Signal } from "@steward/ipc";
import { jobPath, managerPath, unitPath } from "./paths.ts";

const manager = "org.freedesktop.systemd1.Manager";

export function jobNewSignal(job: Job): Signal {
  return {
    path: managerPath,
    interface: manager,
    member: "JobNew",
    signature: "uos",
    body: [job.id, jobPath(job.id), job.unit],
  };
}

export function jobRemovedSignal(job: Job, result: JobResult): Signal {
  return {
    path: managerPath,
    interface: manager,
    member: "JobRemoved",
    signature: "uoss",
    body: [job.id, jobPath(job.id), job.unit, result],
  };
}

/** A unit was loaded, or is not loaded any more. */
export function unitNewSignal(id: string): Signal {
  return { path: managerPath, interface: manager, member: "UnitNew", signature: "so", body: [id, unitPath(id)] };
}

export function unitRemovedSignal(id: string): Signal {
  return { path: managerPath, interface: manager, member: "UnitRemoved", signature: "so", body: [id, unitPath(id)] };
}

/** Asks the controller of a scope to end what runs in it. */
export function requestStopSignal(id: string): Signal {
  return { path: unitPath(id), interface: "org.freedesktop.systemd1.Scope", member: "RequestStop" };
}

export function reloadingSignal(active: boolean): Signal {
  return { path: managerPath, interface: manager, member: "Reloading", signature: "b", body: [active] };
}

export function unitFilesChangedSignal(): Signal {
  return { path: managerPath, interface: manager, member: "UnitFilesChanged" };
}

export function startupFinishedSignal(userspaceUsec: number, totalUsec: number): Signal {
  return {
    path: managerPath,
    interface: manager,
    member: "StartupFinished",
    signature: "tttttt",
    body: [0, 0, 0, 0, userspaceUsec, totalUsec],
  };
}
