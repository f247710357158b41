import type { JobMode } from "@steward/graph";
import type { PathSpec, TimerSpec, UnitType } from "@steward/unit-file";
import type { ServiceDirective, SocketDirective } from "../model/effect.ts";
import type { Resource } from "../model/event.ts";

/** Exit statuses and signals that a directive such as SuccessExitStatus= names. */
export interface ExitStatusSet {
  readonly statuses: readonly number[];
  readonly signals: readonly number[];
}

export type EmergencyAction =
  | "none"
  | "exit"
  | "exit-force"
  | "reboot"
  | "reboot-force"
  | "reboot-immediate"
  | "poweroff"
  | "poweroff-force"
  | "poweroff-immediate"
  | "halt"
  | "kexec";

/** One command line of a unit, as far as the core cares. */
export interface CommandDefinition {
  readonly path: string;
  readonly ignoreFailure: boolean;
}

/** What the core needs of a unit's [Unit] section (systemd.unit(5)), typed once when it is loaded. */
export interface UnitDefinition {
  readonly id: string;
  readonly type: UnitType;
  readonly description: string;
  readonly loadState: "stub" | "loaded" | "not-found" | "bad-setting" | "error" | "merged" | "masked";
  readonly hasConditions: boolean;
  readonly stopWhenUnneeded: boolean;
  readonly allowIsolate: boolean;
  readonly refuseManualStart: boolean;
  readonly refuseManualStop: boolean;
  readonly onFailureJobMode: JobMode;
  readonly onSuccessJobMode: JobMode;
  readonly jobTimeoutUsec: number;
  readonly jobRunningTimeoutUsec: number;
  readonly jobTimeoutAction: EmergencyAction;
  readonly startLimitIntervalUsec: number;
  readonly startLimitBurst: number;
  readonly startLimitAction: EmergencyAction;
  readonly successAction: EmergencyAction;
  readonly failureAction: EmergencyAction;
  /** undefined: the exit status of the main process. */
  readonly successActionExitStatus: number | undefined;
  readonly failureActionExitStatus: number | undefined;
  /** The unit exists from the beginning to the end and cannot be stopped: -.slice, init.scope. */
  readonly perpetual: boolean;
  /** The unit stands for something that is there already, as mounts found in /proc/self/mountinfo. */
  readonly found: boolean;
  /** What `clean` can remove (CanClean of org.freedesktop.systemd1(5)). */
  readonly cleanable: readonly Resource[];
  readonly service: ServiceDefinition | undefined;
  readonly mount: MountDefinition | undefined;
  readonly scope: ScopeDefinition | undefined;
  readonly socket: SocketDefinition | undefined;
  readonly timer: TimerDefinition | undefined;
  readonly path: PathDefinition | undefined;
}

/** systemd.timer(5). */
export interface TimerDefinition {
  readonly timers: readonly TimerSpec[];
  readonly onClockChange: boolean;
  readonly onTimezoneChange: boolean;
  readonly persistent: boolean;
  readonly wakeSystem: boolean;
  readonly remainAfterElapse: boolean;
  readonly fixedRandomDelay: boolean;
  readonly accuracyUsec: number;
  readonly randomizedDelayUsec: number;
  /** RandomizedOffsetSec= (258). */
  readonly randomizedOffsetUsec: number;
  /** DeferReactivation= (257). */
  readonly deferReactivation: boolean;
}

/** systemd.path(5). */
export interface PathDefinition {
  readonly paths: readonly PathSpec[];
  readonly makeDirectory: boolean;
  readonly triggerLimitIntervalUsec: number;
  readonly triggerLimitBurst: number;
}

/** systemd.mount(5). */
export interface MountDefinition extends KillDefinition {
  readonly timeoutUsec: number;
}

export type ServiceType = "simple" | "exec" | "forking" | "oneshot" | "dbus" | "notify" | "notify-reload" | "idle";
type RestartPolicy = "no" | "on-success" | "on-failure" | "on-abnormal" | "on-watchdog" | "on-abort" | "always";
type TimeoutFailureMode = "terminate" | "abort" | "kill";
type KillMode = "control-group" | "mixed" | "process" | "none";
export type NotifyAccess = "none" | "main" | "exec" | "all";

/** systemd.kill(5): how the processes of a service, socket, mount or swap are ended. */
export interface KillDefinition {
  readonly killMode: KillMode;
  readonly killSignal: number;
  readonly restartKillSignal: number;
  readonly finalKillSignal: number;
  readonly watchdogSignal: number;
  readonly sendSighup: boolean;
  readonly sendSigkill: boolean;
}

/** systemd.socket(5), as far as the core cares. Time spans in microseconds, Infinity for none. */
export interface SocketDefinition extends KillDefinition {
  readonly commands: Readonly<Record<SocketDirective, readonly CommandDefinition[]>>;
  /** ListenUSBFunction= is there: no machine that steward runs on has what it takes. */
  readonly usesUsb: boolean;
  readonly accept: boolean;
  /** SocketUser= or SocketGroup= is set: systemd shows that it works on that. */
  readonly hasOwner: boolean;
  readonly flushPending: boolean;
  readonly removeOnStop: boolean;
  readonly maxConnections: number;
  /** 0: no limit. */
  readonly maxConnectionsPerSource: number;
  /** FileDescriptorName=; the unit's name where it is not set. */
  readonly descriptorName: string;
  readonly timeoutUsec: number;
  readonly triggerLimitIntervalUsec: number;
  readonly triggerLimitBurst: number;
  /** 0: no limit; newer versions have one also where none is set (255). */
  readonly pollLimitIntervalUsec: number;
  readonly pollLimitBurst: number;
}

/** systemd.scope(5) and systemd.kill(5). Time spans in microseconds, Infinity for none. */
export interface ScopeDefinition {
  readonly timeoutStopUsec: number;
  readonly runtimeMaxUsec: number;
  readonly runtimeRandomizedExtraUsec: number;
  readonly killMode: KillMode;
  readonly killSignal: number;
  readonly finalKillSignal: number;
  readonly sendSighup: boolean;
  readonly sendSigkill: boolean;
  readonly oomPolicy: "continue" | "stop" | "kill";
}

/** systemd.service(5) and systemd.kill(5). Time spans in microseconds, Infinity for none. */
export interface ServiceDefinition extends KillDefinition {
  /** A standard stream is the service's socket (StandardInput=socket): every command gets it, not ExecStart= alone. */
  readonly usesSocketStream: boolean;
  readonly type: ServiceType;
  readonly exitType: "main" | "cgroup";
  readonly commands: Readonly<Record<ServiceDirective, readonly CommandDefinition[]>>;
  readonly remainAfterExit: boolean;
  readonly guessMainPid: boolean;
  readonly pidFile: string;
  readonly busName: string;
  readonly restart: RestartPolicy;
  readonly restartMode: "normal" | "direct";
  readonly restartUsec: number;
  readonly restartSteps: number;
  readonly restartMaxDelayUsec: number;
  readonly successExitStatus: ExitStatusSet;
  readonly restartPreventExitStatus: ExitStatusSet;
  readonly restartForceExitStatus: ExitStatusSet;
  readonly timeoutStartUsec: number;
  readonly timeoutStopUsec: number;
  readonly timeoutAbortUsec: number;
  readonly timeoutStartFailureMode: TimeoutFailureMode;
  readonly timeoutStopFailureMode: TimeoutFailureMode;
  readonly runtimeMaxUsec: number;
  readonly runtimeRandomizedExtraUsec: number;
  readonly watchdogUsec: number;
  readonly notifyAccess: NotifyAccess;
  readonly reloadSignal: number;
  readonly oomPolicy: "continue" | "stop" | "kill";
  readonly fileDescriptorStoreMax: number;
  /** FileDescriptorStorePreserve= (254). */
  readonly fileDescriptorStorePreserve: "no" | "restart" | "yes";
  readonly timeoutCleanUsec: number;
  /** RuntimeDirectoryPreserve=. */
  readonly runtimeDirectoryPreserve: "no" | "restart" | "yes";
}
