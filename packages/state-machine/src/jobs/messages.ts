import type { JobResult, JobType } from "@steward/graph";
import type { UnitType } from "@steward/unit-file";
import { definitionOf } from "../definition/definitions.ts";
import { logMessage, messageId, priority } from "../log/log.ts";
import type { JobRecord, UnitRecord } from "../model/state.ts";
import { emit, type Turn, unitOf } from "../turn.ts";

/** How a type words its start and stop; `%s` is "name - Description". */
interface Words {
  readonly starting?: string;
  readonly stopping?: string;
  readonly start?: Partial<Record<JobResult, string>>;
  readonly stop?: Partial<Record<JobResult, string>>;
}

const words: Readonly<Partial<Record<UnitType, Words>>> = {
  service: { starting: "Starting %s...", stopping: "Stopping %s...", start: { failed: "Failed to start %s." } },
  target: { start: { done: "Reached target %s." }, stop: { done: "Stopped target %s." } },
  slice: { start: { done: "Created slice %s." }, stop: { done: "Removed slice %s." } },
  scope: {
    starting: "Starting %s...",
    stopping: "Stopping %s...",
    start: { done: "Started %s.", failed: "Failed to start %s." },
  },
  socket: {
    starting: "Starting %s...",
    stopping: "Stopping %s...",
    start: { done: "Listening on %s.", failed: "Failed to listen on %s." },
    stop: { done: "Closed %s." },
  },
  mount: {
    starting: "Mounting %s...",
    stopping: "Unmounting %s...",
    start: { done: "Mounted %s.", failed: "Failed to mount %s.", timeout: "Timed out mounting %s." },
    stop: { done: "Unmounted %s.", failed: "Failed unmounting %s.", timeout: "Timed out unmounting %s." },
  },
  swap: {
    starting: "Activating swap %s...",
    stopping: "Deactivating swap %s...",
    start: {
      done: "Activated swap %s.",
      failed: "Failed to activate swap %s.",
      timeout: "Timed out activating swap %s.",
    },
    stop: {
      done: "Deactivated swap %s.",
      failed: "Failed deactivating swap %s.",
      timeout: "Timed out deactivating swap %s.",
    },
  },
  automount: {
    start: { done: "Set up automount %s.", failed: "Failed to set up automount %s." },
    stop: { done: "Unset automount %s.", failed: "Failed to unset automount %s." },
  },
  device: {
    starting: "Expecting device %s...",
    start: { done: "Found device %s.", timeout: "Timed out waiting for device %s." },
  },
};

const finishedStart: Partial<Record<JobResult, string>> = {
  done: "Started %s.",
  timeout: "Timed out starting %s.",
  dependency: "Dependency failed for %s.",
  assert: "Assertion failed for %s.",
  unsupported: "Starting of %s unsupported.",
  collected: "Unnecessary job was removed for %s.",
  once: "Unit %s has been started before and cannot be started again.",
};
const finishedStop: Partial<Record<JobResult, string>> = {
  done: "Stopped %s.",
  failed: "Stopped (with error) %s.",
  timeout: "Timed out stopping %s.",
};
const finishedReload: Partial<Record<JobResult, string>> = {
  done: "Reloaded %s.",
  failed: "Reload failed for %s.",
  timeout: "Timed out reloading %s.",
};

const level: Readonly<Record<JobResult, number>> = {
  done: priority.info,
  canceled: priority.info,
  timeout: priority.err,
  failed: priority.err,
  dependency: priority.warning,
  skipped: priority.notice,
  invalid: priority.info,
  assert: priority.warning,
  unsupported: priority.warning,
  collected: priority.info,
  once: priority.err,
};

/** "foo.service - My Foo", or the name alone when there is no other description. */
function identify(turn: Turn, unit: string): string {
  const description = definitionOf(turn.state, unit)?.description ?? "";
  return description === "" || description === unit ? unit : `${unit} - ${description}`;
}

/** "Starting …", "Stopping …", "Reloading …". */
export function logJobBegun(turn: Turn, job: number, unit: string, type: JobType): void {
  const own = words[unitOf(turn, unit).machine.type];
  const format = type === "reload" ? "Reloading %s..." : type === "start" ? own?.starting : own?.stopping;
  if (format === undefined) return;
  const kind = type === "reload" ? "reload" : type === "start" ? "start" : "stop";
  const id = { start: messageId("starting"), stop: messageId("stopping"), reload: messageId("reloading") }[kind];
  logMessage(
    turn,
    priority.info,
    unit,
    format.replace("%s", () => identify(turn, unit)),
    [id, ["JOB_ID", String(job)], ["JOB_TYPE", kind]],
  );
}

function doneFormat(turn: Turn, unit: UnitRecord, type: JobType, result: JobResult): string | undefined {
  const own = words[unit.machine.type];
  if (type === "start") {
    const oneshot = definitionOf(turn.state, unit.id)?.service?.type === "oneshot";
    if (result === "done" && oneshot) return "Finished %s.";
    return own?.start?.[result] ?? finishedStart[result];
  }
  if (type === "stop" || type === "restart") return own?.stop?.[result] ?? finishedStop[result];
  if (type === "reload") return finishedReload[result];
  return type === "verify-active" && result === "skipped" ? "%s is inactive." : undefined;
}

/** Why a start did nothing: the condition that failed, in systemd's words. */
function skippedText(unit: UnitRecord, name: string): string {
  const failed = unit.conditions.filter((c) => c.result === "failed" || c.result === "error");
  const plain = failed.findLast((c) => !c.trigger);
  if (plain === undefined && failed.length > 1)
    return `${name} was skipped because all trigger condition checks failed.`;
  const told = plain ?? failed[0];
  if (told === undefined) return `Condition check resulted in ${name} being skipped.`;
  const sign = `${told.trigger ? "|" : ""}${told.negate ? "!" : ""}`;
  const type = told.type.startsWith("Condition") ? told.type : `Condition${told.type}`;
  return `${name} was skipped because of an unmet condition check (${type}=${sign}${told.parameter}).`;
}

/** "Started …", "Stopped …", "Dependency failed for …" and their kin. */
export function logJobFinished(turn: Turn, job: JobRecord, type: JobType, result: JobResult): void {
  const unit = unitOf(turn, job.unit);
  const fields: (readonly [string, string])[] = [
    ["JOB_ID", String(job.id)],
    ["JOB_TYPE", type],
    ["JOB_RESULT", result],
  ];
  const name = identify(turn, job.unit);
  if (type === "start" && result === "done" && !unit.conditionResult) {
    logMessage(turn, level[result], job.unit, skippedText(unit, name), [...fields, messageId("started")]);
    return;
  }
  const format = doneFormat(turn, unit, type, result);
  if (format === undefined) return;
  const message = format.replace("%s", () => name);
  if (type === "start") fields.push(messageId(result === "done" ? "started" : "failed"));
  else if (type === "reload") fields.push(messageId("reloaded"));
  else if (type === "stop" || type === "restart") fields.push(messageId("stopped"));
  else {
    // The line of a verify-active names no unit in its fields.
    emit(turn, { kind: "log", line: { priority: level[result], message, fields } });
    return;
  }
  logMessage(turn, level[result], job.unit, message, fields);
}
