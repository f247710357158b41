import { logUnit, priority } from "../log/log.ts";
import { emit, take, unitOf } from "../turn.ts";
import { data, letStray, patch, type Service, settings } from "./data.ts";

/**
 * Finding the main process of a forking service takes two answers of the shell: which pid (`pidFile`), and whether the
 * keeper watches it now (`adopted`). Until then `start` or `start-post` wait for "main-pid".
 */
export function searchMainPid(s: Service): "searching" | "none" {
  const { pidFile, guessMainPid } = settings(s);
  if (pidFile !== "") {
    patch(s, { pidFileWatched: true });
    emit(s.turn, { kind: "readPidFile", unit: s.unit, path: pidFile, watch: true });
    return "searching";
  }
  if (data(s).main !== undefined || !guessMainPid || !unitOf(s.turn, s.unit).populated) return "none";
  emit(s.turn, { kind: "findMainPid", unit: s.unit });
  return "searching";
}

/** Asks the keeper to watch a process that we did not start. */
export function adopt(s: Service, pid: number): void {
  const { main, adopting } = data(s);
  if (main?.pid === pid || adopting?.pid === pid) return;
  if (adopting !== undefined) letStray(s, adopting.token);
  const token = take(s.turn, "nextToken");
  patch(s, { adopting: { token, pid } });
  emit(s.turn, { kind: "adopt", unit: s.unit, token, pid });
}

/** The keeper watches it (or says that it is gone). */
export function adopted(s: Service, token: number, pid: number, ok: boolean): boolean {
  const { adopting, main, mainExec } = data(s);
  if (adopting?.token !== token) return false;
  patch(s, { adopting: undefined });
  if (!ok) {
    emit(s.turn, { kind: "release", token });
    logUnit(s.turn, priority.warning, s.unit, `New main PID ${pid} does not exist or is a zombie.`);
    return true;
  }
  if (main !== undefined) letStray(s, main.token);
  const start = { realtimeUsec: s.turn.now.realtimeUsec, monotonicUsec: s.turn.now.monotonicUsec };
  patch(s, {
    main: { token, pid, alien: true },
    mainKnown: true,
    mainExec: { ...mainExec, pid, start, exit: { realtimeUsec: 0, monotonicUsec: 0 }, code: 0, status: 0 },
  });
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
  return true;
}
