import { formatTimespan } from "@steward/time";
import type { ExitStatusSet } from "../definition/definition.ts";
import { logUnit, messageId, priority } from "../log/log.ts";
import type { ExecStatus } from "../model/controlled.ts";
import type { ServiceData, ServiceResult } from "../model/service.ts";
import { emit, jobOf, unitOf } from "../turn.ts";
import { armAfter } from "../unit/timers.ts";
import { data, patch, type Service, settings } from "./data.ts";
import { releaseStore } from "./fd-store.ts";
import { blame, setState } from "./set-state.ts";

/** Whether the last run of the main process ended in one of these ways. */
export function endedIn(set: ExitStatusSet, status: ExecStatus): boolean {
  if (status.code === 1) return set.statuses.includes(status.status);
  return status.code !== 0 && set.signals.includes(status.status);
}

/** The table of systemd.service(5), Restart=. A condition that was not met is no reason to try again. */
function restarts(s: Service): boolean {
  const { restart, restartPreventExitStatus, restartForceExitStatus } = settings(s);
  const { result, mainExec, forbidRestart } = data(s);
  if (forbidRestart || endedIn(restartPreventExitStatus, mainExec)) return false;
  if (endedIn(restartForceExitStatus, mainExec)) return true;
  switch (restart) {
    case "no":
      return false;
    case "always":
      return result !== "exec-condition";
    case "on-success":
      return result === "success";
    case "on-failure":
      return result !== "success" && result !== "exec-condition";
    case "on-abnormal":
      return result !== "success" && result !== "exit-code" && result !== "exec-condition";
    case "on-watchdog":
      return result === "watchdog";
    case "on-abort":
      return result === "signal" || result === "core-dump";
  }
}

/** RestartSec=, growing by RestartSteps= up to RestartMaxDelaySec= (254). */
function restartDelayUsec(s: Service): number {
  const { restartUsec, restartSteps, restartMaxDelayUsec } = settings(s);
  const next = data(s).nRestarts + 1;
  if (next <= 1 || restartSteps === 0 || restartMaxDelayUsec === Number.POSITIVE_INFINITY) return restartUsec;
  if (restartUsec === 0 || restartUsec >= restartMaxDelayUsec) return restartUsec;
  if (next > restartSteps) return restartMaxDelayUsec;
  return Math.floor(restartUsec * (restartMaxDelayUsec / restartUsec) ** ((next - 1) / restartSteps));
}

function logEnd(s: Service): void {
  const { result } = data(s);
  if (result === "success") logUnit(s.turn, priority.info, s.unit, "Deactivated successfully.", [messageId("success")]);
  else if (result === "exec-condition")
    logUnit(s.turn, priority.info, s.unit, `Skipped due to '${result}'.`, [
      messageId("skipped"),
      ["UNIT_RESULT", result],
    ]);
  else
    logUnit(s.turn, priority.warning, s.unit, `Failed with result '${result}'.`, [
      messageId("failureResult"),
      ["UNIT_RESULT", result],
    ]);
}

/** "Consumed …": said only of what is worth a mention, one second of CPU; above ten minutes a notice. */
function logUsage(s: Service): void {
  const { cpuUsec } = data(s);
  if (cpuUsec <= 1_000_000) return;
  const level = cpuUsec > 600_000_000 ? priority.notice : priority.info;
  logUnit(s.turn, level, s.unit, `Consumed ${formatTimespan(cpuUsec, 1_000)} CPU time.`, [
    messageId("resources"),
    ["CPU_USAGE_NSEC", String(cpuUsec * 1_000)],
  ]);
}

/** The end of a run: dead or failed, and from there to auto-restart where Restart= says so. */
export function enterDead(s: Service, result: ServiceResult, allowRestart: boolean): void {
  const stopPending = jobOf(s.turn, s.unit)?.type === "stop";
  blame(s, result);
  logEnd(s);
  const willAutoRestart = allowRestart && !stopPending && restarts(s);
  const { result: final } = data(s);
  const end = final === "success" || final === "exec-condition" ? "dead" : "failed";
  const rested = { willAutoRestart };
  if (willAutoRestart && settings(s).restartMode === "direct") {
    enterAutoRestart(s);
  } else {
    setState(s, { kind: end }, rested);
    logUsage(s);
    if (willAutoRestart && isAtRest(data(s))) enterAutoRestart(s);
    else if (!willAutoRestart) patch(s, { flushRestarts: true });
  }
  patch(s, { forbidRestart: false });
  if (settings(s).fileDescriptorStorePreserve === "no") releaseStore(s.turn, unitOf(s.turn, s.unit));
  const { pidFile, runtimeDirectoryPreserve } = settings(s);
  // The stop of a restart by hand has become a start by now.
  const restarting = willAutoRestart || jobOf(s.turn, s.unit)?.type === "start";
  const keep = runtimeDirectoryPreserve === "yes" || (runtimeDirectoryPreserve === "restart" && restarting);
  emit(s.turn, { kind: "cleanUp", unit: s.unit, keepRuntimeDirectory: keep });
  if (pidFile !== "") emit(s.turn, { kind: "removePidFile", unit: s.unit, path: pidFile });
}

const isAtRest = (service: ServiceData): boolean => service.state.kind === "dead" || service.state.kind === "failed";

function enterAutoRestart(s: Service): void {
  setState(s, { kind: "auto-restart" });
  if (data(s).state.kind !== "auto-restart") return;
  const delay = restartDelayUsec(s);
  // Without a pause there is no need to wait for a timer: it goes on as soon as this turn has nothing else to do.
  if (delay === 0) s.turn.restarts.add(s.unit);
  else armAfter(s.turn, s.unit, "restart", delay);
}

/** RestartSec= is over. The restart is a job like any other, so that what is bound to the unit goes along. */
export function enterRestart(s: Service): void {
  if (jobOf(s.turn, s.unit)?.type === "stop") {
    logUnit(s.turn, priority.info, s.unit, "Stop job pending for unit, skipping automatic restart.");
    return;
  }
  const enqueued = s.turn.engine.enqueue(s.turn, { unit: s.unit, type: "restart", mode: "replace" });
  if (!enqueued.ok) {
    logUnit(s.turn, priority.warning, s.unit, `Failed to schedule restart job: ${enqueued.message}`);
    enterDead(s, "resources", false);
    return;
  }
  const nRestarts = data(s).nRestarts + 1;
  patch(s, { nRestarts, flushRestarts: false, notifyAccess: undefined });
  logUnit(s.turn, priority.info, s.unit, `Scheduled restart job, restart counter is at ${nRestarts}.`, [
    messageId("restartScheduled"),
    ["N_RESTARTS", String(nRestarts)],
  ]);
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}

/** Whether the unit still has processes that the keeper told us of. */
export function isPopulated(s: Service): boolean {
  return unitOf(s.turn, s.unit).populated;
}
