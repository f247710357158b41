import type { GraphUnit } from "@steward/graph";
import { commands, defineKill, noneIfZero } from "./define-commands.ts";
import type { ExitStatusSet, NotifyAccess, ServiceDefinition, ServiceType } from "./definition.ts";
import { type Reader, reader } from "./settings.ts";

const DEFAULT_TIMEOUT_USEC = 90_000_000;
const SIGHUP = 1;

function exitStatuses(get: Reader, name: string): ExitStatusSet {
  const value = get.value(name) as Partial<ExitStatusSet> | undefined;
  return { statuses: value?.statuses ?? [], signals: value?.signals ?? [] };
}

/** systemd.service(5), Type=: what a unit without it is. */
function serviceType(get: Reader): ServiceType {
  const said = get.text("Type", "");
  if (said !== "") return said as ServiceType;
  if (get.text("BusName", "") !== "") return "dbus";
  return get.list("ExecStart").length > 0 ? "simple" : "oneshot";
}

/** A service that speaks by sd_notify(3), is watched or stores descriptors is listened to: its main process, unless it says otherwise. */
function notifyAccess(get: Reader, type: ServiceType, other: boolean): NotifyAccess {
  const said = get.word<NotifyAccess>("NotifyAccess", "none");
  const speaks = type === "notify" || type === "notify-reload" || other;
  return said === "none" && speaks ? "main" : said;
}

export function defineService(unit: GraphUnit): ServiceDefinition {
  const get = reader(unit.settings, "Service");
  const type = serviceType(get);
  const watchdogUsec = get.number("WatchdogSec", 0);
  const fileDescriptorStoreMax = get.number("FileDescriptorStoreMax", 0);
  const timeoutStopUsec = noneIfZero(get.number("TimeoutStopSec", DEFAULT_TIMEOUT_USEC));
  const timeoutStart = type === "oneshot" ? Number.POSITIVE_INFINITY : DEFAULT_TIMEOUT_USEC;
  return {
    type,
    exitType: get.word("ExitType", "main"),
    commands: {
      ExecCondition: commands(get, "ExecCondition"),
      ExecStartPre: commands(get, "ExecStartPre"),
      ExecStart: commands(get, "ExecStart"),
      ExecStartPost: commands(get, "ExecStartPost"),
      ExecReload: commands(get, "ExecReload"),
      ExecStop: commands(get, "ExecStop"),
      ExecStopPost: commands(get, "ExecStopPost"),
    },
    remainAfterExit: get.flag("RemainAfterExit", false),
    guessMainPid: get.flag("GuessMainPID", true),
    pidFile: get.text("PIDFile", ""),
    busName: get.text("BusName", ""),
    restart: get.word("Restart", "no"),
    restartMode: get.word("RestartMode", "normal"),
    restartUsec: get.number("RestartSec", 100_000),
    restartSteps: get.number("RestartSteps", 0),
    restartMaxDelayUsec: get.number("RestartMaxDelaySec", Number.POSITIVE_INFINITY),
    successExitStatus: exitStatuses(get, "SuccessExitStatus"),
    restartPreventExitStatus: exitStatuses(get, "RestartPreventExitStatus"),
    restartForceExitStatus: exitStatuses(get, "RestartForceExitStatus"),
    timeoutStartUsec: noneIfZero(get.number("TimeoutStartSec", timeoutStart)),
    timeoutStopUsec,
    timeoutAbortUsec: noneIfZero(get.number("TimeoutAbortSec", timeoutStopUsec)),
    timeoutStartFailureMode: get.word("TimeoutStartFailureMode", "terminate"),
    timeoutStopFailureMode: get.word("TimeoutStopFailureMode", "terminate"),
    runtimeMaxUsec: noneIfZero(get.number("RuntimeMaxSec", Number.POSITIVE_INFINITY)),
    runtimeRandomizedExtraUsec: get.number("RuntimeRandomizedExtraSec", 0),
    watchdogUsec,
    notifyAccess: notifyAccess(get, type, watchdogUsec > 0 || fileDescriptorStoreMax > 0),
    usesSocketStream: ["StandardInput", "StandardOutput", "StandardError"].some(
      (name) => (get.value(name) as { readonly mode?: unknown } | undefined)?.mode === "socket",
    ),
    ...defineKill(get),
    reloadSignal: get.number("ReloadSignal", SIGHUP),
    oomPolicy: get.word("OOMPolicy", "stop"),
    fileDescriptorStoreMax,
    fileDescriptorStorePreserve: get.word("FileDescriptorStorePreserve", "restart"),
    timeoutCleanUsec: get.number("TimeoutCleanSec", Number.POSITIVE_INFINITY) || Number.POSITIVE_INFINITY,
    runtimeDirectoryPreserve: get.word("RuntimeDirectoryPreserve", "no"),
  };
}
