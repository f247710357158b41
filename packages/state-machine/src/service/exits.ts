import { logProcessExit } from "../log/process-exit.ts";
import type { ControlProcess, ExecStatus } from "../model/controlled.ts";
import type { Event } from "../model/event.ts";
import type { ServiceResult } from "../model/service.ts";
import { patchUnit, unitOf } from "../turn.ts";
import { data, moment, patch, type Service, settings } from "./data.ts";
import { endedIn } from "./dead.ts";
import { blame } from "./set-state.ts";
import { commandKey } from "./spawn.ts";

/** How a process ended. */
export type Exit = Pick<Extract<Event, { readonly kind: "exited" }>, "token" | "pid" | "code" | "status" | "usage">;

const codes = { exited: 1, killed: 2, dumped: 3 } as const;
const cleanSignals: ReadonlySet<number> = new Set([1, 2, 13, 15]);

/** systemd.service(5), SuccessExitStatus=: how a process may end without having failed. A daemon may be asked to go. */
function resultOf(s: Service, exit: Exit, daemon: boolean): ServiceResult {
  if (exit.code === "exited" && exit.status === 0) return "success";
  if (exit.code === "killed" && daemon && cleanSignals.has(exit.status)) return "success";
  const status: ExecStatus = { ...data(s).mainExec, code: codes[exit.code], status: exit.status };
  if (exit.code !== "dumped" && endedIn(settings(s).successExitStatus, status)) return "success";
  return exit.code === "exited" ? "exit-code" : exit.code === "killed" ? "signal" : "core-dump";
}

function ended(s: Service, before: ExecStatus, exit: Exit): ExecStatus {
  return { ...before, exit: moment(s), code: codes[exit.code], status: exit.status };
}

/** Books the end of the main process; the state's cell decides what follows. */
export function bookMainExit(s: Service, exit: Exit): ServiceResult {
  const { mainExec, mainCommand, commands, cpuUsec } = data(s);
  const { commands: defined, type } = settings(s);
  const status = ended(s, mainExec, exit);
  const index = mainCommand ?? 0;
  const key = commandKey({ directive: "ExecStart", index });
  patch(s, {
    main: undefined,
    mainKnown: true,
    mainExec: status,
    cpuUsec: cpuUsec + exit.usage.cpuUsec,
    ...(mainCommand === undefined ? {} : { commands: { ...commands, [key]: status } }),
  });
  const own = resultOf(s, exit, type !== "oneshot");
  const result = defined.ExecStart[index]?.ignoreFailure ? "success" : own;
  logProcessExit(s.turn, s.unit, "Main process", "ExecStart", result === "success", exit);
  blame(s, result);
  return result;
}

/** Books the end of a control process. */
export function bookControlExit(s: Service, process: ControlProcess, exit: Exit): ServiceResult {
  const { state, commands, cpuUsec } = data(s);
  const { directive, index } = process.command;
  const key = commandKey(process.command);
  const status = ended(s, commands[key] ?? data(s).mainExec, exit);
  patch(s, { commands: { ...commands, [key]: status }, cpuUsec: cpuUsec + exit.usage.cpuUsec });
  const own = resultOf(s, exit, directive === "ExecStart");
  let result = settings(s).commands[directive][index]?.ignoreFailure ? "success" : own;
  let success = result === "success";
  if (state.kind === "condition") {
    // systemd.service(5), ExecCondition=: 1 to 254 skip the unit, 255 and signals fail it.
    if (result === "exit-code" && exit.status < 255) {
      patchUnit(s.turn, s.unit, { conditionResult: false });
      result = "exec-condition";
      success = true;
    } else if (success) patchUnit(s.turn, s.unit, { conditionResult: true });
  }
  const what = state.kind === "condition" ? "Condition check process" : "Control process";
  logProcessExit(s.turn, s.unit, what, directive, success, exit);
  if (state.kind !== "reload") blame(s, result);
  return result;
}

/** A process that nobody waited for has ended. True when it was one of the unit's. */
export function bookStrayExit(s: Service, exit: Exit): void {
  const { strays } = unitOf(s.turn, s.unit);
  patchUnit(s.turn, s.unit, { strays: strays.filter((token) => token !== exit.token) });
  patch(s, { cpuUsec: data(s).cpuUsec + exit.usage.cpuUsec });
}
