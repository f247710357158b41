import type { Interface } from "@steward/ipc";
import type { Manager } from "../manager.ts";
import { noSuchJob } from "./errors.ts";
import { jobInterface as jobDeclaration } from "./interfaces/index.ts";
import { unitPath } from "./paths.ts";

/** A job as a target of calls. */
export interface JobTarget {
  readonly manager: Manager;
  readonly id: number;
}

function jobOf({ manager, id }: JobTarget) {
  const job = manager.core.jobs.get(id);
  if (job === undefined) throw noSuchJob(id);
  return job;
}

/** org.freedesktop.systemd1.Job. */
export const jobInterface: Interface<JobTarget> = {
  declaration: jobDeclaration,
  methods: {
    Cancel: async ({ manager, id }) => {
      await manager.request((request, now) => ({ kind: "cancelJob", now, request, job: id }));
    },
    GetAfter: (target) => target.manager.jobsAround(target.id, "After"),
    GetBefore: (target) => target.manager.jobsAround(target.id, "Before"),
  },
  get: {
    Id: ({ id }) => id,
    Unit: (target) => [jobOf(target).unit, unitPath(jobOf(target).unit)],
    JobType: (target) => jobOf(target).type,
    State: (target) => jobOf(target).state,
    ActivationDetails: () => [],
  },
};
