import type { Job, JobResult } from "@steward/graph";
import type { Resource, TimerSlot, Token } from "./event.ts";

/** The commands of a service (systemd.service(5)). */
export type ServiceDirective =
  | "ExecCondition"
  | "ExecStartPre"
  | "ExecStart"
  | "ExecStartPost"
  | "ExecReload"
  | "ExecStop"
  | "ExecStopPost";

/** The commands of a socket (systemd.socket(5)). */
export type SocketDirective = "ExecStartPre" | "ExecStartPost" | "ExecStopPre" | "ExecStopPost";

/** The commands of a mount and a swap, as D-Bus names them: no file writes them, the shell makes them of What=, Where= and Options=. */
export type MountDirective = "ExecMount" | "ExecUnmount" | "ExecRemount" | "ExecActivate" | "ExecDeactivate";

/** Which command of a unit: its directive and its index in that list. */
export interface CommandRef<D extends string = ServiceDirective | SocketDirective | MountDirective> {
  readonly directive: D;
  readonly index: number;
}

/** A descriptor of the keeper's store that a process gets, from 3 on in the order of the list (sd_listen_fds(3)). */
export interface PassedDescriptor {
  readonly id: number;
  /** What LISTEN_FDNAMES calls it. */
  readonly name: string;
  /** It comes from the service's own store (FDSTORE=1): NonBlocking= leaves it as it is, StandardInput=socket does not count it. */
  readonly stored?: boolean;
}

/** A line for the journal, in systemd's words, with systemd's fields (UNIT=, JOB_TYPE=, MESSAGE_ID= …). */
export interface LogLine {
  readonly priority: number;
  readonly message: string;
  readonly unit?: string;
  readonly fields: readonly (readonly [string, string])[];
}

/**
 * Added later, optional: who is to be named in the log, because only the shell knows a process's name. "kill": "Killing process
 * 1 (sh) with signal SIGKILL." (notice); "client": "Sent signal SIGHUP to main process 1 (sh) on client request." (info).
 */
export type SignalReason = "kill" | "client-main" | "client-control" | "client-process";

/** What the core wants done, performed in order by the shell. Each that can fail or wait names the event that answers it. */
export type Effect =
  /** Answered by `spawned` (and `execOk` or `execFailed`) and in the end `exited`. `env` is added to what the unit file says. */
  | {
      readonly kind: "spawn";
      readonly unit: string;
      readonly token: Token;
      readonly command: CommandRef;
      readonly role: "main" | "control";
      readonly env: readonly (readonly [string, string])[];
      /** Absent: none. Sockets come first, then what the service has stored. */
      readonly fds?: readonly PassedDescriptor[];
    }
  /** Signal one process. Nothing answers; its end is an `exited`. */
  | {
      readonly kind: "signal";
      readonly unit: string;
      readonly token: Token;
      readonly signal: number;
      readonly why?: SignalReason;
    }
  /** Signal every process of the unit, except the named ones. SIGKILL is repeated until the unit is empty. */
  | {
      readonly kind: "signalGroup";
      readonly unit: string;
      readonly signal: number;
      readonly except: readonly Token[];
      readonly why?: SignalReason;
    }
  /** Freeze or thaw the unit's processes. Answered by `frozen`. */
  | { readonly kind: "freezeGroup"; readonly unit: string; readonly frozen: boolean }
  /** Remove the unit's directories of these kinds, in a process of the unit. Answered as `spawn` is; it ends with 0 when all are gone. */
  | {
      readonly kind: "cleanDirectories";
      readonly unit: string;
      readonly token: Token;
      readonly what: readonly Resource[];
    }
  /** Close a descriptor that the keeper holds. */
  | { readonly kind: "closeFd"; readonly fd: number }
  /** Wait for the end of a stored descriptor's other side: `fdHung`, once. */
  | { readonly kind: "watchFd"; readonly unit: string; readonly fd: number }
  /** Open the sockets of a unit under a number that is never reused. Answered by `socketsOpened`. */
  | { readonly kind: "openSockets"; readonly unit: string; readonly set: number }
  /** Watch them: answered by one `socketTraffic`; with Accept=yes by a `connection` for each. `flush`: what waits is thrown away first. */
  | { readonly kind: "watchSockets"; readonly unit: string; readonly set: number; readonly flush: boolean }
  | { readonly kind: "unwatchSockets"; readonly unit: string; readonly set: number }
  /** `remove`: what they are called in the file system goes too (RemoveOnStop=). */
  | { readonly kind: "closeSockets"; readonly unit: string; readonly set: number; readonly remove: boolean }
  /** Load the service of a connection. Answered by a `load` and then `connectionLoaded`. */
  | { readonly kind: "loadConnection"; readonly unit: string; readonly service: string }
  /** The keeper may forget this process. */
  | { readonly kind: "release"; readonly token: Token }
  /** The unit is at rest: its group, notify state and run-time directories may go. */
  | { readonly kind: "cleanUp"; readonly unit: string; readonly keepRuntimeDirectory: boolean }
  /** Answered by `conditionsChecked`. */
  | { readonly kind: "checkConditions"; readonly unit: string; readonly check: number }
  /** Read PIDFile= (and watch it until it is there and good): answered by `pidFile`, later again when it changes. */
  | { readonly kind: "readPidFile"; readonly unit: string; readonly path: string; readonly watch: boolean }
  | { readonly kind: "unwatchPidFile"; readonly unit: string }
  | { readonly kind: "removePidFile"; readonly unit: string; readonly path: string }
  /** GuessMainPID=: answered by `pidFile` with the only process of the unit, or 0. */
  | { readonly kind: "findMainPid"; readonly unit: string }
  /** Watch a process that the keeper did not spawn itself. Answered by `adopted`, later `exited`. */
  | { readonly kind: "adopt"; readonly unit: string; readonly token: Token; readonly pid: number }
  /** Take a process that others started into the unit's group. Answered by `adopted`, later `exited`. */
  | {
      readonly kind: "attach";
      readonly unit: string;
      readonly token: Token;
      readonly pid: number;
      readonly startTicks: number;
    }
  /** Ask whoever made a scope to end it (RequestStop of org.freedesktop.systemd1.Scope). Nothing answers. */
  | { readonly kind: "requestStop"; readonly unit: string; readonly controller: string }
  /** Read when a timer with Persistent= triggered last. Answered by `stampRead`. */
  | { readonly kind: "readStamp"; readonly unit: string; readonly stamp: number }
  /** Write it down in the stamp file, which is made where it is missing. */
  | { readonly kind: "touchStamp"; readonly unit: string; readonly atUsec: number }
  /**
   * Watch the paths of a unit, then look at them: answered by `pathsLooked`, later by one `pathTouched`. `make`: MakeDirectory=
   * comes before. It replaces the watches of an earlier look.
   */
  | { readonly kind: "lookAtPaths"; readonly unit: string; readonly look: number; readonly make: boolean }
  | { readonly kind: "unwatchPaths"; readonly unit: string; readonly look: number }
  /** `atUsec` is absolute on the clock named, and may be exceeded by `accuracyUsec`. Arming again replaces. */
  | {
      readonly kind: "armTimer";
      readonly unit: string;
      readonly slot: TimerSlot;
      readonly clock: "monotonic" | "boottime" | "realtime";
      readonly atUsec: number;
      readonly accuracyUsec?: number;
    }
  | { readonly kind: "disarmTimer"; readonly unit: string; readonly slot: TimerSlot }
  | {
      readonly kind: "armJobTimer";
      readonly job: number;
      readonly slot: "timeout" | "running-timeout";
      readonly atUsec: number;
    }
  | { readonly kind: "disarmJobTimer"; readonly job: number; readonly slot: "timeout" | "running-timeout" }
  /** The answer to a request: a job id, plain success, or a D-Bus error. */
  | {
      readonly kind: "reply";
      readonly request: number;
      readonly result: { readonly job?: number } | { readonly error: string; readonly message: string };
    }
  | { readonly kind: "jobNew"; readonly job: Job }
  | { readonly kind: "jobRemoved"; readonly job: Job; readonly result: JobResult }
  /** Something that a property shows has changed. */
  | { readonly kind: "unitChanged"; readonly unit: string }
  | { readonly kind: "log"; readonly line: LogLine }
  /** SuccessAction=, FailureAction=, exit.target, poweroff.target …: the manager's end. `status` for exit; below 0: no word about it, the manager's own stands. */
  | {
      readonly kind: "systemAction";
      readonly action:
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
      readonly status: number;
      readonly source: string;
    };
