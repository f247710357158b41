import { isConflicting } from "../jobs/job-tables.ts";
import { type AddOptions, addJob } from "./add-jobs.ts";
import { admit } from "./admit.ts";
import { breakCycle } from "./break-cycles.ts";
import { ignoresIsolate } from "./capabilities.ts";
import { Draft, type DraftJob } from "./draft.ts";
import { refusal } from "./errors.ts";
import { installJob } from "./install.ts";
import { mergeJobs } from "./merge.ts";
import { addIsolateJobs, addTriggeringJobs } from "./modes.ts";
import { collectGarbage, dropRedundant, markMatters, minimizeImpact } from "./reduce.ts";
import type { PlannedJob, TransactionError, TransactionInput, TransactionResult } from "./types.ts";

/**
 * Turns a request into jobs, or into systemd's refusal. Changes nothing: the caller puts the jobs into the queue as `install` says.
 * The way is systemd's: add all that the request implies; drop what has nothing to do or that nobody wants; break ordering cycles;
 * merge, dropping what contradicts and does not matter; check against the queue (systemd.unit(5); systemctl(1), --job-mode=).
 */
export function planTransaction(input: TransactionInput): TransactionResult {
  const { graph, view, request } = input;
  const { mode } = request;
  const draft = new Draft(mode === "replace-irreversibly");
  const fail = (error: TransactionError): TransactionResult => ({ ok: false, error, log: draft.log });

  const admitted = admit(input);
  if ("error" in admitted) return fail(admitted.error);
  const options: AddOptions = {
    graph,
    view,
    draft,
    ignoreRequirements: mode === "ignore-dependencies" || mode === "ignore-requirements",
    ignoreOrder: mode === "ignore-dependencies",
    startRestarts: mode === "restart-dependencies",
  };
  const refused = addJob(options, request.unit, admitted.type);
  if (refused) return fail(refused);
  if (mode === "isolate") addIsolateJobs(options);
  if (mode === "triggering") addTriggeringJobs(options, draft.anchor.unit);

  markMatters(draft);
  if (mode === "fail") minimizeImpact(draft, view);
  dropRedundant(draft, view);
  for (;;) {
    if (mode !== "isolate") collectGarbage(draft);
    const broken = breakCycle(draft, graph, view);
    if (broken === "done") break;
    if (broken === "again") continue;
    return fail(complain(draft, 4, "contains an unfixable cyclic ordering dependency", broken));
  }
  for (;;) {
    const merged = mergeJobs(draft, view);
    if (merged === "done") break;
    if (merged !== "again") return fail(complain(draft, 4, "contains unmergeable jobs", merged));
    if (mode !== "isolate") collectGarbage(draft);
  }
  dropRedundant(draft, view);
  const destructive = findDestruction(draft, input);
  if (destructive) return fail(complain(draft, 5, "contradicts existing jobs", destructive));
  return { ok: true, jobs: plannedJobs(draft, input), cancel: cancelled(draft, input), log: draft.log };
}

function complain(draft: Draft, priority: number, what: string, error: TransactionError): TransactionError {
  draft.log.push({ priority, message: `Requested transaction ${what}: ${error.message}`, units: [] });
  return error;
}

/** Irreversible jobs are not replaced by contrary ones, and in mode fail no job is. */
function findDestruction(draft: Draft, { view, request }: TransactionInput): TransactionError | undefined {
  for (const [job] of draft.jobs.values()) {
    const queued = job && view.job(job.unit);
    if (!queued || !(request.mode === "fail" || queued.irreversible) || !isConflicting(queued.type, job.type)) continue;
    const { anchor } = draft;
    return refusal(
      "TransactionIsDestructive",
      `Transaction for ${anchor.unit}/${anchor.type} is destructive (${job.unit} has '${queued.type}' job queued, but '${job.type}' is included in transaction).`,
    );
  }
  return undefined;
}

function plannedJobs(draft: Draft, { view }: TransactionInput): PlannedJob[] {
  const jobs = [...draft.jobs.values()].map(([job]) => job as DraftJob).sort((a, b) => a.order - b.order);
  return jobs.map((job) => ({
    unit: job.unit,
    type: job.type,
    irreversible: job.irreversible,
    ignoreOrder: job.ignoreOrder,
    anchor: job === draft.anchor,
    install: installJob(job, view.job(job.unit), view.activeState(job.unit)),
  }));
}

/** Modes isolate and flush end every other job in the queue. */
function cancelled(draft: Draft, { graph, view, request }: TransactionInput): number[] {
  if (request.mode !== "isolate" && request.mode !== "flush") return [];
  const out: number[] = [];
  for (const job of view.jobs()) if (!ignoresIsolate(graph, job.unit) && !draft.jobs.has(job.unit)) out.push(job.id);
  return out;
}
