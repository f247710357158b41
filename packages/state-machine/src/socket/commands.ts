import type { SocketDirective } from "../model/effect.ts";
import type { SocketState } from "../model/socket.ts";
import { spawnControl } from "../unit/control-process.ts";
import { armAfter } from "../unit/timers.ts";
import { patch, type SocketUnit, settings } from "./data.ts";
import { setState } from "./set-state.ts";

/** Starts one command of a directive and gives it TimeoutSec=. */
function run(s: SocketUnit, directive: SocketDirective, index: number): void {
  armAfter(s.turn, s.unit, "state", settings(s).timeoutUsec);
  const control = spawnControl(s.turn, s.unit, { directive, index });
  patch(s, { control });
}

/** Goes into the state that runs the commands of a directive. False when there are none. */
export function runCommands(s: SocketUnit, state: SocketState, directive: SocketDirective): boolean {
  if (settings(s).commands[directive].length === 0) return false;
  run(s, directive, 0);
  setState(s, state);
  return true;
}

/** Runs the command after this one, if there is one. */
export function runNextCommand(s: SocketUnit, directive: SocketDirective, index: number): boolean {
  if (index + 1 >= settings(s).commands[directive].length) return false;
  run(s, directive, index + 1);
  return true;
}
