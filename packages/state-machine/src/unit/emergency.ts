import type { EmergencyAction } from "../definition/definition.ts";
import { logManager, priority } from "../log/log.ts";
import { emit, type Turn, unitOf } from "../turn.ts";

const told: Readonly<Record<Exclude<EmergencyAction, "none">, string>> = {
  exit: "Exiting",
  "exit-force": "Exiting immediately",
  reboot: "Rebooting",
  "reboot-force": "Forcibly rebooting",
  "reboot-immediate": "Rebooting immediately",
  poweroff: "Powering off",
  "poweroff-force": "Forcibly powering off",
  "poweroff-immediate": "Powering off immediately",
  halt: "Halting",
  kexec: "Rebooting by kexec",
};

/** No word about the manager's exit status: it stays what it is. */
const UNSAID = -1;

/** The exit status of a service's main process, 255 when a signal ended it; UNSAID when nothing ran. */
function ownExitStatus(turn: Turn, unit: string): number {
  const { machine } = unitOf(turn, unit);
  if (machine.type !== "service" || machine.mainExec.code === 0) return UNSAID;
  return machine.mainExec.code === 1 ? machine.mainExec.status : 255;
}

/** SuccessAction=, FailureAction= with their …ActionExitStatus= (systemd.unit(5)). */
export function endAction(
  turn: Turn,
  unit: string,
  action: EmergencyAction | undefined,
  status: number | undefined,
): void {
  if (action === undefined || action === "none") return;
  emit(turn, { kind: "systemAction", action, status: status ?? ownExitStatus(turn, unit), source: unit });
}

/** StartLimitAction=, JobTimeoutAction= (systemd.unit(5)): these are worth a warning. */
export function limitAction(turn: Turn, unit: string, action: EmergencyAction | undefined, reason: string): void {
  if (action === undefined || action === "none") return;
  logManager(turn, priority.warning, `${told[action]}: ${reason}`);
  emit(turn, { kind: "systemAction", action, status: UNSAID, source: unit });
}
