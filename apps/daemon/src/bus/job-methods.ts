import type { JobMode, JobType } from "@steward/graph";
import { DBusError, type MethodHandler } from "@steward/ipc";
import type { Manager } from "../manager.ts";
import { invalidArgs, noSuchJob } from "./errors.ts";
import { jobPath, unitPath } from "./paths.ts";

export const jobModes: ReadonlySet<string> = new Set<JobMode>([
  "fail",
  "replace",
  "replace-irreversibly",
  "isolate",
  "flush",
  "ignore-dependencies",
  "ignore-requirements",
  "triggering",
  "restart-dependencies",
]);

/** What a method of the bus asks of the job engine: a type, and whether a reload will do where the unit can. */
export interface JobKind {
  readonly type: JobType;
  readonly reloadIfPossible?: boolean;
}

export const jobKinds = {
  start: { type: "start" },
  stop: { type: "stop" },
  reload: { type: "reload" },
  restart: { type: "restart" },
  "try-restart": { type: "try-restart" },
  "reload-or-restart": { type: "restart", reloadIfPossible: true },
  "reload-or-try-restart": { type: "try-restart", reloadIfPossible: true },
} as const satisfies Readonly<Record<string, JobKind>>;

/** Asks for a job and waits for the core's answer: the id of the job that was queued. */
export async function enqueue(manager: Manager, name: string, kind: JobKind, mode: string): Promise<number> {
  if (!jobModes.has(mode)) throw invalidArgs(`Job mode ${mode} invalid`);
  const unit = manager.loadForJob(name);
  const result = await manager.request((request, now) => ({
    kind: "enqueue",
    now,
    request,
    unit,
    job: kind.type,
    manual: true,
    mode: mode as JobMode,
    ...(kind.reloadIfPossible ? { reloadIfPossible: true } : {}),
  }));
  if ("error" in result) throw new DBusError(result.error, result.message);
  return result.job ?? 0;
}

function jobMethod(kind: JobKind): MethodHandler<Manager> {
  return async (manager, [name, mode]) => jobPath(await enqueue(manager, name as string, kind, mode as string));
}

/** The methods of the Manager object that queue jobs or look at the queue. */
export const jobMethods: Readonly<Record<string, MethodHandler<Manager>>> = {
  StartUnit: jobMethod(jobKinds.start),
  StartUnitWithFlags: jobMethod(jobKinds.start),
  StartUnitReplace: async (manager, [, name, mode]) =>
    jobPath(await enqueue(manager, name as string, jobKinds.start, mode as string)),
  StopUnit: jobMethod(jobKinds.stop),
  ReloadUnit: jobMethod(jobKinds.reload),
  RestartUnit: jobMethod(jobKinds.restart),
  TryRestartUnit: jobMethod(jobKinds["try-restart"]),
  ReloadOrRestartUnit: jobMethod(jobKinds["reload-or-restart"]),
  ReloadOrTryRestartUnit: jobMethod(jobKinds["reload-or-try-restart"]),
  EnqueueUnitJob: async (manager, [name, type, mode]) => {
    const kind = (jobKinds as Readonly<Record<string, JobKind>>)[type as string];
    if (kind === undefined) throw invalidArgs(`Job type ${String(type)} invalid`);
    const id = await enqueue(manager, name as string, kind, mode as string);
    const job = manager.core.jobs.get(id);
    const unit = job?.unit ?? manager.unitId(name as string) ?? (name as string);
    return [id, jobPath(id), unit, unitPath(unit), job?.type ?? (type as string), []];
  },
  GetJob: (manager, [id]) => {
    if (!manager.core.jobs.has(id as number)) throw noSuchJob(id as number);
    return jobPath(id as number);
  },
  CancelJob: async (manager, [id]) => {
    if (!manager.core.jobs.has(id as number)) throw noSuchJob(id as number);
    await manager.request((request, now) => ({ kind: "cancelJob", now, request, job: id as number }));
  },
  ClearJobs: async (manager) => {
    await manager.request((request, now) => ({ kind: "clearJobs", now, request }));
  },
  ListJobs: (manager) =>
    [...manager.core.jobs.values()].map((job) => [
      job.id,
      job.unit,
      job.type,
      job.state,
      jobPath(job.id),
      unitPath(job.unit),
    ]),
  GetJobAfter: (manager, [id]) => manager.jobsAround(id as number, "After"),
  GetJobBefore: (manager, [id]) => manager.jobsAround(id as number, "Before"),
};
