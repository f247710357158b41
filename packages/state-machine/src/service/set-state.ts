import type { ServiceData, ServiceState, ServiceStateKind } from "../model/service.ts";
import { releaseConnection } from "../socket/release.ts";
import { emit, jobOf } from "../turn.ts";
import { setMachine } from "../unit/set-state.ts";
import { disarm } from "../unit/timers.ts";
import { control, data, letStray, patch, type Service } from "./data.ts";

/** States at rest: no time-out counts in them. */
const untimed: ReadonlySet<ServiceStateKind> = new Set(["dead", "failed", "exited", "auto-restart"]);
/** States in which a main process is of no interest any more. */
const mainless: ReadonlySet<ServiceStateKind> = new Set(["dead", "failed", "exited", "auto-restart"]);
const watched: ReadonlySet<ServiceStateKind> = new Set([
  "start-post",
  "running",
  "reload",
  "reload-signal",
  "reload-notify",
]);
const readsPidFile: ReadonlySet<ServiceStateKind> = new Set(["start", "start-post", "running", "reload"]);

const rests: ReadonlySet<ServiceStateKind> = new Set(["dead", "failed", "auto-restart"]);

/** A start by hand goes on with the connection that the service was made for. */
function startsAgain(s: Service, state: ServiceState): boolean {
  const job = jobOf(s.turn, s.unit)?.type;
  return state.kind === "dead" && (job === "start" || job === "restart");
}

/** Forgets the control process of the state that is left; it becomes a stray if it lives. */
function dropControl(s: Service, next: ServiceState): void {
  const old = control(data(s).state);
  if (old !== undefined && control(next)?.token !== old.token) letStray(s, old.token);
}

/** The one door between states: what a state does not have ends here, then the rest of the core hears of it. */
export function setState(s: Service, state: ServiceState, how: { readonly willAutoRestart?: boolean } = {}): void {
  dropControl(s, state);
  const before = data(s);
  let next: ServiceData = { ...before, state };
  if (untimed.has(state.kind)) disarm(s.turn, s.unit, "state");
  if (state.kind !== "running") disarm(s.turn, s.unit, "runtime-max");
  if (state.kind !== "auto-restart") disarm(s.turn, s.unit, "restart");
  if (!watched.has(state.kind)) disarm(s.turn, s.unit, "watchdog");
  if (mainless.has(state.kind)) {
    if (before.main !== undefined) letStray(s, before.main.token);
    if (before.adopting !== undefined) letStray(s, before.adopting.token);
    next = { ...next, main: undefined, adopting: undefined, mainCommand: undefined };
  }
  if (before.pidFileWatched && !readsPidFile.has(state.kind)) {
    emit(s.turn, { kind: "unwatchPidFile", unit: s.unit });
    next = { ...next, pidFileWatched: false };
  }
  if (rests.has(state.kind) && before.connection?.fd !== undefined && !startsAgain(s, state)) {
    patch(s, next);
    releaseConnection(s.turn, s.unit);
    next = data(s);
  }
  setMachine(s.turn, s.unit, next, {
    reloadFailed: next.reloadResult !== "success",
    willAutoRestart: how.willAutoRestart ?? false,
  });
}

/** The first thing that went wrong is the result; what follows from it is not. */
export function blame(s: Service, result: ServiceData["result"]): void {
  if (data(s).result === "success" && result !== "success") patch(s, { result });
}
