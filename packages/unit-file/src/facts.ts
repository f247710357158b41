import type { SpecifierContext } from "./specifiers.ts";
import type { Facts, ManagerDefaults, Rlimit } from "./values/kind.ts";

const none: Rlimit = { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };

/** The defaults of systemd 252 as Debian builds it, on a machine with the kernel's usual limits (systemd-system.conf(5)). */
export const managerDefaults: ManagerDefaults = {
  timeoutStartUsec: 90_000_000,
  timeoutStopUsec: 90_000_000,
  timeoutAbortUsec: undefined,
  restartUsec: 100_000,
  startLimitIntervalUsec: 10_000_000,
  startLimitBurst: 5,
  deviceTimeoutUsec: 90_000_000,
  cpuAccounting: true,
  ioAccounting: false,
  ipAccounting: false,
  blockIoAccounting: false,
  memoryAccounting: true,
  tasksAccounting: true,
  tasksMax: Number.POSITIVE_INFINITY,
  timerAccuracyUsec: 60_000_000,
  standardOutput: "journal",
  standardError: "inherit",
  oomPolicy: "stop",
  environment: [],
  limits: {
    CPU: none,
    FSIZE: none,
    DATA: none,
    STACK: { soft: 8388608, hard: Number.POSITIVE_INFINITY },
    CORE: { soft: 0, hard: Number.POSITIVE_INFINITY },
    RSS: none,
    NOFILE: { soft: 1024, hard: 524288 },
    AS: none,
    NPROC: none,
    MEMLOCK: { soft: 8388608, hard: 8388608 },
    LOCKS: none,
    SIGPENDING: none,
    MSGQUEUE: { soft: 819200, hard: 819200 },
    NICE: { soft: 0, hard: 0 },
    RTPRIO: { soft: 0, hard: 0 },
    RTTIME: none,
  },
  oomScoreAdjust: 0,
  nice: 0,
  coredumpFilter: 0x33,
  timerSlackNsec: 50_000,
  ioSchedulingClass: 2,
  ioSchedulingPriority: 4,
  cpuSchedulingPolicy: 0,
  cpuSchedulingPriority: 0,
};

/** Facts about nothing in particular: what a linter or a browser uses. A daemon fills in what it knows. */
export const defaultFacts: Facts = {
  scope: "system",
  physicalMemoryBytes: 8 * 2 ** 30,
  tasksMax: 32768,
  cpuCount: 8,
  defaults: managerDefaults,
};

/** Specifiers of a machine that nothing is known about; root in system mode. */
export const defaultSpecifiers: SpecifierContext = {
  architecture: "x86-64",
  bootId: "00000000000000000000000000000000",
  machineId: "00000000000000000000000000000000",
  hostName: "localhost",
  prettyHostName: undefined,
  kernelRelease: "0",
  osRelease: {},
  userName: "root",
  userId: "0",
  groupName: "root",
  groupId: "0",
  home: "/root",
  shell: "/bin/sh",
  runtimeDirectory: "/run",
  stateDirectory: "/var/lib",
  cacheDirectory: "/var/cache",
  logsDirectory: "/var/log",
  configDirectory: "/etc",
  dataDirectory: "/usr/share",
  credentialsRoot: "/run/credentials",
  tmpDirectory: "/tmp",
  varTmpDirectory: "/var/tmp",
};
