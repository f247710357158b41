import { type PlannedJob, planTransaction, type TransactionView } from "@steward/graph";
import { definitionOf } from "../definition/definitions.ts";
import type { Enqueued, JobRequest } from "../engine.ts";
import type { TriggerDetails } from "../model/state.ts";
import { type JobRecord, SCHEMA } from "../model/state.ts";
import { emit, jobOf, patchJob, patchUnit, type Turn, take, unitOf } from "../turn.ts";
import { activeStateOf } from "../unit/active-state.ts";
import { publicJob } from "./finish.ts";
import { startJobTimer } from "./timers.ts";

/** What a transaction may see of the running units (graph: TransactionView). */
function transactionView(turn: Turn): TransactionView {
  return {
    activeState: (unit) => activeStateOf(unitOf(turn, unit).machine, definitionOf(turn.state, unit)?.service?.type),
    job: (unit) => jobOf(turn, unit),
    jobs: () => [...turn.state.jobs.values()].filter((job) => job.type !== "nop"),
  };
}

function install(turn: Turn, planned: PlannedJob, trigger: TriggerDetails | undefined): JobRecord {
  const { unit, type, irreversible, ignoreOrder, anchor, install: how } = planned;
  if (how.kind === "merge") {
    const old = turn.state.jobs.get(how.job);
    if (old !== undefined) {
      const merged = patchJob(turn, how.job, {
        type: how.type,
        irreversible: old.irreversible || irreversible,
        ignoreOrder: old.ignoreOrder || ignoreOrder,
        ...(how.rerun ? { state: "waiting", check: undefined, checked: false } : {}),
      })!;
      turn.runQueue.add(merged.id, unit);
      return merged;
    }
  }
  if (how.kind === "replace") turn.engine.finishJob(turn, how.job, "canceled", { recursive: false, already: false });
  const job: JobRecord = {
    schema: SCHEMA,
    id: take(turn, "nextJob"),
    unit,
    type,
    state: "waiting",
    irreversible,
    ignoreOrder,
    enqueuedUsec: turn.now.monotonicUsec,
    startedUsec: 0,
    anchor,
    check: undefined,
    checked: false,
    trigger: anchor ? trigger : undefined,
    timers: {},
  };
  turn.state.jobs.set(job.id, job);
  turn.changedJobs.add(job.id);
  patchUnit(turn, unit, type === "nop" ? { nopJob: job.id } : { job: job.id });
  emit(turn, { kind: "jobNew", job: publicJob(job) });
  emit(turn, { kind: "unitChanged", unit });
  startJobTimer(turn, job, "timeout");
  turn.runQueue.add(job.id, unit);
  return job;
}

/** Plans the transaction of a request and puts its jobs into the queue, or says why not; nothing runs yet. */
export function enqueue(turn: Turn, request: JobRequest): Enqueued {
  const { graph } = turn.state.definitions;
  const { trigger, ...asked } = request;
  const plan = planTransaction({ graph, view: transactionView(turn), request: asked });
  const unitField = turn.state.scope === "user" ? "USER_UNIT" : "UNIT";
  for (const line of plan.log) {
    const fields = line.units.map((unit) => [unitField, unit] as const);
    emit(turn, { kind: "log", line: { priority: line.priority, message: line.message, fields } });
  }
  if (!plan.ok) return { ok: false, error: plan.error.name, message: plan.error.message };
  if (!plan.jobs.some((job) => job.anchor)) {
    // What was asked for was given up on the way: nothing of the rest makes sense without it.
    const message = `Transaction for ${request.unit}/${request.type} has come to nothing. See system logs for details.`;
    return { ok: false, error: "org.freedesktop.systemd1.TransactionOrderIsCyclic", message };
  }
  for (const job of plan.cancel) turn.engine.finishJob(turn, job, "canceled", { recursive: false, already: false });
  let anchor: JobRecord | undefined;
  for (const planned of plan.jobs) {
    const job = install(turn, planned, trigger);
    if (planned.anchor) anchor = job;
  }
  return { ok: true, job: anchor! };
}
