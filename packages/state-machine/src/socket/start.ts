import { definitionOf } from "../definition/definitions.ts";
import type { Outcome } from "../engine.ts";
import { errnoText, mishapText } from "../log/errno.ts";
import { logUnit, priority } from "../log/log.ts";
import { logProcessExit } from "../log/process-exit.ts";
import type { UnitEvent } from "../model/event.ts";
import { emit, jobOf, patchUnit, take, unitOf } from "../turn.ts";
import { invocationId } from "../unit/invocation.ts";
import { withinStartLimit } from "../unit/start-limit.ts";
import { armAfter } from "../unit/timers.ts";
import { triggeredUnit } from "../unit/triggered.ts";
import { runCommands } from "./commands.ts";
import { blame, data, patch, type SocketUnit, settings } from "./data.ts";
import { enterDead, enterStopPre } from "./ending.ts";
import { enterListening } from "./listening.ts";
import { setState } from "./set-state.ts";

type Opened = Extract<UnitEvent, { readonly kind: "socketsOpened" }>;

/** Why a socket cannot be started for the sake of its service, said where it is so. */
function serviceForbids(s: SocketUnit): boolean {
  if (settings(s).accept) return false;
  const service = triggeredUnit(s.turn, s.unit);
  if (service === undefined) return false;
  const refuse = (why: string): true => {
    logUnit(s.turn, priority.err, s.unit, `Socket service ${service} ${why}, refusing.`);
    return true;
  };
  if (definitionOf(s.turn.state, service)?.loadState !== "loaded") return refuse("not loaded");
  const { machine } = unitOf(s.turn, service);
  const rests = machine.type !== "service" || ["dead", "failed", "auto-restart"].includes(machine.state.kind);
  return rests ? false : refuse("already active");
}

/** A start that begins. */
export function begin(s: SocketUnit): Outcome {
  if (!withinStartLimit(s.turn, s.unit)) {
    enterDead(s, "start-limit-hit");
    return "failed";
  }
  const { usesUsb, hasOwner, commands } = settings(s);
  if (usesUsb) {
    logUnit(
      s.turn,
      priority.err,
      s.unit,
      "ListenUSBFunction= needs a USB device controller, which steward does not serve. Refusing.",
    );
    return "unsupported";
  }
  if (serviceForbids(s)) return "failed";
  const invocation = invocationId(s.turn.state.seed, take(s.turn, "nextInvocation"));
  patchUnit(s.turn, s.unit, { invocation, trigger: jobOf(s.turn, s.unit)?.trigger });
  patch(s, { result: "success", commands: {} });
  if (!runCommands(s, "start-pre", "ExecStartPre")) enterStartChown(s);
  // systemd has opened its sockets before it says that it is about to.
  return hasOwner || commands.ExecStartPre.length > 0 ? "acted" : "quiet";
}

/** The keeper opens the sockets and gives what stands in the file system its owner. */
export function enterStartChown(s: SocketUnit): void {
  const set = take(s.turn, "nextToken");
  patch(s, { sockets: { set, fds: [] } });
  emit(s.turn, { kind: "openSockets", unit: s.unit, set });
  armAfter(s.turn, s.unit, "state", settings(s).timeoutUsec);
  setState(s, "start-chown");
}

/** The keeper has opened them, or says which it could not. */
export function onOpened(s: SocketUnit, { fds, problem, warnings }: Opened): void {
  for (const warning of warnings) logUnit(s.turn, priority.warning, s.unit, mishapText(warning));
  if (problem === undefined) {
    patch(s, { sockets: { set: data(s).sockets?.set ?? 0, fds } });
    enterStartPost(s);
    return;
  }
  // Nothing is open then.
  patch(s, { sockets: undefined });
  if (problem.status !== undefined) {
    const exit = { code: "exited", status: problem.status } as const;
    logProcessExit(s.turn, s.unit, "Control process", "start-chown", false, exit);
    enterStopPre(s, "exit-code");
    return;
  }
  const reason = errnoText(problem.errno);
  const what = problem.address === "" ? "" : ` (${problem.address})`;
  logUnit(s.turn, priority.warning, s.unit, `Failed to create listening socket${what}: ${reason}`);
  logUnit(s.turn, priority.warning, s.unit, `Failed to listen on sockets: ${reason}`);
  enterStopPre(s, "resources");
}

/** ExecStartPost=. */
function enterStartPost(s: SocketUnit): void {
  blame(s, "success");
  if (!runCommands(s, "start-post", "ExecStartPost")) enterListening(s);
}
