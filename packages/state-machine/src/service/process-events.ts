import { errnoText } from "../log/errno.ts";
import { exitStatusName } from "../log/exit-status.ts";
import { logUnit, messageId, priority } from "../log/log.ts";
import type { Event } from "../model/event.ts";
import { emit, patchUnit, unitOf } from "../turn.ts";
import { control, data, moment, patch, type Service, settings } from "./data.ts";
import { dispatch } from "./dispatch.ts";
import { bookControlExit, bookMainExit, bookStrayExit } from "./exits.ts";
import { adopt, adopted } from "./pid-file.ts";
import { commandKey } from "./spawn.ts";

type EventOf<K extends Event["kind"]> = Extract<Event, { readonly kind: K }>;

/** The keeper made the process. */
export function onSpawned(s: Service, { token, pid }: EventOf<"spawned">): void {
  const { main, mainExec, mainCommand, commands, state } = data(s);
  const started = { ...mainExec, pid, start: moment(s) };
  if (main?.token === token) {
    const key = commandKey({ directive: "ExecStart", index: mainCommand ?? 0 });
    patch(s, { main: { ...main, pid }, mainExec: started, commands: { ...commands, [key]: started } });
    dispatch(s, { kind: "mainSpawned" });
  } else if (control(state)?.token === token) {
    const process = control(state)!;
    const key = commandKey(process.command);
    const begun = { ...started, exit: { realtimeUsec: 0, monotonicUsec: 0 }, code: 0, status: 0 };
    patch(s, {
      state: { ...state, control: { ...process, pid } } as typeof state,
      commands: { ...commands, [key]: begun },
    });
  } else return;
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}

export function onExecOk(s: Service, { token }: EventOf<"execOk">): void {
  if (data(s).main?.token === token) dispatch(s, { kind: "mainExecuted" });
}

/** A step of the exec plan failed: an `exited` with its status follows. What systemd's child says itself is said here. */
export function onExecFailed(s: Service, { token, status, errno }: EventOf<"execFailed">): void {
  const { main, mainCommand, state } = data(s);
  const process = control(state);
  const command =
    main?.token === token
      ? { directive: "ExecStart" as const, index: mainCommand ?? 0 }
      : process?.token === token
        ? process.command
        : undefined;
  const path = command === undefined ? "" : (settings(s).commands[command.directive][command.index]?.path ?? "");
  const reason = errnoText(errno);
  if (status === 203 && errno === 2)
    logUnit(s.turn, priority.err, s.unit, `Failed to locate executable ${path}: ${reason}`, [
      messageId("spawnFailed"),
      ["EXECUTABLE", path],
    ]);
  logUnit(s.turn, priority.err, s.unit, `Failed at step ${exitStatusName(status)} spawning ${path}: ${reason}`, [
    messageId("spawnFailed"),
    ["EXECUTABLE", path],
  ]);
}

export function onExited(s: Service, exit: EventOf<"exited">): void {
  if (exit.lastOfGroup) patchUnit(s.turn, s.unit, { populated: false });
  const { main, adopting, state } = data(s);
  const process = control(state);
  emit(s.turn, { kind: "release", token: exit.token });
  if (main?.token === exit.token) {
    const result = bookMainExit(s, exit);
    dispatch(s, { kind: "mainExited", result });
  } else if (process?.token === exit.token) {
    const result = bookControlExit(s, process, exit);
    dispatch(s, { kind: "controlExited", result });
  } else {
    if (adopting?.token === exit.token) patch(s, { adopting: undefined });
    bookStrayExit(s, exit);
    if (exit.lastOfGroup) dispatch(s, { kind: "groupEmpty" });
  }
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}

export function onGroupEmpty(s: Service): void {
  // A process that was asked for and is not reported yet is not in the group yet: this is about those before it.
  const { main, state } = data(s);
  if ((main !== undefined && main.pid === 0) || control(state)?.pid === 0) return;
  if (!unitOf(s.turn, s.unit).populated) return;
  patchUnit(s.turn, s.unit, { populated: false });
  dispatch(s, { kind: "groupEmpty" });
}

/** What PIDFile= or GuessMainPID= came to: a pid of the unit, or why there is none. */
export function onPidFile(s: Service, { pid, problem }: EventOf<"pidFile">): void {
  if (pid > 0 && data(s).main?.pid === pid) dispatch(s, { kind: "mainFound" });
  else if (pid > 0) adopt(s, pid);
  else dispatch(s, { kind: "mainMissing", problem: problem ?? "" });
}

export function onAdopted(s: Service, { token, pid, ok }: EventOf<"adopted">): void {
  if (!adopted(s, token, pid, ok)) emit(s.turn, { kind: "release", token });
  else dispatch(s, ok ? { kind: "mainFound" } : { kind: "mainMissing", problem: "" });
}
