import type { ControlProcess, ExecStatus } from "./controlled.ts";
import type { ConnectionPeer, ProcessUsage, Token } from "./event.ts";
import type { DualTimestamp } from "./now.ts";

/**
 * A service's life (systemd.service(5); the names are those of `systemctl show -p SubState`):
 *
 *   dead -> condition -> start-pre -> start -> start-post -> running | exited
 *        -> (reload) -> stop -> stop-sigterm -> stop-sigkill -> stop-post -> final-sigterm -> final-sigkill
 *        -> dead | failed -> auto-restart -> dead -> condition ...
 *   dead -> cleaning -> dead | failed
 *
 * Whatever goes wrong on the way up leaves through `stop-sigterm`; a step that has nothing to do is passed over within the
 * same turn. A state holds only what is true in it: a control process exists in the states that wait for one, and the
 * states that signal may still have the one that was there before.
 */
export type ServiceState =
  | { readonly kind: "dead" }
  | { readonly kind: "failed" }
  | { readonly kind: "auto-restart" }
  | { readonly kind: "condition"; readonly control: ControlProcess }
  | { readonly kind: "start-pre"; readonly control: ControlProcess }
  | { readonly kind: "start"; readonly wait: StartWait; readonly control?: ControlProcess }
  | { readonly kind: "start-post"; readonly wait: StartPostWait; readonly control?: ControlProcess }
  | { readonly kind: "running" }
  | { readonly kind: "exited" }
  | { readonly kind: "reload"; readonly control?: ControlProcess; readonly search?: boolean }
  | { readonly kind: "reload-signal"; readonly sinceUsec: number }
  | { readonly kind: "reload-notify" }
  | { readonly kind: "stop"; readonly control: ControlProcess }
  | { readonly kind: "stop-watchdog"; readonly control?: ControlProcess }
  | { readonly kind: "stop-sigterm"; readonly control?: ControlProcess }
  | { readonly kind: "stop-sigkill"; readonly control?: ControlProcess }
  | { readonly kind: "stop-post"; readonly control?: ControlProcess }
  | { readonly kind: "final-watchdog"; readonly control?: ControlProcess }
  | { readonly kind: "final-sigterm"; readonly control?: ControlProcess }
  | { readonly kind: "final-sigkill"; readonly control?: ControlProcess }
  | { readonly kind: "cleaning"; readonly control: ControlProcess };

export type ServiceStateKind = ServiceState["kind"];

/** What `start` is waiting for. */
type StartWait =
  /** Type=idle: no other job, or five seconds. */
  | "idle"
  /** Type=simple, and the first moment of every other: the keeper's word that the process exists. */
  | "spawned"
  /** Type=exec: execve() worked. */
  | "exec"
  /** Type=oneshot: the end of the command. */
  | "exit"
  /** Type=notify, notify-reload: READY=1. */
  | "ready"
  /** Type=dbus: the name on the bus. */
  | "bus-name"
  /** Type=forking: the end of the process that was started. */
  | "fork"
  /** Type=forking: PIDFile=, or the only process that is left (GuessMainPID=). */
  | "main-pid";

/** What `start-post` is waiting for: its commands, or the main process of a forking service. */
type StartPostWait = "exit" | "main-pid";

/** The main process. `alien`: not started by us (PIDFile=, MAINPID=). */
export interface MainProcess {
  readonly token: Token;
  readonly pid: number;
  readonly alien: boolean;
}

/** systemd's Result= property (org.freedesktop.systemd1(5)). */
export type ServiceResult =
  | "success"
  | "resources"
  | "protocol"
  | "timeout"
  | "exit-code"
  | "signal"
  | "core-dump"
  | "watchdog"
  | "start-limit-hit"
  | "oom-kill"
  | "exec-condition";

/** An end of the main process that is not taken for one yet. */
export interface HeldExit {
  readonly token: Token;
  readonly pid: number;
  readonly code: "exited" | "killed" | "dumped";
  readonly status: number;
  readonly usage: ProcessUsage;
}

/** A descriptor that the service gave the manager to keep, by the keeper's number. */
interface StoredDescriptor {
  readonly fd: number;
  readonly name: string;
}

/** The connection that a service was made for (systemd.socket(5), Accept=yes). */
export interface Connection {
  /** The socket unit that took it. */
  readonly socket: string;
  /** Its descriptor in the keeper's store; undefined when the service has ended. */
  readonly fd: number | undefined;
  readonly peer: ConnectionPeer;
}

/** A service's own record. */
export interface ServiceData {
  readonly type: "service";
  readonly state: ServiceState;
  readonly result: ServiceResult;
  readonly reloadResult: ServiceResult;
  /** Of the last `clean`; undefined as long as there was none. */
  readonly cleanResult?: ServiceResult;
  readonly main: MainProcess | undefined;
  /** False from the start until a main process was set; true after it ended (then `main` is undefined). */
  readonly mainKnown: boolean;
  /** A main process that waits for the keeper's word: PIDFile=, GuessMainPID= or MAINPID= named it. */
  readonly adopting: { readonly token: Token; readonly pid: number } | undefined;
  /** PIDFile=: the main process has ended, and the file is being read: a daemon may have handed over to another before. */
  readonly heldExit: HeldExit | undefined;
  readonly mainExec: ExecStatus;
  /** Which ExecStart= the main process runs, or ran last; undefined for one that we did not start. */
  readonly mainCommand: number | undefined;
  /** Keyed `ExecStart:0`. */
  readonly commands: Readonly<Record<string, ExecStatus>>;
  readonly nRestarts: number;
  readonly flushRestarts: boolean;
  /** A stop was asked for by hand: Restart= does not act. */
  readonly forbidRestart: boolean;
  readonly statusText: string;
  readonly statusErrno: number;
  readonly notifyState: "unknown" | "ready" | "reloading" | "stopping";
  /** NOTIFYACCESS= of sd_notify(3) (254), until the next start. */
  readonly notifyAccess: "none" | "main" | "exec" | "all" | undefined;
  /** WATCHDOG_USEC= of sd_notify(3), until the next start. */
  readonly watchdogOverrideUsec: number | undefined;
  readonly watchdogAt: DualTimestamp;
  /** What the service has stored (FDSTORE=1 of sd_notify(3)), newest first. */
  readonly fdStore?: readonly StoredDescriptor[];
  readonly pidFileWatched: boolean;
  /** CPU time of the processes that ended since the last start. */
  readonly cpuUsec: number;
  readonly oomKilled: boolean;
  readonly busName: boolean;
  /** Absent: the service was made for none. */
  readonly connection?: Connection;
}
