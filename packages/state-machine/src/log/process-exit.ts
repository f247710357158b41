import type { Event } from "../model/event.ts";
import type { Turn } from "../turn.ts";
import { errnoText } from "./errno.ts";
import { exitStatusName } from "./exit-status.ts";
import { logUnit, messageId, priority } from "./log.ts";
import { signalName } from "./signal-name.ts";

type ExecFailed = Extract<Event, { readonly kind: "execFailed" }>;

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

/** What systemd's child says itself before the line about its step, by exit status (systemd.exec(5), "Process Exit Codes"). */
const causes: Readonly<Record<number, string>> = {
  200: "Changing to the requested working directory failed",
  208: "Failed to set up standard input",
  209: "Failed to set up standard output",
  222: "Failed to set up standard error output",
  226: "Failed to set up mount namespacing",
};

const NOT_THERE = 2;
const NOT_EXECUTABLE = 13;

/** A step of an exec plan failed. `path` is what was to be executed; the event says which file or directory the step was about. */
export function logExecFailed(turn: Turn, unit: string, path: string, failure: ExecFailed): void {
  const { status, errno, about } = failure;
  const reason = errnoText(errno);
  const fields = [messageId("spawnFailed"), ["EXECUTABLE", path]] as const;
  if (status === 203 && (errno === NOT_THERE || errno === NOT_EXECUTABLE))
    logUnit(turn, priority.info, unit, `Failed to locate executable ${path}: ${reason}`, fields);
  const cause = causes[status];
  if (cause !== undefined)
    logUnit(turn, priority.err, unit, `${cause}: ${about === undefined ? "" : `${about}: `}${reason}`);
  logUnit(turn, priority.err, unit, `Failed at step ${exitStatusName(status)} spawning ${path}: ${reason}`, fields);
}
