import type { Outcome } from "../engine.ts";
import { logUnit, priority } from "../log/log.ts";
import type { MountResult, MountState } from "../model/mount.ts";
import { emit } from "../turn.ts";
import type { CommandResult } from "../unit/control-process.ts";
import { data, type MountUnit, patch, setState } from "./data.ts";
import {
  enterDead,
  enterDeadOrMounted,
  enterMounted,
  enterMounting,
  enterRemounting,
  enterSignal,
  enterUnmounting,
  newInvocation,
  unmountDone,
} from "./steps.ts";
import { timedOut } from "./timeouts.ts";

/** What a mount's state may have to answer. */
interface MountEvents {
  readonly start: () => Outcome;
  readonly stop: () => Outcome;
  readonly reload: () => Outcome;
  readonly resetFailed: () => void;
  /** mount(8) or umount(8) has ended. */
  readonly ended: (result: CommandResult) => void;
  /** No process could be made for it. */
  readonly notMade: () => void;
  /** It stands in /proc/self/mountinfo, newly or otherwise than before. */
  readonly found: () => void;
  /** It does not stand there any more. */
  readonly gone: () => void;
  readonly timeout: () => void;
}

type Row = {
  readonly [E in keyof MountEvents]: (m: MountUnit, ...given: Parameters<MountEvents[E]>) => ReturnType<MountEvents[E]>;
};

const nothing = (): void => {};
/** The process that this would be about is not there in this state. */
const late = (): void => {};
const changed = (m: MountUnit): void => emit(m.turn, { kind: "unitChanged", unit: m.unit });

const atRest = {
  start: (m) => enterMounting(m),
  stop: () => "quiet",
  reload: () => "invalid",
  ended: late,
  notMade: late,
  /** Mounted by somebody else. */
  found: (m: MountUnit): void => {
    newInvocation(m);
    patch(m, { result: "success", reloadResult: "success", commands: {} });
    enterMounted(m, "success");
  },
  gone: nothing,
  timeout: late,
} satisfies Partial<Row>;

const goingUp = {
  start: () => "quiet",
  /** Still busy with mount(8): the signal at once. */
  stop: (m) => {
    enterSignal(m, "unmounting-sigterm", "success");
    return "quiet";
  },
  reload: () => "again",
  resetFailed: nothing,
  timeout: timedOut.mounting,
} satisfies Partial<Row>;

const goingDown = {
  start: () => "again",
  stop: () => "quiet",
  reload: () => "invalid",
  resetFailed: nothing,
  notMade: late,
  found: changed,
  gone: nothing,
  ended: (m: MountUnit, result: MountResult): void => enterDeadOrMounted(m, result),
} satisfies Partial<Row>;

const remounting = {
  start: () => "already",
  reload: () => "again",
  resetFailed: nothing,
  found: changed,
  gone: nothing,
  ended: (m: MountUnit, result: MountResult): void => {
    patch(m, { reloadResult: result });
    enterDeadOrMounted(m, "success");
  },
  notMade: (m: MountUnit): void => {
    patch(m, { reloadResult: "resources" });
    enterDeadOrMounted(m, "success");
  },
} satisfies Partial<Row>;

/** The mount, whole: what each sub-state of systemd's does about each event. */
const table: Readonly<Record<MountState, Row>> = {
  dead: { ...atRest, resetFailed: nothing },
  failed: { ...atRest, resetFailed: (m) => setState(m, "dead") },
  mounting: {
    ...goingUp,
    found: (m) => setState(m, "mounting-done"),
    gone: nothing,
    ended: (m, result) => {
      if (result === "success")
        logUnit(m.turn, priority.warning, m.unit, "Mount process finished, but there is no mount.");
      enterDead(m, result === "success" ? "protocol" : result);
    },
    notMade: (m) => enterDeadOrMounted(m, "resources"),
  },
  "mounting-done": {
    ...goingUp,
    found: changed,
    // A program that mounts and then gives up: its end will say so.
    gone: (m) => setState(m, "mounting"),
    ended: (m, result) => enterMounted(m, result),
    notMade: late,
  },
  mounted: {
    start: () => "already",
    stop: (m) => {
      enterUnmounting(m);
      return "acted";
    },
    reload: (m) => {
      enterRemounting(m);
      return "acted";
    },
    resetFailed: nothing,
    ended: late,
    notMade: late,
    found: changed,
    gone: (m) => enterDead(m, "success"),
    timeout: late,
  },
  remounting: {
    ...remounting,
    stop: goingUp.stop,
    timeout: timedOut.remounting,
  },
  "remounting-sigterm": {
    ...remounting,
    stop: (m) => {
      setState(m, "unmounting-sigterm");
      return "quiet";
    },
    timeout: timedOut.remountingSigterm,
  },
  "remounting-sigkill": {
    ...remounting,
    stop: (m) => {
      setState(m, "unmounting-sigkill");
      return "quiet";
    },
    timeout: timedOut.remountingSigkill,
  },
  unmounting: {
    ...goingDown,
    ended: (m, result) => unmountDone(m, result),
    notMade: (m) => enterDeadOrMounted(m, "resources"),
    timeout: timedOut.unmounting,
  },
  "unmounting-sigterm": { ...goingDown, timeout: timedOut.unmountingSigterm },
  "unmounting-sigkill": { ...goingDown, timeout: timedOut.unmountingSigkill },
};

/** The cells of the state that the mount is in now. */
export function row(m: MountUnit): Row {
  return table[data(m).state];
}
