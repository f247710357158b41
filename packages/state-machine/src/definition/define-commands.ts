import type { CommandDefinition, KillDefinition } from "./definition.ts";
import type { Reader } from "./settings.ts";

const SIGABRT = 6;
const SIGKILL = 9;
const SIGTERM = 15;

/** The command lines of one Exec…= directive. */
export function commands(get: Reader, name: string): readonly CommandDefinition[] {
  return get.list(name).map((command) => {
    const { path, ignoreFailure } = command as CommandDefinition;
    return { path, ignoreFailure };
  });
}

/** systemd.kill(5), the same in every section that has processes. */
export function defineKill(get: Reader): KillDefinition {
  const killSignal = get.number("KillSignal", SIGTERM);
  return {
    killMode: get.word("KillMode", "control-group"),
    killSignal,
    restartKillSignal: get.number("RestartKillSignal", 0) || killSignal,
    finalKillSignal: get.number("FinalKillSignal", SIGKILL),
    watchdogSignal: get.number("WatchdogSignal", SIGABRT),
    sendSighup: get.flag("SendSIGHUP", false),
    sendSigkill: get.flag("SendSIGKILL", true),
  };
}

/** systemd.service(5), systemd.socket(5): a time-out of 0 is none. */
export function noneIfZero(usec: number): number {
  return usec === 0 ? Number.POSITIVE_INFINITY : usec;
}
