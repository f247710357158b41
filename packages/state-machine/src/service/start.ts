import { logUnit, priority } from "../log/log.ts";
import type { ServiceResult } from "../model/service.ts";
import { jobOf, patchUnit, take } from "../turn.ts";
import { neverRan } from "../unit/blank.ts";
import { invocationId } from "../unit/invocation.ts";
import { withinStartLimit as startLimit } from "../unit/start-limit.ts";
import { armAfter, disarm } from "../unit/timers.ts";
import { data, patch, type Service, settings } from "./data.ts";
import { enterDead } from "./dead.ts";
import { enterSignal, enterStop } from "./ending.ts";
import { enterRunning } from "./running.ts";
import { setState } from "./set-state.ts";
import { has, spawnControl, spawnMain } from "./spawn.ts";
import { startWatchdog } from "./watchdog.ts";

/** Type=idle waits at most so long for the queue to become empty (systemd.service(5)). */
const IDLE_TIMEOUT_USEC = 5_000_000;

/** StartLimitIntervalSec=, StartLimitBurst=: too many starts are a failure of their own. */
export function withinStartLimit(s: Service): boolean {
  if (startLimit(s.turn, s.unit)) return true;
  enterDead(s, "start-limit-hit", false);
  return false;
}

/** A fresh run: everything that belonged to the last one is forgotten. */
export function beginRun(s: Service): void {
  const before = data(s);
  const trigger = jobOf(s.turn, s.unit)?.trigger;
  const id = invocationId(s.turn.state.seed, take(s.turn, "nextInvocation"));
  patchUnit(s.turn, s.unit, { invocation: id, trigger });
  patch(s, {
    result: "success",
    reloadResult: "success",
    main: undefined,
    mainKnown: false,
    adopting: undefined,
    heldExit: undefined,
    mainExec: neverRan,
    mainCommand: undefined,
    commands: {},
    forbidRestart: false,
    statusText: "",
    statusErrno: 0,
    notifyState: "unknown",
    notifyAccess: undefined,
    watchdogOverrideUsec: undefined,
    cpuUsec: 0,
    oomKilled: false,
    ...(before.flushRestarts ? { nRestarts: 0, flushRestarts: false } : {}),
  });
  enterCondition(s);
}

/** ExecCondition=. */
function enterCondition(s: Service): void {
  if (!has(s, "ExecCondition")) {
    enterStartPre(s);
    return;
  }
  armAfter(s.turn, s.unit, "state", settings(s).timeoutStartUsec);
  setState(s, { kind: "condition", control: spawnControl(s, "ExecCondition") });
}

/** ExecStartPre=. */
export function enterStartPre(s: Service): void {
  if (!has(s, "ExecStartPre")) {
    enterStart(s);
    return;
  }
  armAfter(s.turn, s.unit, "state", settings(s).timeoutStartUsec);
  setState(s, { kind: "start-pre", control: spawnControl(s, "ExecStartPre") });
}

/** ExecStart=, by Type=. */
export function enterStart(s: Service): void {
  const { type, timeoutStartUsec } = settings(s);
  if (!has(s, "ExecStart")) {
    if (type !== "oneshot") {
      logUnit(s.turn, priority.err, s.unit, "There's no 'start' task anymore we could start.");
      enterSignal(s, "stop-sigterm", "resources");
      return;
    }
    // Passing through `start` lets those that depend on it see that it was activating.
    setState(s, { kind: "start", wait: "exit" });
    enterStartPost(s);
    return;
  }
  if (type === "simple" || type === "idle") disarm(s.turn, s.unit, "state");
  else armAfter(s.turn, s.unit, "state", timeoutStartUsec);
  switch (type) {
    case "idle":
      armAfter(s.turn, s.unit, "state", IDLE_TIMEOUT_USEC);
      s.turn.state.idle.add(s.unit);
      setState(s, { kind: "start", wait: "idle" });
      return;
    case "forking":
      setState(s, { kind: "start", wait: "fork", control: spawnControl(s, "ExecStart") });
      return;
    case "simple":
    case "exec":
    case "oneshot":
    case "notify":
    case "notify-reload":
    case "dbus":
      spawnMain(s);
      setState(s, { kind: "start", wait: waits[type] });
      return;
  }
}

const waits = {
  simple: "spawned",
  exec: "exec",
  oneshot: "exit",
  notify: "ready",
  "notify-reload": "ready",
  dbus: "bus-name",
} as const;

/** Type=idle: the queue is empty, or five seconds are over. */
export function startIdle(s: Service): void {
  disarm(s.turn, s.unit, "state");
  s.turn.state.idle.delete(s.unit);
  spawnMain(s);
  setState(s, { kind: "start", wait: "spawned" });
}

/** Oneshot: the next of several ExecStart= lines. */
export function startNextMain(s: Service, index: number): void {
  spawnMain(s, index);
  // TimeoutStartSec= counts for each command anew.
  armAfter(s.turn, s.unit, "state", settings(s).timeoutStartUsec);
  s.turn.engine.unitChanged(s.turn, s.unit, "activating", "activating", {});
}

/** ExecStartPost=. */
export function enterStartPost(s: Service): void {
  startWatchdog(s);
  if (!has(s, "ExecStartPost")) {
    enterRunning(s, "success");
    return;
  }
  armAfter(s.turn, s.unit, "state", settings(s).timeoutStartUsec);
  setState(s, { kind: "start-post", wait: "exit", control: spawnControl(s, "ExecStartPost") });
}

/** A forking service that never said which process is its main one. */
export function noMainPid(s: Service, result: ServiceResult): void {
  if (data(s).state.kind === "start") enterSignal(s, "stop-sigterm", result);
  else enterStop(s, result);
}
