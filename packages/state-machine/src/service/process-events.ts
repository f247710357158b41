import { logExecFailed } from "../log/process-exit.ts";
import type { Event } from "../model/event.ts";
import type { HeldExit, ServiceStateKind } from "../model/service.ts";
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
export function onExecFailed(s: Service, event: EventOf<"execFailed">): void {
  const { token } = event;
  const { main, mainCommand, state } = data(s);
  const process = control(state);
  const command =
    main?.token === token
      ? { directive: "ExecStart" as const, index: mainCommand ?? 0 }
      : process?.token === token
        ? process.command
        : undefined;
  const path = command === undefined ? "" : (settings(s).commands[command.directive][command.index]?.path ?? "");
  logExecFailed(s.turn, s.unit, path, event);
}

export function onExited(s: Service, exit: EventOf<"exited">): void {
  if (exit.lastOfGroup) patchUnit(s.turn, s.unit, { populated: false });
  const { main, adopting, state } = data(s);
  const process = control(state);
  emit(s.turn, { kind: "release", token: exit.token });
  if (main?.token === exit.token) {
    if (mayHaveHandedOver(s)) holdExit(s, exit);
    else mainEnded(s, exit);
  } else if (process?.token === exit.token) {
    const result = bookControlExit(s, process, exit);
    dispatch(s, { kind: "controlExited", result });
  } else {
    bookStrayExit(s, exit);
    if (adopting?.token === exit.token) {
      patch(s, { adopting: undefined });
      if (!releaseHeldExit(s, false)) dispatch(s, { kind: "mainMissing", problem: "" });
    }
    if (exit.lastOfGroup) dispatch(s, { kind: "groupEmpty" });
  }
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}

function mainEnded(s: Service, exit: HeldExit): void {
  const result = bookMainExit(s, exit);
  dispatch(s, { kind: "mainExited", result });
}

const handsOver: ReadonlySet<ServiceStateKind> = new Set(["start-post", "running", "reload"]);

/** A daemon with a PID file may move to another process; if it updates the file before the old one ends, nothing has ended. */
function mayHaveHandedOver(s: Service): boolean {
  const { state, heldExit } = data(s);
  return (
    settings(s).pidFile !== "" &&
    handsOver.has(state.kind) &&
    heldExit === undefined &&
    unitOf(s.turn, s.unit).populated
  );
}

function holdExit(s: Service, { token, pid, code, status, usage }: EventOf<"exited">): void {
  patch(s, { heldExit: { token, pid, code, status, usage }, pidFileWatched: true });
  emit(s.turn, { kind: "readPidFile", unit: s.unit, path: settings(s).pidFile, watch: true });
}

/** The answer is there, one way or the other. */
function releaseHeldExit(s: Service, handedOver: boolean): boolean {
  const { heldExit } = data(s);
  if (heldExit === undefined) return false;
  patch(s, { heldExit: undefined });
  if (!handedOver) mainEnded(s, heldExit);
  return true;
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
  const { main, heldExit } = data(s);
  if (pid > 0 && pid !== heldExit?.pid) {
    if (main?.pid === pid) dispatch(s, { kind: "mainFound" });
    else adopt(s, pid);
  } else if (!releaseHeldExit(s, false)) dispatch(s, { kind: "mainMissing", problem: problem ?? "" });
}

export function onAdopted(s: Service, { token, pid, ok }: EventOf<"adopted">): void {
  const { heldExit, main } = data(s);
  // The process that hands over has ended already: it is not to be left to a keeper that has released it.
  if (ok && heldExit !== undefined && main?.token === heldExit.token) patch(s, { main: undefined });
  if (!adopted(s, token, pid, ok)) {
    // Given by a client (AttachProcessesToUnit): one more of the group.
    if (ok) patchUnit(s.turn, s.unit, { populated: true });
    emit(s.turn, { kind: "release", token });
    return;
  }
  releaseHeldExit(s, ok);
  dispatch(s, ok ? { kind: "mainFound" } : { kind: "mainMissing", problem: "" });
}
