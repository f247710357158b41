import { logUnit, messageId, priority } from "../log/log.ts";
import type { SocketResult } from "../model/socket.ts";
import { emit, jobOf } from "../turn.ts";
import { type Killing, killingFor, killUnit } from "../unit/kill.ts";
import { armAfter } from "../unit/timers.ts";
import { runCommands } from "./commands.ts";
import { blame, data, type SocketUnit, settings } from "./data.ts";
import { setState } from "./set-state.ts";

type Signalling = "stop-pre-sigterm" | "stop-pre-sigkill" | "final-sigterm" | "final-sigkill";

/** ExecStopPre=: the sockets are still open. */
export function enterStopPre(s: SocketUnit, result: SocketResult): void {
  blame(s, result);
  if (!runCommands(s, "stop-pre", "ExecStopPre")) enterStopPost(s, "success");
}

/** ExecStopPost=: they are closed. */
export function enterStopPost(s: SocketUnit, result: SocketResult): void {
  blame(s, result);
  if (!runCommands(s, "stop-post", "ExecStopPost")) enterSignal(s, "final-sigterm", "success");
}

/** systemd.kill(5). As systemd 252 does it: what is left of ExecStopPre= gets the last signal at once, unless this is a restart. */
function killing(s: SocketUnit, state: Signalling): Killing {
  const kill = settings(s);
  if (state === "stop-pre-sigterm" && jobOf(s.turn, s.unit)?.type === "restart")
    return { signal: kill.restartKillSignal, last: false, why: undefined };
  return killingFor(kill, state !== "final-sigterm");
}

/** Sends what a state sends and waits, or goes straight on to the next one when there is nobody left. */
export function enterSignal(s: SocketUnit, state: Signalling, result: SocketResult): void {
  blame(s, result);
  const kill = settings(s);
  const { control } = data(s);
  const tokens = control === undefined ? [] : [control.token];
  if (killUnit(s.turn, s.unit, kill, tokens, killing(s, state))) {
    armAfter(s.turn, s.unit, "state", kill.timeoutUsec);
    setState(s, state);
  } else if (state === "stop-pre-sigterm") enterSignal(s, "stop-pre-sigkill", "success");
  else if (state === "stop-pre-sigkill") enterStopPost(s, "success");
  else if (state === "final-sigterm") enterSignal(s, "final-sigkill", "success");
  else enterDead(s, "success");
}

export function enterDead(s: SocketUnit, result: SocketResult): void {
  blame(s, result);
  const { result: final, commands } = data(s);
  if (final === "success") logUnit(s.turn, priority.info, s.unit, "Deactivated successfully.", [messageId("success")]);
  else
    logUnit(s.turn, priority.warning, s.unit, `Failed with result '${final}'.`, [
      messageId("failureResult"),
      ["UNIT_RESULT", final],
    ]);
  setState(s, final === "success" ? "dead" : "failed");
  // Without commands there was no process, and so no group.
  if (Object.keys(commands).length > 0) emit(s.turn, { kind: "cleanUp", unit: s.unit, keepRuntimeDirectory: false });
}
