import type { EmergencyAction } from "../definition/definition.ts";
import { logManager, priority } from "../log/log.ts";
import { emit, type Turn, unitOf } from "../turn.ts";

/** The exit status of a service's main process, which SuccessAction=exit hands on unless the unit names another. */
function ownExitStatus(turn: Turn, unit: string): number {
  const { machine } = unitOf(turn, unit);
  if (machine.type !== "service" || machine.mainExec.code === 0) return 0;
  return machine.mainExec.code === 1 ? machine.mainExec.status : 255;
}

/** SuccessAction=, FailureAction=, StartLimitAction=, JobTimeoutAction= (systemd.unit(5)). */
export function emergencyAction(
  turn: Turn,
  unit: string,
  action: EmergencyAction | undefined,
  status: number | undefined,
  reason: string,
): void {
  if (action === undefined || action === "none") return;
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
  logManager(turn, priority.notice, `${told[action]}: ${reason}`);
  emit(turn, { kind: "systemAction", action, status: status ?? ownExitStatus(turn, unit), source: unit });
}
