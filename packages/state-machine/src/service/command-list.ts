import type { ServiceResult } from "../model/service.ts";
import { armAfter } from "../unit/timers.ts";
import { control, data, patch, type Service, settings } from "./data.ts";
import { spawnControl } from "./spawn.ts";

/** Runs the next command of the directive that the control process was of, if all went well and there is one. */
export function nextCommand(at: Service, result: ServiceResult): boolean {
  const { state } = data(at);
  const running = control(state);
  if (running === undefined || result !== "success") return false;
  const { directive, index } = running.command;
  if (index + 1 >= settings(at).commands[directive].length) return false;
  const { timeoutStartUsec, timeoutStopUsec } = settings(at);
  const stopping = directive === "ExecStop" || directive === "ExecStopPost";
  const next = spawnControl(at, directive, index + 1);
  armAfter(at.turn, at.unit, "state", stopping ? timeoutStopUsec : timeoutStartUsec);
  forgetControl(at);
  patch(at, { state: { ...data(at).state, control: next } as typeof state });
  return true;
}

/** The control process has ended: it must not be taken for a stray when the state is left. */
export function forgetControl(at: Service): void {
  const { state } = data(at);
  if (!("control" in state)) return;
  const { control: _gone, ...rest } = state;
  patch(at, { state: rest as typeof state });
}
