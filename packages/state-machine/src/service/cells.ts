import { logUnit, priority } from "../log/log.ts";
import type { ServiceResult } from "../model/service.ts";
import { unitOf } from "../turn.ts";
import { armAfter } from "../unit/timers.ts";
import { control, data, patch, type Service, settings } from "./data.ts";
import { enterDead, isPopulated } from "./dead.ts";
import { enterSignal, enterStop, enterStopPost } from "./ending.ts";
import type { At, Cell, ServiceEvent } from "./event.ts";
import { searchMainPid } from "./pid-file.ts";
import { endReload } from "./reload.ts";
import { enterRunning } from "./running.ts";
import { setState } from "./set-state.ts";
import { spawnControl } from "./spawn.ts";
import { enterStart, enterStartPost, enterStartPre, noMainPid, startIdle, startNextMain } from "./start.ts";
import { startTimedOut } from "./timeouts.ts";

type Done = Extract<ServiceEvent, { readonly kind: "mainExited" | "controlExited" }>;

/** Runs the next command of the directive that the control process was of, if all went well and there is one. */
function nextCommand(at: Service, result: ServiceResult): boolean {
  const { state } = data(at);
  const running = control(state);
  if (running === undefined || result !== "success") return false;
  const { directive, index } = running.command;
  if (index + 1 >= settings(at).commands[directive].length) return false;
  const { timeoutStartUsec, timeoutStopUsec } = settings(at);
  const stopping = directive === "ExecStop" || directive === "ExecStopPost";
  const next = spawnControl(at, directive, index + 1);
  armAfter(at.turn, at.unit, "state", stopping ? timeoutStopUsec : timeoutStartUsec);
  forgetControl(at);
  patch(at, { state: { ...data(at).state, control: next } as typeof state });
  return true;
}

/** The control process has ended: it must not be taken for a stray when the state is left. */
function forgetControl(at: Service): void {
  const { state } = data(at);
  if (!("control" in state)) return;
  const { control: _gone, ...rest } = state;
  patch(at, { state: rest as typeof state });
}

export const conditionDone: Cell<"condition", "controlExited"> = (at, { result }) => {
  if (nextCommand(at, result)) return;
  forgetControl(at);
  if (result === "success") enterStartPre(at);
  else enterSignal(at, "stop-sigterm", result);
};

export const startPreDone: Cell<"start-pre", "controlExited"> = (at, { result }) => {
  if (nextCommand(at, result)) return;
  forgetControl(at);
  if (result === "success") enterStart(at);
  else enterSignal(at, "stop-sigterm", result);
};

export const startSpawned: Cell<"start", "mainSpawned"> = (at) => {
  if (at.state.wait === "spawned") enterStartPost(at);
};

export const startExecuted: Cell<"start", "mainExecuted"> = (at) => {
  if (at.state.wait === "exec") enterStartPost(at);
};

export const startReady: Cell<"start", "ready"> = (at) => {
  if (at.state.wait === "ready") enterStartPost(at);
};

export const startBusName: Cell<"start", "busNameOwned"> = (at) => {
  if (at.state.wait === "bus-name") enterStartPost(at);
};

export const startIdleNow: Cell<"start", "idle"> = (at) => {
  if (at.state.wait === "idle") startIdle(at);
};

/** Type=idle has waited long enough; for every other type the time is over. */
export const startTimeout: Cell<"start", "timeout"> = (at) => {
  if (at.state.wait === "idle") startIdle(at);
  else startTimedOut(at);
};

/** ExitType=cgroup (systemd.service(5)): the end of the main process is not the end. */
function goesOnWithoutMain(at: Service): boolean {
  return settings(at).exitType === "cgroup" && isPopulated(at);
}

export const startMainDone: Cell<"start", "mainExited"> = (at, { result }) => {
  const { type, commands, remainAfterExit } = settings(at);
  const next = (data(at).mainCommand ?? 0) + 1;
  if (type === "oneshot" && result === "success" && next < commands.ExecStart.length) {
    startNextMain(at, next);
    return;
  }
  patch(at, { mainCommand: undefined });
  if (goesOnWithoutMain(at)) return;
  if (type === "oneshot") {
    if (result === "success") enterStartPost(at);
    else enterSignal(at, "stop-sigterm", result);
  } else if (type === "notify" || type === "notify-reload") {
    // Only READY=1 makes it active: a main process that is gone without it will not say so any more.
    const access = data(at).notifyAccess ?? settings(at).notifyAccess;
    if (result !== "success") enterSignal(at, "stop-sigterm", result);
    else if (!remainAfterExit || access === "main") enterSignal(at, "stop-sigterm", "protocol");
  } else enterRunning(at, result);
};

export const startControlDone: Cell<"start", "controlExited"> = (at, { result }) => {
  if (at.state.wait !== "fork") return;
  if (nextCommand(at, result)) return;
  forgetControl(at);
  if (result !== "success") {
    enterSignal(at, "stop-sigterm", result);
    return;
  }
  const { pidFile, commands } = settings(at);
  // ExecStartPost= may be what writes the PID file: then it is read after that.
  if (pidFile !== "" && commands.ExecStartPost.length > 0) enterStartPost(at);
  else if (searchMainPid(at) === "none") enterStartPost(at);
  else setState(at, { kind: "start", wait: "main-pid" });
};

export const startMainFound: Cell<"start", "mainFound"> = (at) => {
  if (at.state.wait === "main-pid") enterStartPost(at);
};

export const startMainMissing: Cell<"start", "mainMissing"> = (at, { problem }) => {
  if (at.state.wait !== "main-pid") return;
  if (settings(at).pidFile === "") enterStartPost(at);
  else if (!isPopulated(at)) noMainPid(at, "protocol");
  else if (problem !== "") logUnit(at.turn, priority.info, at.unit, problem);
};

/** Nobody is left who could say READY=1, or write a PID file. */
export const startGroupEmpty: Cell<"start", "groupEmpty"> = (at) => {
  const { type, exitType, pidFile } = settings(at);
  const { main } = data(at);
  if (main !== undefined || at.state.control !== undefined || at.state.wait === "idle") return;
  if (type === "notify" || type === "notify-reload" || type === "dbus") enterStopPost(at, "protocol");
  else if (exitType === "cgroup") enterStartPost(at);
  else if (pidFile !== "" && at.state.wait === "main-pid") {
    logUnit(at.turn, priority.warning, at.unit, "Daemon never wrote its PID file. Failing.");
    enterStopPost(at, "protocol");
  }
};

export const startPostControlDone: Cell<"start-post", "controlExited"> = (at, { result }) => {
  if (nextCommand(at, result)) return;
  forgetControl(at);
  if (result !== "success") enterSignal(at, "stop-sigterm", result);
  else if (settings(at).type === "forking" && data(at).main === undefined && searchMainPid(at) === "searching")
    setState(at, { kind: "start-post", wait: "main-pid" });
  else enterRunning(at, "success");
};

export const startPostMainFound: Cell<"start-post", "mainFound"> = (at) => {
  if (at.state.wait === "main-pid") enterRunning(at, "success");
};

export const startPostMainMissing: Cell<"start-post", "mainMissing"> = (at, { problem }) => {
  if (at.state.wait !== "main-pid") return;
  if (settings(at).pidFile === "") enterRunning(at, "success");
  else if (!isPopulated(at)) noMainPid(at, "protocol");
  else if (problem !== "") logUnit(at.turn, priority.info, at.unit, problem);
};

export const startPostGroupEmpty: Cell<"start-post", "groupEmpty"> = (at) => {
  if (at.state.wait !== "main-pid" || settings(at).pidFile === "") return;
  logUnit(at.turn, priority.warning, at.unit, "Daemon never wrote its PID file. Failing.");
  enterStop(at, "protocol");
};

type Reloading = At<"reload"> | At<"reload-signal"> | At<"reload-notify">;

export const reloadDone = {
  /** ExecReload= is through; the service's own READY=1 may come before or after. */
  control: ((at, { result }) => {
    if (nextCommand(at, result)) return;
    forgetControl(at);
    if (result === "success" && settings(at).type === "forking" && searchMainPid(at) === "searching") {
      patch(at, { reloadResult: result, state: { kind: "reload", search: true } });
      return;
    }
    endReload(at, result);
  }) satisfies Cell<"reload", "controlExited">,
  ready: ((at) => {
    if (at.state.control === undefined && at.state.search !== true) enterRunning(at, "success");
  }) satisfies Cell<"reload", "ready">,
  /** Wait for what reloads it; then enterRunning sees that the main process is gone. */
  mainGone: ((at, { result }) => {
    if (at.state.control === undefined) enterRunning(at, result);
  }) satisfies Cell<"reload", "mainExited">,
  mainGoneNow: (at: Reloading, { result }: Done): void => enterRunning(at, result),
  /** RELOADING=1 counts when it was sent after our signal (MONOTONIC_USEC= of sd_notify(3)). */
  acknowledged: ((at, { monotonicUsec }) => {
    if (monotonicUsec === undefined || monotonicUsec >= at.state.sinceUsec) setState(at, { kind: "reload-notify" });
  }) satisfies Cell<"reload-signal", "reloading">,
  notified: ((at) => endReload(at, "success")) satisfies Cell<"reload-notify", "ready">,
  timedOut: (at: Service): void =>
    logUnit(at.turn, priority.warning, at.unit, "Reload operation timed out. Killing reload process."),
  ended: (at: Service, result: ServiceResult): void => endReload(at, result),
};

export const reloadMainFound = (at: At<"reload">): void => {
  if (at.state.search) enterRunning(at, "success");
};

export const stopControlDone: Cell<"stop", "controlExited"> = (at, { result }) => {
  if (nextCommand(at, result)) return;
  forgetControl(at);
  enterSignal(at, "stop-sigterm", result);
};

type Stopping = At<"stop-watchdog"> | At<"stop-sigterm"> | At<"stop-sigkill">;
type Finishing = At<"stop-post"> | At<"final-watchdog"> | At<"final-sigterm"> | At<"final-sigkill">;

export const stoppedMainDone = (at: Stopping, { result }: Done): void => {
  if (at.state.control === undefined) enterStopPost(at, result);
};

export const stoppedControlDone = (at: Stopping, { result }: Done): void => {
  forgetControl(at);
  if (data(at).main === undefined) enterStopPost(at, result);
};

export const stoppedGroupEmpty = (at: Stopping): void => {
  if (data(at).main === undefined && at.state.control === undefined) enterStopPost(at, "success");
};

export const stopPostMainDone = (at: At<"stop-post">, { result }: Done): void => {
  if (at.state.control === undefined) enterSignal(at, "final-sigterm", result);
};

export const stopPostControlDone = (at: At<"stop-post">, { result }: Done): void => {
  if (nextCommand(at, result)) return;
  forgetControl(at);
  if (data(at).main === undefined) enterSignal(at, "final-sigterm", result);
};

/** The last process that we know of is gone. Where the whole group was signalled, the others are waited for, so that none outlives the unit. */
function finalProcessDone(at: Finishing, result: ServiceResult): void {
  const { killMode } = settings(at);
  if (isPopulated(at) && (killMode === "control-group" || killMode === "mixed")) return;
  enterDead(at, result, true);
}

export const finalMainDone = (at: Finishing, { result }: Done): void => {
  if (at.state.control === undefined) finalProcessDone(at, result);
};

export const finalControlDone = (at: Finishing, { result }: Done): void => {
  forgetControl(at);
  if (data(at).main === undefined) finalProcessDone(at, result);
};

export const finalGroupEmpty = (at: Finishing): void => {
  if (data(at).main === undefined && at.state.control === undefined) enterDead(at, "success", true);
};

/** OOMPolicy=. */
export const oomKilled = (at: Service): void => {
  const { oomPolicy } = settings(at);
  patch(at, { oomKilled: true });
  if (oomPolicy === "stop") enterSignal(at, "stop-sigterm", "oom-kill");
  else if (oomPolicy === "kill") enterSignal(at, "stop-sigkill", "oom-kill");
};

/** Type=dbus: without its name the service is not there (Restart= may act). */
export const busNameLost = (at: Service): void => {
  if (settings(at).type === "dbus" && unitOf(at.turn, at.unit).populated) enterRunning(at, "success");
};
