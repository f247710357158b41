import { logUnit, priority } from "../log/log.ts";
import type { ServiceResult } from "../model/service.ts";
import { unitOf } from "../turn.ts";
import { related } from "../unit/related.ts";
import { armAfter, disarm } from "../unit/timers.ts";
import { data, type Service, settings } from "./data.ts";
import { isPopulated } from "./dead.ts";
import { enterSignal, enterStop, enterStopByNotify } from "./ending.ts";
import { blame, setState } from "./set-state.ts";

/** The service does its work: its main process lives, or its group does where no main process is known. */
function isGood(s: Service): boolean {
  const { main, mainKnown, busName } = data(s);
  const { type, exitType } = settings(s);
  if (type === "dbus" && !busName) return false;
  if (main !== undefined) return true;
  if (mainKnown && exitType === "main") return false;
  return isPopulated(s);
}

/** RuntimeMaxSec= plus a part of RuntimeRandomizedExtraSec=, which the invocation id decides. */
function runtimeMaxUsec(s: Service): number {
  const { runtimeMaxUsec: max, runtimeRandomizedExtraUsec: extra } = settings(s);
  if (extra === 0 || max === Number.POSITIVE_INFINITY) return max;
  const fraction = Number.parseInt(unitOf(s.turn, s.unit).invocation.slice(0, 8) || "0", 16) / 0x1_0000_0000;
  return max + Math.floor(extra * fraction);
}

/**
 * The service is up, or what happened to it says that it is not: then it goes down, or rests in `exited`
 * (RemainAfterExit=). Called after everything that may have changed which of these is so.
 */
export function enterRunning(s: Service, result: ServiceResult): void {
  blame(s, result);
  const { notifyState, result: first } = data(s);
  if (first !== "success") enterSignal(s, "stop-sigterm", result);
  else if (isGood(s)) {
    if (notifyState === "reloading") enterReloadByNotify(s);
    else if (notifyState === "stopping") enterStopByNotify(s);
    else {
      disarm(s.turn, s.unit, "state");
      const wasUp = unitOf(s.turn, s.unit).activeEnter;
      setState(s, { kind: "running" });
      const max = runtimeMaxUsec(s);
      const up = unitOf(s.turn, s.unit).activeEnter;
      if (max !== Number.POSITIVE_INFINITY && data(s).state.kind === "running") {
        // Counts from when the unit came up, also when a reload lies between.
        const spent = up === wasUp ? Math.max(0, s.turn.now.monotonicUsec - up.monotonicUsec) : 0;
        armAfter(s.turn, s.unit, "runtime-max", Math.max(0, max - spent));
      }
    }
  } else if (settings(s).remainAfterExit) setState(s, { kind: "exited" });
  else enterStop(s, "success");
}

/** The main process of a service that runs has ended; with ExitType=cgroup nothing follows while others of it live. */
export function runningMainDone(s: Service, { result }: { readonly result: ServiceResult }): void {
  if (settings(s).exitType === "cgroup" && isPopulated(s)) blame(s, result);
  else enterRunning(s, result);
}

/** RELOADING=1: the service reloads by its own decision, or says so after we asked. */
export function enterReloadByNotify(s: Service): void {
  const { timeoutStartUsec, type } = settings(s);
  armAfter(s.turn, s.unit, "state", timeoutStartUsec);
  setState(s, type === "notify-reload" ? { kind: "reload-notify" } : { kind: "reload" });
  propagateReload(s);
}

/** PropagatesReloadTo= for a reload that nobody asked for. */
function propagateReload(s: Service): void {
  // systemd hangs them on a job of the unit itself that does nothing.
  s.turn.engine.enqueue(s.turn, { unit: s.unit, type: "nop", mode: "fail" });
  for (const other of [...related(s.turn, s.unit, "propagates-reload-to")]) {
    const enqueued = s.turn.engine.enqueue(s.turn, { unit: other, type: "try-reload", mode: "fail" });
    if (!enqueued.ok)
      logUnit(
        s.turn,
        priority.warning,
        s.unit,
        `Failed to schedule propagation of reload, ignoring: ${enqueued.message}`,
      );
  }
}
