import type { GraphOptions, GraphUnit, JobMode, JobType } from "@steward/graph";
import type { FoundMount } from "./mount.ts";
import type { Now } from "./now.ts";
import type { ProcessName } from "./scope.ts";
import type { TimeFacts, ZoneData } from "./time-facts.ts";

/** What the keeper was told to run it as; never reused in the life of a machine. */
export type Token = number;

/** Resources of a process that ended. */
export interface ProcessUsage {
  readonly cpuUsec: number;
}

/** Everything that can happen to the core. Each carries `now`; the core itself has no clock. */
export type Event = { readonly now: Now } & (
  | {
      readonly kind: "load" /** LoadedUnits of @steward/unit-file. */;
      readonly units: readonly GraphUnit[];
      readonly replaceAll: boolean /** Added: units that steward serves itself, with the reason; stands until the next `load` that has one. */;
      readonly builtin?: Readonly<Record<string, string>>;
      /** What timers need to know of the machine; stands until the next `load` that has it. */
      readonly time?: TimeFacts;
      /** What dependencies follow from besides the units; stands until the next `load` that has it. */
      readonly graph?: GraphOptions;
      /** daemon-reload: what waits by the old definitions begins anew by the new ones. Not so after a recovery. */
      readonly reloaded?: boolean;
    }
  /** Added: nobody needs these units any more (transient ones that are done): they are forgotten, unless they are not at rest. */
  | { readonly kind: "unload"; readonly units: readonly string[] }
  /** Added: a client gives processes to a unit (PIDs= of a scope that is about to start, AttachProcessesToUnit). */
  | {
      readonly kind: "join";
      readonly unit: string;
      readonly processes: readonly ProcessName[];
      /** Controller= of a scope. */
      readonly controller?: string;
    }
  /** Added: AbandonScope. */
  | { readonly kind: "abandon"; readonly request: number; readonly unit: string }
  /** A request for a job. Answered by exactly one `reply` effect. `request` is the shell's own number. */
  | {
      readonly kind: "enqueue";
      readonly request: number;
      readonly unit: string;
      readonly job: JobType;
      readonly mode: JobMode;
      readonly reloadIfPossible?: boolean /** Added: asked for by a person, so RefuseManualStart= and its kin count. */;
      readonly manual?: boolean;
    }
  | { readonly kind: "cancelJob"; readonly request: number; readonly job: number }
  | { readonly kind: "clearJobs"; readonly request: number }
  | { readonly kind: "resetFailed"; readonly request: number; readonly unit?: string }
  /** KillUnit: `whom` as in systemctl(1) --kill-whom=. */
  | {
      readonly kind: "kill";
      readonly request: number;
      readonly unit: string;
      readonly whom: "main" | "control" | "all" | "main-fail" | "control-fail" | "all-fail";
      readonly signal: number;
    }
  /** FreezeUnit, ThawUnit (systemctl(1), freeze). The `reply` comes when the kernel has done it. */
  | { readonly kind: "freeze"; readonly request: number; readonly unit: string; readonly frozen: boolean }
  /** CleanUnit (systemctl(1), clean): the unit's own directories are removed. */
  | {
      readonly kind: "clean";
      readonly request: number;
      readonly unit: string;
      readonly what: readonly Resource[];
    }
  /** Answer to a `freezeGroup` effect: the unit's processes stand still, or run again. `ok`: false where there is no way to do it. */
  | { readonly kind: "frozen"; readonly unit: string; readonly frozen: boolean; readonly ok: boolean }
  /** Start-up is over: the first transaction was enqueued; from now on an empty job queue means "running". */
  | { readonly kind: "startupFinished" }
  | {
      readonly kind: "conditionsChecked";
      readonly unit: string;
      readonly check: number;
      readonly conditions: readonly ConditionOutcome[];
      readonly asserts: readonly ConditionOutcome[];
    }
  | { readonly kind: "spawned"; readonly unit: string; readonly token: Token; readonly pid: number }
  /** No process could be made at all, for a reason that the file gives (EnvironmentFile= that is not there): systemd's Result=resources. */
  | {
      readonly kind: "spawnFailed";
      readonly unit: string;
      readonly token: Token;
      readonly reason: string;
      /** Nothing of the unit lives. */
      readonly lastOfGroup: boolean;
    }
  /** execve() worked (Type=exec waits for this). */
  | { readonly kind: "execOk"; readonly unit: string; readonly token: Token }
  /** A plan step failed: `status` is systemd's (203/EXEC, 217/USER …). An `exited` with that status follows. */
  | {
      readonly kind: "execFailed";
      readonly unit: string;
      readonly token: Token;
      readonly status: number;
      readonly errno: number;
      readonly step: string;
      /** The file or directory that the step was about, where the unit file names one. */
      readonly about?: string;
    }
  | {
      readonly kind: "exited";
      readonly unit: string;
      readonly token: Token;
      readonly pid: number;
      readonly code: "exited" | "killed" | "dumped";
      readonly status: number;
      readonly usage: ProcessUsage /** Added: nothing of the unit lives besides it; spares a round through final-sigterm. A `groupEmpty` may still follow. */;
      readonly lastOfGroup?: boolean;
    }
  /** No process of the unit is left. */
  | { readonly kind: "groupEmpty"; readonly unit: string }
  | {
      readonly kind: "notify";
      readonly unit: string;
      readonly token: Token | undefined;
      readonly pid: number;
      readonly fields: readonly (readonly [string, string])[];
      /** Descriptors that came along, each to be stored or closed (`closeFd`). */
      readonly fds?: readonly ReceivedDescriptor[];
    }
  /** The other end of a descriptor that the service has stored is gone. */
  | { readonly kind: "fdHung"; readonly unit: string; readonly fd: number }
  /** Answer to a `readPidFile` or `findMainPid` effect: the pid that was found to belong to the unit, or why not. */
  | { readonly kind: "pidFile"; readonly unit: string; readonly pid: number; readonly problem?: string }
  /** Answer to an `adopt` effect. */
  | {
      readonly kind: "adopted";
      readonly unit: string;
      readonly token: Token;
      readonly pid: number;
      readonly ok: boolean;
    }
  | { readonly kind: "timer"; readonly unit: string; readonly slot: TimerSlot }
  /** Answer to `openSockets`: the ids of the descriptors in the order of Listen…=, or what went wrong; then none is open. */
  | {
      readonly kind: "socketsOpened";
      readonly unit: string;
      readonly set: number;
      readonly fds: readonly number[];
      readonly problem?: SocketProblem;
      /** What was tried in vain and is no failure. */
      readonly warnings: readonly Mishap[];
    }
  /** Somebody knocks at one of the sockets; or, with a `problem`, it cannot be watched or accepted from any more. */
  | { readonly kind: "socketTraffic"; readonly unit: string; readonly set: number; readonly problem?: Mishap }
  /** Accept=yes: somebody has connected. The keeper holds `fd` until it is closed. */
  | {
      readonly kind: "connection";
      readonly unit: string;
      readonly set: number;
      readonly fd: number;
      readonly peer: ConnectionPeer;
    }
  /** Answer to `loadConnection`. */
  | { readonly kind: "connectionLoaded"; readonly unit: string; readonly service: string }
  | { readonly kind: "jobTimer"; readonly job: number; readonly slot: "timeout" | "running-timeout" }
  /** Added: the mount units that are mounted now (all of them); says what /proc/self/mountinfo says, at start and when it changes. */
  | { readonly kind: "mounts"; readonly mounted: readonly MountPoint[] }
  /** Added: a name of Type=dbus got an owner on the bus, or lost it. */
  | { readonly kind: "busName"; readonly unit: string; readonly owned: boolean }
  /** Added: the kernel's OOM killer ended a process of the unit. */
  | { readonly kind: "oomKill"; readonly unit: string }
  /** The realtime clock was set, or the machine woke up. */
  | { readonly kind: "clockChanged" }
  /** /etc/localtime is another one. */
  | { readonly kind: "timezoneChanged"; readonly zone: ZoneData }
  /** Answer to a `readStamp` effect: when the timer triggered last, as the stamp file says; undefined where there is none. */
  | {
      readonly kind: "stampRead";
      readonly unit: string;
      readonly stamp: number;
      readonly mtimeUsec: number | undefined;
    }
  /** Answer to a `lookAtPaths` effect: what was found of each path, and why they cannot be watched. */
  | {
      readonly kind: "pathsLooked";
      readonly unit: string;
      readonly look: number;
      /** By index of the path. */
      readonly found: readonly FoundPath[];
      /** Of watching them. */
      readonly errno?: number;
    }
  /** Something happened at a watched path, or on the way to it; `itself`: at the place that the directive names. This watch is over. */
  | {
      readonly kind: "pathTouched";
      readonly unit: string;
      readonly look: number;
      readonly index: number;
      readonly itself: boolean;
    }
  /** A signal or bus call asks the manager itself for something. */
  | { readonly kind: "shutdown"; readonly target: string; readonly mode: JobMode }
);

/** A descriptor that came with a notification. `same`: the one kept before that is the same open file, or 0. */
interface ReceivedDescriptor {
  readonly fd: number;
  readonly same: number;
}

/** A mount point, by the unit that stands for it. */
export interface MountPoint extends FoundMount {
  readonly unit: string;
}

/** What `systemctl clean --what=` names. `fdstore`: since 254. */
export type Resource = "runtime" | "state" | "cache" | "logs" | "configuration" | "fdstore";

/** What happened to one unit: it goes to the machine of its type. */
export type UnitEvent = Extract<
  Event,
  {
    readonly kind:
      | "spawned"
      | "spawnFailed"
      | "execOk"
      | "execFailed"
      | "exited"
      | "groupEmpty"
      | "notify"
      | "pidFile"
      | "adopted"
      | "timer"
      | "socketsOpened"
      | "socketTraffic"
      | "connection"
      | "connectionLoaded"
      | "busName"
      | "oomKill"
      | "stampRead"
      | "pathsLooked"
      | "pathTouched"
      | "fdHung";
  }
>;

/** What a look found of one path: whether it is there, or as its directive wants it, before its watch was set and after. */
export interface FoundPath {
  readonly before: boolean;
  readonly after: boolean;
  /** Which file it is, for a pattern. */
  readonly path?: string;
}

/** Something that did not work: what, in words, and the errno where there is one. */
export interface Mishap {
  readonly what: string;
  readonly errno?: number;
}

/** Why sockets could not be opened: the one that failed, or (`status`: systemd's exit status, 217/USER …) the owner of its node. */
export interface SocketProblem {
  readonly errno: number;
  readonly address: string;
  readonly status?: number;
}

/** Who is at the other end of a connection. */
export interface ConnectionPeer {
  /** What follows the number in the instance's name: "127.0.0.1:80-127.0.0.1:4711", "123-0" (pid, uid), "unknown". */
  readonly instance: string;
  /** What the service's description shows in brackets; empty where nothing is known. */
  readonly shown: string;
  /** $REMOTE_ADDR, and who is counted by MaxConnectionsPerSource=; empty where there is none. */
  readonly address: string;
  readonly port: number;
}

/** The outcome of one Condition…= or Assert…= line. */
export interface ConditionOutcome {
  readonly type: string;
  readonly parameter: string;
  readonly negate: boolean;
  readonly trigger: boolean;
  readonly result: "succeeded" | "failed" | "error" | "untested";
}

/** Named timers of a unit: one of each at most; the shell keeps one real timer for the earliest. */
export type TimerSlot = "state" | "watchdog" | "restart" | "runtime-max" | "elapse" | "calendar";
