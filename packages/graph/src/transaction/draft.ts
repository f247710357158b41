import type { JobType } from "../jobs/job.ts";
import type { TransactionLog } from "./types.ts";

/** Why a job is there: `subject` wanted `object`. */
interface Link {
  readonly subject: DraftJob;
  readonly object: DraftJob;
  /** Without the object the subject cannot be. */
  readonly matters: boolean;
  /** The object is a stop because the two conflict. */
  readonly conflicts: boolean;
  /** One of the two is gone. Lists are swept when they are read: a transaction may have a million links. */
  isCut: boolean;
}

/** A job that a transaction thinks about. */
export interface DraftJob {
  readonly unit: string;
  readonly order: number;
  type: JobType;
  irreversible: boolean;
  ignoreOrder: boolean;
  mattersToAnchor: boolean;
  /** Links to what this job wants. Skip those that are cut. */
  readonly subjects: Link[];
  /** Links to those who want this job. */
  readonly objects: Link[];
  /** How many of `objects` are not cut. */
  wanted: number;
  isGone: boolean;
}

/**
 * A transaction while it is being made. Nothing of it is in the queue: it is built aside, repaired, checked, and then applied as a whole or not at all.
 * Several jobs may stand for one unit until they are merged; the newest is first.
 */
export class Draft {
  readonly jobs = new Map<string, DraftJob[]>();
  readonly log: TransactionLog[] = [];
  readonly irreversible: boolean;
  anchor!: DraftJob;
  #count = 0;

  constructor(irreversible: boolean) {
    this.irreversible = irreversible;
  }

  say(priority: number, unit: string, message: string, units: readonly string[] = [unit]): void {
    this.log.push({ priority, message: `${unit}: ${message}`, units });
  }

  /** The unit's job of that type, made where there is none. */
  job(unit: string, type: JobType): { job: DraftJob; isNew: boolean } {
    const jobs = this.jobs.get(unit);
    const old = jobs?.find((job) => job.type === type);
    if (old) return { job: old, isNew: false };
    const job: DraftJob = {
      unit,
      order: this.#count++,
      type,
      irreversible: this.irreversible,
      ignoreOrder: false,
      mattersToAnchor: false,
      subjects: [],
      objects: [],
      wanted: 0,
      isGone: false,
    };
    if (jobs) jobs.unshift(job);
    else this.jobs.set(unit, [job]);
    return { job, isNew: true };
  }

  link(subject: DraftJob, object: DraftJob, matters: boolean, conflicts: boolean): void {
    const link: Link = { subject, object, matters, conflicts, isCut: false };
    subject.subjects.push(link);
    object.objects.push(link);
    object.wanted++;
  }

  /** Takes a job out. With `dependents`, those that cannot be without it go too. */
  delete(job: DraftJob, dependents: boolean): void {
    const doomed = [job];
    for (let next = doomed.pop(); next; next = doomed.pop()) {
      const jobs = this.jobs.get(next.unit);
      const at = jobs?.indexOf(next) ?? -1;
      if (!jobs || at < 0) continue;
      jobs.splice(at, 1);
      if (jobs.length === 0) this.jobs.delete(next.unit);
      next.isGone = true;
      for (const link of next.subjects) cut(link);
      for (const link of next.objects) {
        if (link.matters && dependents && !link.isCut) doomed.push(link.subject);
        cut(link);
      }
    }
  }

  deleteUnit(unit: string): void {
    for (let job = this.jobs.get(unit)?.[0]; job; job = this.jobs.get(unit)?.[0]) this.delete(job, true);
  }

  /** One job takes over what another was for. */
  absorb(job: DraftJob, other: DraftJob, type: JobType): void {
    job.type = type;
    job.irreversible ||= other.irreversible;
    job.ignoreOrder ||= other.ignoreOrder;
    job.mattersToAnchor ||= other.mattersToAnchor;
    const subjects = other.subjects.filter((link) => !link.isCut);
    const objects = other.objects.filter((link) => !link.isCut);
    this.delete(other, false);
    for (const { object, matters, conflicts } of subjects) this.link(job, object, matters, conflicts);
    for (const { subject, matters, conflicts } of objects) this.link(subject, job, matters, conflicts);
  }
}

function cut(link: Link): void {
  if (link.isCut) return;
  link.isCut = true;
  link.object.wanted--;
}
