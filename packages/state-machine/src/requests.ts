import { resolveName } from "./definition/definitions.ts";
import { logManager, priority } from "./log/log.ts";
import type { Effect } from "./model/effect.ts";
import type { Event } from "./model/event.ts";
import { control } from "./service/data.ts";
import { emit, patchCounters, patchUnit, type Turn, unitOf } from "./turn.ts";
import { unlimited } from "./unit/blank.ts";

type EventOf<K extends Event["kind"]> = Extract<Event, { readonly kind: K }>;
type Reply = Extract<Effect, { readonly kind: "reply" }>["result"];

function reply(turn: Turn, request: number, result: Reply): void {
  emit(turn, { kind: "reply", request, result });
}

/** StartUnit and its kin. The reply comes before anything of the job is performed. */
export function onEnqueue(turn: Turn, event: EventOf<"enqueue">): void {
  const unit = resolveName(turn.state, event.unit);
  const enqueued = turn.engine.enqueue(turn, {
    unit,
    type: event.job,
    mode: event.mode,
    ...(event.manual === undefined ? {} : { manual: event.manual }),
    ...(event.reloadIfPossible === undefined ? {} : { reloadIfPossible: event.reloadIfPossible }),
  });
  if (enqueued.ok) reply(turn, event.request, { job: enqueued.job.id });
  else reply(turn, event.request, { error: enqueued.error, message: enqueued.message });
}

export function onCancelJob(turn: Turn, event: EventOf<"cancelJob">): void {
  if (!turn.state.jobs.has(event.job)) {
    const message = `Job ${event.job} does not exist.`;
    reply(turn, event.request, { error: "org.freedesktop.systemd1.NoSuchJob", message });
    return;
  }
  turn.engine.finishJob(turn, event.job, "canceled", { recursive: true, already: false });
  reply(turn, event.request, {});
}

export function onClearJobs(turn: Turn, event: EventOf<"clearJobs">): void {
  for (const job of [...turn.state.jobs.keys()])
    turn.engine.finishJob(turn, job, "canceled", { recursive: false, already: false });
  reply(turn, event.request, {});
}

/** ResetFailedUnit, and ResetFailed for all. */
export function onResetFailed(turn: Turn, event: EventOf<"resetFailed">): void {
  const units = event.unit === undefined ? [...turn.state.units.keys()] : [resolveName(turn.state, event.unit)];
  for (const unit of units) {
    if (!turn.state.units.has(unit)) continue;
    turn.engine.machineOf(unit).resetFailed?.(turn, unit);
    patchUnit(turn, unit, { startLimit: unlimited, startLimitHit: false });
    emit(turn, { kind: "unitChanged", unit });
  }
  reply(turn, event.request, {});
}

const NO_PROCESS = "org.freedesktop.systemd1.NoSuchProcess";

/** KillUnit (systemctl(1), kill). */
export function onKill(turn: Turn, event: EventOf<"kill">): void {
  const unit = resolveName(turn.state, event.unit);
  const { machine, populated } = unitOf(turn, unit);
  const whom = event.whom.replace("-fail", "");
  const refuse = (message: string): void => reply(turn, event.request, { error: NO_PROCESS, message });
  const service = machine.type === "service" ? machine : undefined;
  const main = service?.main;
  const other = machine.type !== "service" && "control" in machine ? machine : undefined;
  const process = service === undefined ? other?.control : control(service.state);
  if (service === undefined && whom !== "all" && !(other !== undefined && whom === "control")) {
    refuse(`${machine.type} units have no ${whom} processes`);
    return;
  }
  if (whom === "main" && main === undefined) {
    refuse("No main process to kill");
    return;
  }
  if (whom === "control" && process === undefined) {
    refuse("No control process to kill");
    return;
  }
  const { signal } = event;
  const one = (token: number, why: "client-main" | "client-control"): void =>
    emit(turn, { kind: "signal", unit, token, signal, why });
  let killed = false;
  if (whom !== "control" && main !== undefined) {
    one(main.token, "client-main");
    killed = true;
  }
  if (whom !== "main" && process !== undefined) {
    one(process.token, "client-control");
    killed = true;
  }
  if (whom === "all" && populated) {
    const except = [main?.token, process?.token].filter((token) => token !== undefined);
    emit(turn, { kind: "signalGroup", unit, signal, except, why: "client-process" });
    killed = true;
  }
  if (!killed && event.whom.endsWith("-fail")) {
    refuse("No matching processes to kill");
    return;
  }
  reply(turn, event.request, {});
}

/** The manager is asked to go: the target that means it, and nothing turns it round. */
export function onShutdown(turn: Turn, event: EventOf<"shutdown">): void {
  const unit = resolveName(turn.state, event.target);
  const enqueued = turn.engine.enqueue(turn, { unit, type: "start", mode: event.mode });
  if (enqueued.ok) {
    patchCounters(turn, { stopping: true });
    return;
  }
  logManager(turn, priority.err, `Failed to enqueue ${unit}/start: ${enqueued.message}`);
}
