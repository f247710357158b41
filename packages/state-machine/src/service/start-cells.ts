import { logUnit, priority } from "../log/log.ts";
import { forgetControl, nextCommand } from "./command-list.ts";
import { data, patch, type Service, settings } from "./data.ts";
import { isPopulated } from "./dead.ts";
import { enterSignal, enterStop, enterStopPost } from "./ending.ts";
import type { Cell } from "./event.ts";
import { searchMainPid } from "./pid-file.ts";
import { enterRunning } from "./running.ts";
import { setState } from "./set-state.ts";
import { enterStart, enterStartPost, enterStartPre, noMainPid, startIdle, startNextMain } from "./start.ts";
import { startTimedOut } from "./timeouts.ts";

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
  // As long as no main process was ever known, systemd does not give it up before the time-out.
  else if (pidFile !== "" && at.state.wait === "main-pid" && data(at).mainKnown) {
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
  if (at.state.wait !== "main-pid" || settings(at).pidFile === "" || !data(at).mainKnown) return;
  logUnit(at.turn, priority.warning, at.unit, "Daemon never wrote its PID file. Failing.");
  enterStop(at, "protocol");
};
