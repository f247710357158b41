import type { ServiceResult } from "../model/service.ts";
import { jobOf } from "../turn.ts";
import { type Killing, killingFor, killUnit } from "../unit/kill.ts";
import { armAfter, disarm } from "../unit/timers.ts";
import { control, data, type Service, settings } from "./data.ts";
import { enterDead } from "./dead.ts";
import { blame, setState } from "./set-state.ts";
import { has, spawnControl } from "./spawn.ts";

type Signalling =
  | "stop-watchdog"
  | "stop-sigterm"
  | "stop-sigkill"
  | "final-watchdog"
  | "final-sigterm"
  | "final-sigkill";

/** systemd.kill(5): which signal each state sends. A restart may have one of its own. */
function killing(s: Service, state: Signalling): Killing {
  const kill = settings(s);
  if (state === "stop-watchdog" || state === "final-watchdog")
    return { signal: kill.watchdogSignal, last: false, why: "kill" };
  const restarting = state === "stop-sigterm" && jobOf(s.turn, s.unit)?.type === "restart";
  if (restarting) return { signal: kill.restartKillSignal, last: false, why: undefined };
  return killingFor(kill, state === "stop-sigkill" || state === "final-sigkill");
}

/** Signals by KillMode=. True when there is somebody whose end is to be waited for. */
function kill(s: Service, state: Signalling): boolean {
  const { main, state: current } = data(s);
  const tokens = [main?.token, control(current)?.token].filter((token) => token !== undefined);
  return killUnit(s.turn, s.unit, settings(s), tokens, killing(s, state));
}

/**
 * Sends what a state sends and waits, or goes straight on to the next one when there is nobody left: so a clean stop passes
 * through all of them in one turn.
 */
export function enterSignal(s: Service, state: Signalling, result: ServiceResult): void {
  blame(s, result);
  const { sendSigkill, timeoutStopUsec, timeoutAbortUsec } = settings(s);
  if (kill(s, state)) {
    const abort = state === "stop-watchdog" || state === "final-watchdog";
    const current = control(data(s).state);
    armAfter(s.turn, s.unit, "state", abort ? timeoutAbortUsec : timeoutStopUsec);
    setState(s, current === undefined ? { kind: state } : { kind: state, control: current });
  } else if ((state === "stop-watchdog" || state === "stop-sigterm") && sendSigkill)
    enterSignal(s, "stop-sigkill", "success");
  else if (state === "stop-watchdog" || state === "stop-sigterm" || state === "stop-sigkill")
    enterStopPost(s, "success");
  else if ((state === "final-watchdog" || state === "final-sigterm") && sendSigkill)
    enterSignal(s, "final-sigkill", "success");
  else enterDead(s, "success", true);
}

/** ExecStopPost=: runs after every run, also one that never got up. */
export function enterStopPost(s: Service, result: ServiceResult): void {
  blame(s, result);
  if (!has(s, "ExecStopPost")) {
    enterSignal(s, "final-sigterm", "success");
    return;
  }
  armAfter(s.turn, s.unit, "state", settings(s).timeoutStopUsec);
  setState(s, { kind: "stop-post", control: spawnControl(s, "ExecStopPost") });
}

/** ExecStop=, where the service got up first and nothing has gone wrong. */
export function enterStop(s: Service, result: ServiceResult): void {
  blame(s, result);
  if (!has(s, "ExecStop")) {
    enterSignal(s, "stop-sigterm", "success");
    return;
  }
  armAfter(s.turn, s.unit, "state", settings(s).timeoutStopUsec);
  setState(s, { kind: "stop", control: spawnControl(s, "ExecStop") });
}

/** STOPPING=1: the service does by itself what SIGTERM would have made it do. */
export function enterStopByNotify(s: Service): void {
  disarm(s.turn, s.unit, "state");
  armAfter(s.turn, s.unit, "state", settings(s).timeoutStopUsec);
  setState(s, { kind: "stop-sigterm" });
}
