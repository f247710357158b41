export type { Job, JobMode, JobResult, JobType } from "./job.ts";
