import { logUnit, messageId, priority } from "../log/log.ts";
import type { MountDirective } from "../model/effect.ts";
import type { MountResult } from "../model/mount.ts";
import { emit, patchUnit, take } from "../turn.ts";
import { spawnControl } from "../unit/control-process.ts";
import { invocationId } from "../unit/invocation.ts";
import { killingFor, killUnit } from "../unit/kill.ts";
import { withinStartLimit } from "../unit/start-limit.ts";
import { armAfter } from "../unit/timers.ts";
import { blame, data, type MountUnit, patch, setState, settings } from "./data.ts";

type Signalling = "remounting-sigterm" | "remounting-sigkill" | "unmounting-sigterm" | "unmounting-sigkill";

/** Stacked mounts are unmounted one by one, but not for ever. */
const MOST_RETRIES = 32;

function run(m: MountUnit, state: "mounting" | "remounting" | "unmounting", directive: MountDirective): void {
  armAfter(m.turn, m.unit, "state", settings(m).timeoutUsec);
  patch(m, { control: spawnControl(m.turn, m.unit, { directive, index: 0 }) });
  setState(m, state);
}

export function enterMounting(m: MountUnit): "acted" | "failed" {
  if (!withinStartLimit(m.turn, m.unit)) {
    enterDead(m, "start-limit-hit");
    return "failed";
  }
  newInvocation(m);
  patch(m, { result: "success", reloadResult: "success", commands: {}, retries: 0 });
  run(m, "mounting", "ExecMount");
  return "acted";
}

export function newInvocation(m: MountUnit): void {
  const id = invocationId(m.turn.state.seed, take(m.turn, "nextInvocation"));
  patchUnit(m.turn, m.unit, { invocation: id });
}

export function enterRemounting(m: MountUnit): void {
  patch(m, { reloadResult: "success" });
  run(m, "remounting", "ExecRemount");
}

export function enterUnmounting(m: MountUnit): void {
  if (data(m).state !== "unmounting") patch(m, { retries: 0 });
  run(m, "unmounting", "ExecUnmount");
}

/** umount(8) is through: mounts that lie below are still there, and go as well. */
export function unmountDone(m: MountUnit, result: MountResult): void {
  const { retries, found } = data(m);
  if (result !== "success" || found === undefined) {
    enterDeadOrMounted(m, result);
    return;
  }
  if (retries < MOST_RETRIES) {
    patch(m, { retries: retries + 1 });
    enterUnmounting(m);
    return;
  }
  const times = `after ${retries} attempts to unmount, giving up.`;
  logUnit(m.turn, priority.warning, m.unit, `Mount still present ${times}`);
  enterMounted(m, result);
}

export function enterMounted(m: MountUnit, result: MountResult): void {
  blame(m, result);
  setState(m, "mounted");
}

export function enterDead(m: MountUnit, result: MountResult): void {
  blame(m, result);
  const { result: final, commands } = data(m);
  if (final === "success") logUnit(m.turn, priority.info, m.unit, "Deactivated successfully.", [messageId("success")]);
  else
    logUnit(m.turn, priority.warning, m.unit, `Failed with result '${final}'.`, [
      messageId("failureResult"),
      ["UNIT_RESULT", final],
    ]);
  setState(m, final === "success" ? "dead" : "failed");
  // A mount that others made has no process, and so no group.
  if (Object.keys(commands).length > 0) emit(m.turn, { kind: "cleanUp", unit: m.unit, keepRuntimeDirectory: false });
}

/** Whatever we were about to do is over; the mount point is there or not. */
export function enterDeadOrMounted(m: MountUnit, result: MountResult): void {
  if (data(m).found === undefined) enterDead(m, result);
  else enterMounted(m, result);
}

/** Signals mount(8) or umount(8), or goes straight on when nobody is left. */
export function enterSignal(m: MountUnit, state: Signalling, result: MountResult): void {
  blame(m, result);
  const kill = settings(m);
  const { control } = data(m);
  const last = state === "remounting-sigkill" || state === "unmounting-sigkill";
  const tokens = control === undefined ? [] : [control.token];
  if (killUnit(m.turn, m.unit, kill, tokens, killingFor(kill, last))) {
    armAfter(m.turn, m.unit, "state", kill.timeoutUsec);
    setState(m, state);
  } else if (state === "remounting-sigterm" && kill.sendSigkill) enterSignal(m, "remounting-sigkill", "success");
  else if (state === "unmounting-sigterm" && kill.sendSigkill) enterSignal(m, "unmounting-sigkill", "success");
  else enterDeadOrMounted(m, "success");
}
