import { jobOf, patchJob } from "../turn.ts";
import { cleaningDone, cleaningStopped, cleaningTimedOut } from "./cleaning.ts";
import { data, patch, type Service } from "./data.ts";
import { enterRestart } from "./dead.ts";
import { enterSignal, enterStop, enterStopByNotify } from "./ending.ts";
import type { CommonCell, CommonRow, ServiceEventKind, Table } from "./event.ts";
import { enterReload, killReload } from "./reload.ts";
import { reloadDone, reloadMainFound } from "./reload-cells.ts";
import { enterReloadByNotify, enterRunning, runningMainDone } from "./running.ts";
import { setState } from "./set-state.ts";
import { beginRun, withinStartLimit } from "./start.ts";
import {
  conditionDone,
  startBusName,
  startControlDone,
  startExecuted,
  startGroupEmpty,
  startIdleNow,
  startMainDone,
  startMainFound,
  startMainMissing,
  startPostControlDone,
  startPostGroupEmpty,
  startPostMainFound,
  startPostMainMissing,
  startPreDone,
  startReady,
  startSpawned,
  startTimeout,
} from "./start-cells.ts";
import {
  busNameLost,
  finalControlDone,
  finalGroupEmpty,
  finalMainDone,
  oomKilled,
  stopControlDone,
  stopPostControlDone,
  stopPostMainDone,
  stoppedControlDone,
  stoppedGroupEmpty,
  stoppedMainDone,
} from "./stop-cells.ts";
import {
  finalKillTimedOut,
  finalTimedOut,
  runtimeMaxElapsed,
  startTimedOut,
  stopKillTimedOut,
  stopSignalTimedOut,
  stopTimedOut,
} from "./timeouts.ts";
import { watchdogElapsed } from "./watchdog.ts";

/** Already booked, and this state has nothing to do about it. */
const nothing = (): void => {};
/** The process that this would be about is not there in this state: a message that was on its way. */
const late = (): void => {};

const start: Readonly<Record<"begins" | "underway" | "done" | "later" | "notYet", CommonCell<"start">>> = {
  begins: (at) => {
    // Only starts that begin count: a job that is tried again while the unit is still going down is no start.
    if (!withinStartLimit(at)) return "failed";
    beginRun(at);
    return data(at).state.kind === "start" && startIsSilent(at) ? "quiet" : "acted";
  },
  underway: () => "quiet",
  done: () => "already",
  // A unit that goes down is started when it is down; the job waits.
  later: () => "again",
  // So does one that waits to be restarted, but the attempt counts, once.
  notYet: (at) => {
    const job = jobOf(at.turn, at.unit);
    if (job === undefined || job.counted) return "again";
    patchJob(at.turn, job.id, { counted: true });
    return withinStartLimit(at) ? "again" : "failed";
  },
};

/** Type=simple is up as soon as the process exists: systemd never says "Starting" of it. */
function startIsSilent(at: Service): boolean {
  const { state } = data(at);
  return state.kind === "start" && (state.wait === "spawned" || state.wait === "idle");
}

/** A stop by hand: Restart= must not undo it. */
function byHand(then: CommonCell<"stop">): CommonCell<"stop"> {
  return (at, event) => {
    patch(at, { forbidRestart: true });
    return then(at, event);
  };
}

const stop = {
  orderly: byHand((at) => {
    enterStop(at, "success");
    return "acted";
  }),
  /** Not up yet, or busy: no ExecStop=, the signal at once. */
  rude: byHand((at) => {
    enterSignal(at, "stop-sigterm", "success");
    return "quiet";
  }),
  underway: byHand(() => "quiet"),
  notRestarted: byHand((at) => {
    setState(at, { kind: "dead" });
    return "quiet";
  }),
};

const reload = {
  now: ((at) => {
    enterReload(at);
    return "acted";
  }) satisfies CommonCell<"reload">,
  later: (): "again" => "again",
  no: (): "invalid" => "invalid",
};

const resets = {
  nothing,
  failed: ((at) => setState(at, { kind: "dead" })) satisfies CommonCell<"resetFailed">,
};

/** No process, no timer: whatever still arrives is old news. */
const atRest = {
  reload: reload.no,
  mainSpawned: late,
  mainExecuted: late,
  mainExited: late,
  controlExited: late,
  groupEmpty: nothing,
  mainFound: late,
  mainMissing: late,
  ready: nothing,
  reloading: nothing,
  stopping: nothing,
  busNameOwned: nothing,
  busNameLost: nothing,
  idle: nothing,
  timeout: late,
  watchdog: late,
  runtimeMax: late,
  oomKill: nothing,
} satisfies CommonRow;

/** On the way up: a stop is rude, notifications are only noted. */
const goingUp = {
  start: start.underway,
  stop: stop.rude,
  reload: reload.later,
  resetFailed: nothing,
  mainSpawned: late,
  mainExecuted: late,
  mainFound: nothing,
  mainMissing: nothing,
  ready: nothing,
  reloading: nothing,
  stopping: nothing,
  busNameOwned: nothing,
  busNameLost: nothing,
  idle: nothing,
  timeout: startTimedOut,
  watchdog: late,
  restartElapsed: late,
  runtimeMax: late,
  oomKill: oomKilled,
} satisfies CommonRow;

/** On the way down: nothing turns it round. */
const goingDown = {
  start: start.later,
  stop: stop.underway,
  reload: reload.no,
  resetFailed: nothing,
  mainSpawned: nothing,
  mainExecuted: nothing,
  mainFound: nothing,
  mainMissing: nothing,
  ready: nothing,
  reloading: nothing,
  stopping: nothing,
  busNameOwned: nothing,
  busNameLost: nothing,
  idle: nothing,
  watchdog: late,
  restartElapsed: late,
  runtimeMax: late,
  oomKill: nothing,
} satisfies CommonRow;

const signalled = {
  ...goingDown,
  timeout: stopSignalTimedOut,
  mainExited: stoppedMainDone,
  controlExited: stoppedControlDone,
  groupEmpty: stoppedGroupEmpty,
} satisfies Table["stop-watchdog"] & Table["stop-sigterm"] & Table["stop-sigkill"];

const finallySignalled = {
  ...goingDown,
  timeout: finalTimedOut,
  mainExited: finalMainDone,
  controlExited: finalControlDone,
  groupEmpty: finalGroupEmpty,
} satisfies Table["final-watchdog"] & Table["final-sigterm"] & Table["final-sigkill"];

const up = {
  start: start.done,
  stop: stop.orderly,
  reload: reload.now,
  resetFailed: nothing,
  mainSpawned: nothing,
  mainExecuted: nothing,
  mainFound: nothing,
  mainMissing: nothing,
  ready: nothing,
  reloading: nothing,
  stopping: nothing,
  busNameOwned: nothing,
  busNameLost,
  idle: nothing,
  timeout: late,
  watchdog: late,
  restartElapsed: late,
  runtimeMax: late,
  oomKill: oomKilled,
  controlExited: late,
} satisfies CommonRow;

const reloadingRow = {
  ...up,
  stop: stop.rude,
  reload: reload.later,
  watchdog: watchdogElapsed,
  groupEmpty: nothing,
  stopping: enterStopByNotify,
  timeout: reloadTimedOut,
} satisfies Partial<Table["reload"] & Table["reload-signal"] & Table["reload-notify"]>;

function reloadTimedOut(at: Service): void {
  reloadDone.timedOut(at);
  killReload(at);
  reloadDone.ended(at, "timeout");
}

/** The service, whole: what each sub-state of systemd's does about each event. */
export const table: Table = {
  dead: { ...atRest, start: start.begins, stop: stop.underway, resetFailed: resets.nothing, restartElapsed: late },
  failed: { ...atRest, start: start.begins, stop: stop.underway, resetFailed: resets.failed, restartElapsed: late },
  "auto-restart": {
    ...atRest,
    start: start.notYet,
    stop: stop.notRestarted,
    resetFailed: resets.nothing,
    restartElapsed: (at) => enterRestart(at),
  },
  condition: { ...goingUp, mainExited: late, controlExited: conditionDone, groupEmpty: nothing },
  "start-pre": { ...goingUp, mainExited: late, controlExited: startPreDone, groupEmpty: nothing },
  start: {
    ...goingUp,
    mainSpawned: startSpawned,
    mainExecuted: startExecuted,
    mainExited: startMainDone,
    controlExited: startControlDone,
    groupEmpty: startGroupEmpty,
    mainFound: startMainFound,
    mainMissing: startMainMissing,
    ready: startReady,
    busNameOwned: startBusName,
    idle: startIdleNow,
    timeout: startTimeout,
  },
  "start-post": {
    ...goingUp,
    mainExited: nothing,
    controlExited: startPostControlDone,
    groupEmpty: startPostGroupEmpty,
    mainFound: startPostMainFound,
    mainMissing: startPostMainMissing,
    watchdog: watchdogElapsed,
  },
  running: {
    ...up,
    mainExited: runningMainDone,
    groupEmpty: (at) => enterRunning(at, "success"),
    reloading: (at) => enterReloadByNotify(at),
    stopping: (at) => enterStopByNotify(at),
    watchdog: watchdogElapsed,
    runtimeMax: runtimeMaxElapsed,
  },
  exited: { ...up, mainExited: late, groupEmpty: nothing },
  reload: {
    ...reloadingRow,
    mainExited: reloadDone.mainGone,
    controlExited: reloadDone.control,
    ready: reloadDone.ready,
    mainFound: reloadMainFound,
    mainMissing: reloadMainFound,
  },
  "reload-signal": {
    ...reloadingRow,
    mainExited: reloadDone.mainGoneNow,
    reloading: reloadDone.acknowledged,
  },
  "reload-notify": {
    ...reloadingRow,
    mainExited: reloadDone.mainGoneNow,
    ready: reloadDone.notified,
  },
  stop: {
    ...goingDown,
    timeout: stopTimedOut,
    mainExited: nothing,
    controlExited: stopControlDone,
    groupEmpty: nothing,
  },
  "stop-watchdog": { ...signalled, stop: stop.rude },
  "stop-sigterm": signalled,
  "stop-sigkill": { ...signalled, timeout: stopKillTimedOut },
  "stop-post": {
    ...goingDown,
    timeout: finalTimedOut,
    mainExited: stopPostMainDone,
    controlExited: stopPostControlDone,
    groupEmpty: finalGroupEmpty,
  },
  "final-watchdog": finallySignalled,
  "final-sigterm": finallySignalled,
  "final-sigkill": { ...finallySignalled, timeout: finalKillTimedOut },
  cleaning: {
    ...goingDown,
    stop: byHand(cleaningStopped),
    timeout: cleaningTimedOut,
    mainExited: late,
    controlExited: cleaningDone,
    groupEmpty: nothing,
  },
};

/** Names of all events, for those who walk the table. */
export const eventKinds = Object.keys(table.dead) as readonly ServiceEventKind[];
