import { logUnit, priority } from "../log/log.ts";
import { onConnection, refuse } from "./connections.ts";
import type { SocketUnit } from "./data.ts";
import { enterDead, enterSignal, enterStopPost, enterStopPre } from "./ending.ts";
import type { Cell, Row, Table } from "./event.ts";
import { enterListening, onServiceChanged, onTraffic, watchAgain } from "./listening.ts";
import { setState } from "./set-state.ts";
import { begin, enterStartChown, onOpened } from "./start.ts";
import { timedOut } from "./timeouts.ts";

/** Already booked, and this state has nothing to do about it. */
const nothing = (): void => {};
/** What this would be about is not there in this state: a message that was on its way. */
const late = (): void => {};

const tasks = {
  ExecStartPre: "start-pre",
  ExecStartPost: "start-post",
  ExecStopPre: "stop-pre",
  ExecStopPost: "stop-post",
} as const;

/** No process could be made for a command. */
function notMade(then: (s: SocketUnit) => void): Cell<"controlNotMade"> {
  return (s, { directive, reason }) => {
    logUnit(s.turn, priority.warning, s.unit, `Failed to run '${tasks[directive]}' task: ${reason}`);
    then(s);
  };
}

/** A stop while it is on its way up: what runs is ended first. */
const stopRudely: Cell<"stop"> = (s) => {
  enterSignal(s, "stop-pre-sigterm", "success");
  return "quiet";
};

/** What every state says that has no better answer. */
const common = {
  resetFailed: nothing,
  controlExited: late,
  controlNotMade: late,
  groupEmpty: nothing,
  timeout: late,
  socketsOpened: late,
  socketTraffic: late,
  connection: refuse,
  serviceChanged: nothing,
} satisfies Partial<Row>;

const atRest = { ...common, start: begin, stop: () => "already" as const } satisfies Row;
const goingUp = { ...common, start: () => "quiet" as const, stop: stopRudely } satisfies Row;
const goingDown = { ...common, start: () => "again" as const, stop: () => "quiet" as const } satisfies Row;

const up = {
  ...common,
  start: () => "already" as const,
  stop: (s) => {
    enterStopPre(s, "success");
    return "acted";
  },
  serviceChanged: (s, { service }) => onServiceChanged(s, service),
  socketTraffic: (s, event) => {
    // The service has the sockets: what was on its way is its business. What is wrong with them is not.
    if (event.problem !== undefined) onTraffic(s, event);
  },
} satisfies Row;

/** The whole group was signalled: its end is as good as that of the process. */
const toStopPost = (s: SocketUnit): void => enterStopPost(s, "success");
const toDead = (s: SocketUnit): void => enterDead(s, "success");

const stopPreSignalled = {
  ...goingDown,
  controlExited: (s, { result }) => enterStopPost(s, result),
  groupEmpty: toStopPost,
} satisfies Row;
const finallySignalled = {
  ...goingDown,
  controlExited: (s, { result }) => enterDead(s, result),
  groupEmpty: toDead,
} satisfies Row;

/** The socket, whole: what each sub-state of systemd's does about each event. */
export const table: Table = {
  dead: atRest,
  failed: { ...atRest, resetFailed: (s) => setState(s, "dead") },
  "start-pre": {
    ...goingUp,
    controlExited: (s, { result }) =>
      result === "success" ? enterStartChown(s) : enterSignal(s, "final-sigterm", result),
    controlNotMade: notMade((s) => enterDead(s, "resources")),
    timeout: timedOut.startPre,
  },
  "start-chown": { ...goingUp, socketsOpened: onOpened, timeout: timedOut.start },
  "start-post": {
    ...goingUp,
    controlExited: (s, { result }) => (result === "success" ? enterListening(s) : enterStopPre(s, result)),
    controlNotMade: notMade((s) => enterStopPre(s, "resources")),
    timeout: timedOut.start,
  },
  listening: { ...up, socketTraffic: onTraffic, connection: onConnection, timeout: watchAgain },
  running: up,
  "stop-pre": {
    ...goingDown,
    controlExited: (s, { result }) => enterStopPost(s, result),
    controlNotMade: notMade((s) => enterStopPost(s, "resources")),
    timeout: timedOut.stopPre,
  },
  "stop-pre-sigterm": { ...stopPreSignalled, timeout: timedOut.stopPreSigterm },
  "stop-pre-sigkill": { ...stopPreSignalled, timeout: timedOut.stopPreSigkill },
  "stop-post": {
    ...goingDown,
    controlExited: (s, { result }) => enterDead(s, result),
    controlNotMade: notMade((s) => enterSignal(s, "final-sigterm", "resources")),
    timeout: timedOut.stopPost,
  },
  "final-sigterm": { ...finallySignalled, timeout: timedOut.finalSigterm },
  "final-sigkill": { ...finallySignalled, timeout: timedOut.finalSigkill },
};
