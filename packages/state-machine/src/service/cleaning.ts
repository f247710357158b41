import { logUnit, priority } from "../log/log.ts";
import type { CommandRef, ServiceDirective } from "../model/effect.ts";
import type { Resource } from "../model/event.ts";
import { emit, patchUnit, take } from "../turn.ts";
import { armAfter } from "../unit/timers.ts";
import { forgetControl } from "./command-list.ts";
import { data, patch, type Service, settings } from "./data.ts";
import { enterDead } from "./dead.ts";
import { enterSignal } from "./ending.ts";
import type { Cell, CommonCell } from "./event.ts";
import { setState } from "./set-state.ts";

/** What removes directories stands in no unit file: it takes the place of a command after the last. */
const cleaner: CommandRef<ServiceDirective> = { directive: "ExecStopPost", index: -1 };

/** systemctl(1), clean: a process of the unit removes its directories (TimeoutCleanSec=). */
export function enterCleaning(s: Service, what: readonly Resource[]): "begun" | "busy" {
  if (data(s).state.kind !== "dead") return "busy";
  const token = take(s.turn, "nextToken");
  patchUnit(s.turn, s.unit, { populated: true });
  patch(s, { cleanResult: "success" });
  emit(s.turn, { kind: "cleanDirectories", unit: s.unit, token, what });
  armAfter(s.turn, s.unit, "state", settings(s).timeoutCleanUsec);
  setState(s, { kind: "cleaning", control: { token, pid: 0, command: cleaner } });
  return "begun";
}

export const cleaningDone: Cell<"cleaning", "controlExited"> = (at, { result }) => {
  if (data(at).cleanResult === "success") patch(at, { cleanResult: result });
  forgetControl(at);
  enterDead(at, "success", false);
};

export const cleaningTimedOut: Cell<"cleaning", "timeout"> = (at) => {
  logUnit(at.turn, priority.warning, at.unit, "Cleaning timed out. killing.");
  if (data(at).cleanResult === "success") patch(at, { cleanResult: "timeout" });
  enterSignal(at, "final-sigkill", "success");
};

/** A stop aborts it, brutally. */
export const cleaningStopped: CommonCell<"stop"> = (at) => {
  enterSignal(at, "final-sigkill", "success");
  return "quiet";
};
