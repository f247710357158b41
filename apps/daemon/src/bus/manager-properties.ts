import type { CallContext, Value } from "@steward/ipc";
import type { Manager } from "../manager.ts";

type Getter = (manager: Manager, context: CallContext) => Value;

const sec = 1_000_000n;

/** Moments of a machine's boot that steward does not take part in. */
const never = [
  "FirmwareTimestamp",
  "LoaderTimestamp",
  "KernelTimestamp",
  "InitRDTimestamp",
  "SecurityStartTimestamp",
  "SecurityFinishTimestamp",
  "InitRDSecurityStartTimestamp",
  "InitRDSecurityFinishTimestamp",
  "InitRDGeneratorsStartTimestamp",
  "InitRDGeneratorsFinishTimestamp",
  "InitRDUnitsLoadStartTimestamp",
  "InitRDUnitsLoadFinishTimestamp",
];

const moments = [
  "UserspaceTimestamp",
  "FinishTimestamp",
  "GeneratorsStartTimestamp",
  "GeneratorsFinishTimestamp",
  "UnitsLoadStartTimestamp",
  "UnitsLoadFinishTimestamp",
  "UnitsLoadTimestamp",
] as const;

const limits = [
  "CPU",
  "FSIZE",
  "DATA",
  "STACK",
  "CORE",
  "RSS",
  "NOFILE",
  "AS",
  "NPROC",
  "MEMLOCK",
  "LOCKS",
  "SIGPENDING",
  "MSGQUEUE",
  "NICE",
  "RTPRIO",
  "RTTIME",
];

function timestampGetters(): Record<string, Getter> {
  const getters: Record<string, Getter> = {};
  for (const name of never) {
    getters[name] = () => 0;
    getters[`${name}Monotonic`] = () => 0;
  }
  for (const name of moments) {
    getters[name] = (manager) => manager.moments[name]?.realtimeUsec ?? 0;
    getters[`${name}Monotonic`] = (manager) => manager.moments[name]?.monotonicUsec ?? 0;
  }
  return getters;
}

function limitGetters(): Record<string, Getter> {
  const getters: Record<string, Getter> = {};
  for (const name of limits) {
    getters[`DefaultLimit${name}`] = (manager) => manager.defaultLimit(name).hard;
    getters[`DefaultLimit${name}Soft`] = (manager) => manager.defaultLimit(name).soft;
  }
  return getters;
}

/** The properties of the Manager object, each read when it is asked for. */
export const managerProperties: Readonly<Record<string, Getter>> = {
  Version: (manager) => manager.version,
  Features: () => "",
  Virtualization: (manager) => (manager.facts.virtualization === "none" ? "" : manager.facts.virtualization),
  Architecture: (manager) => manager.facts.architecture,
  Tainted: () => "",
  ...timestampGetters(),
  LogLevel: (manager) => manager.logLevel.name,
  LogTarget: () => "journal",
  NNames: (manager) => manager.nameCount(),
  NFailedUnits: (manager) => manager.failedUnits().length,
  NJobs: (manager) => manager.core.jobs.size,
  NInstalledJobs: (manager) => manager.installedJobs,
  NFailedJobs: (manager) => manager.failedJobs,
  Progress: (manager) => manager.progress(),
  Environment: (manager) => manager.environmentList(),
  ConfirmSpawn: () => false,
  ShowStatus: () => false,
  UnitPath: (manager) => manager.searchPath(),
  DefaultStandardOutput: () => "journal",
  DefaultStandardError: () => "inherit",
  WatchdogDevice: () => "",
  WatchdogLastPingTimestamp: () => 0,
  WatchdogLastPingTimestampMonotonic: () => 0,
  RuntimeWatchdogUSec: () => 0,
  RuntimeWatchdogPreUSec: () => 0,
  RuntimeWatchdogPreGovernor: () => "",
  RebootWatchdogUSec: () => 600n * sec,
  KExecWatchdogUSec: () => 0,
  ServiceWatchdogs: () => true,
  ControlGroup: (manager) => manager.controlGroup,
  SystemState: (manager) => manager.systemState(),
  ExitCode: (manager) => manager.exitCode,
  DefaultTimerAccuracyUSec: () => 60n * sec,
  DefaultTimeoutStartUSec: () => 90n * sec,
  DefaultTimeoutStopUSec: () => 90n * sec,
  DefaultTimeoutAbortUSec: () => 90n * sec,
  DefaultDeviceTimeoutUSec: () => 90n * sec,
  DefaultRestartUSec: () => 100_000,
  DefaultStartLimitIntervalUSec: () => 10n * sec,
  DefaultStartLimitBurst: () => 5,
  DefaultCPUAccounting: () => true,
  DefaultBlockIOAccounting: () => false,
  DefaultMemoryAccounting: () => true,
  DefaultTasksAccounting: () => true,
  ...limitGetters(),
  DefaultTasksMax: (manager) => manager.facts.defaultTasksMax,
  TimerSlackNSec: () => 50_000,
  DefaultOOMPolicy: () => "stop",
  DefaultOOMScoreAdjust: () => 0,
  CtrlAltDelBurstAction: () => "reboot-force",
};
