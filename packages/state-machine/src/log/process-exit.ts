import type { Turn } from "../turn.ts";
import { errnoText } from "./errno.ts";
import { exitStatusName } from "./exit-status.ts";
import { logUnit, messageId, priority } from "./log.ts";
import { signalName } from "./signal-name.ts";

interface Exit {
  readonly code: "exited" | "killed" | "dumped";
  readonly status: number;
}

/** "Control process exited, code=exited, status=1/FAILURE": said of what failed; systemd says the rest at debug level. */
export function logProcessExit(
  turn: Turn,
  unit: string,
  what: string,
  directive: string,
  success: boolean,
  exit: Exit,
): void {
  if (success) return;
  const name = exit.code === "exited" ? exitStatusName(exit.status) : signalName(exit.status);
  const level = exit.code === "exited" ? priority.notice : priority.warning;
  logUnit(turn, level, unit, `${what} exited, code=${exit.code}, status=${exit.status}/${name}`, [
    messageId("processExit"),
    ["EXIT_CODE", exit.code],
    ["EXIT_STATUS", String(exit.status)],
    ["COMMAND", directive],
  ]);
}

/** A step of the exec plan failed: what systemd's child says itself is said here; an `exited` with the status follows. */
export function logExecFailed(turn: Turn, unit: string, path: string, status: number, errno: number): void {
  const reason = errnoText(errno);
  if (status === 203 && errno === 2)
    logUnit(turn, priority.err, unit, `Failed to locate executable ${path}: ${reason}`, [
      messageId("spawnFailed"),
      ["EXECUTABLE", path],
    ]);
  logUnit(turn, priority.err, unit, `Failed at step ${exitStatusName(status)} spawning ${path}: ${reason}`, [
    messageId("spawnFailed"),
    ["EXECUTABLE", path],
  ]);
}
