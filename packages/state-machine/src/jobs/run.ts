import { compareJobs, type JobResult } from "@steward/graph";
import type { Outcome } from "../engine.ts";
import type { JobRecord } from "../model/state.ts";
import { emit, jobOf, patchJob, type Turn } from "../turn.ts";
import { related } from "../unit/related.ts";
import { logJobBegun } from "./messages.ts";
import { performReload, performStart, performStop, verifyActive } from "./perform.ts";
import { startJobTimer } from "./timers.ts";

/** How a job ends on each outcome; `undefined`: it goes on. `already` ends it without a line. */
const ends: Readonly<Record<Outcome, JobResult | undefined>> = {
  acted: undefined,
  quiet: undefined,
  checking: undefined,
  again: undefined,
  already: "done",
  condition: "done",
  skipped: "skipped",
  invalid: "invalid",
  assert: "assert",
  unsupported: "unsupported",
  dependency: "dependency",
  once: "once",
  failed: "failed",
};

/** Looks from `from` on, once round, for a job that has to be done before this one; its place, or -1. */
function findBlocker(turn: Turn, job: JobRecord, atom: "after" | "before", from: number): number {
  const others = related(turn, job.unit, atom);
  for (let i = 0; i < others.length; i++) {
    const index = (from + i) % others.length;
    const other = jobOf(turn, others[index]!);
    if (other !== undefined && compareJobs(job, other, atom) > 0) return index;
  }
  return -1;
}

/**
 * Nothing that is ordered before this job is still in the queue. Stops go first, in the reverse of the order of starts
 * (systemd.unit(5), Before=). A target after a thousand units is tried a thousand times: each time it looks first where it
 * was held up last.
 */
function isRunnable(turn: Turn, job: JobRecord): boolean {
  if (job.ignoreOrder || job.type === "nop") return true;
  const { blockers } = turn.state.definitions;
  const last = blockers.get(job.id);
  for (const atom of last?.atom === "before" ? (["before", "after"] as const) : (["after", "before"] as const)) {
    const index = findBlocker(turn, job, atom, last?.atom === atom ? last.index : 0);
    if (index < 0) continue;
    blockers.set(job.id, { atom, index });
    return false;
  }
  blockers.delete(job.id);
  return true;
}

function perform(turn: Turn, job: JobRecord): Outcome {
  switch (job.type) {
    case "start":
      return performStart(turn, job);
    case "stop":
    case "restart":
      return performStop(turn, job);
    case "reload":
      return performReload(turn, job);
    case "verify-active":
      return verifyActive(turn, job);
    case "nop":
      return "already";
    default:
      // try-restart and its kin are resolved before a job is installed.
      throw new Error(`job ${job.id} of ${job.unit} has the unresolved type ${job.type}`);
  }
}

/** Tries to run one waiting job. */
export function runJob(turn: Turn, id: number): void {
  let job = turn.state.jobs.get(id);
  if (job === undefined || job.state !== "waiting" || !isRunnable(turn, job)) return;
  const { startedUsec } = job;
  startJobTimer(turn, job, "running-timeout");
  job = patchJob(turn, id, { state: "running", startedUsec: turn.now.monotonicUsec })!;
  emit(turn, { kind: "unitChanged", unit: job.unit });
  const outcome = perform(turn, job);
  if (outcome === "again") patchJob(turn, id, { state: "waiting", startedUsec });
  else settle(turn, job, outcome);
}

/** What an outcome means for a job that was tried. Also called when conditions have been looked at. */
function settle(turn: Turn, tried: JobRecord, outcome: Outcome): void {
  const job = turn.state.jobs.get(tried.id);
  if (job === undefined) return; // It ended on the way: the machine was quicker than we.
  if (outcome === "acted") logJobBegun(turn, job.id, job.unit, tried.type);
  if (outcome === "again") patchJob(turn, job.id, { state: "waiting" });
  const result = ends[outcome];
  const noMachine =
    outcome === "skipped" && (tried.type === "start" || tried.type === "stop" || tried.type === "restart");
  if (result === undefined || noMachine) return;
  turn.engine.finishJob(turn, job.id, result, { recursive: true, already: outcome === "already" });
}

/** The conditions of a start are known now: go on where it waited. */
export function resumeStart(turn: Turn, job: JobRecord): void {
  settle(turn, job, performStart(turn, job));
}
