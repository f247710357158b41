/** systemd's job types (org.freedesktop.systemd1(5), Job objects; systemctl(1)). `verify-active` and `nop` exist only inside transactions and queues. */
export type JobType =
  | "start"
  | "verify-active"
  | "stop"
  | "reload"
  | "restart"
  | "nop"
  | "try-restart"
  | "try-reload"
  | "reload-or-start";

/** systemctl(1), --job-mode=. */
export type JobMode =
  | "fail"
  | "replace"
  | "replace-irreversibly"
  | "isolate"
  | "flush"
  | "ignore-dependencies"
  | "ignore-requirements"
  | "triggering"
  | "restart-dependencies";

/** How a job ended, as in the JobRemoved signal. */
export type JobResult =
  | "done"
  | "canceled"
  | "timeout"
  | "failed"
  | "dependency"
  | "skipped"
  | "invalid"
  | "assert"
  | "unsupported"
  | "collected"
  | "once";

/** A job in the queue. Its object path is /org/freedesktop/systemd1/job/ID. */
export interface Job {
  readonly id: number;
  readonly unit: string;
  readonly type: JobType;
  readonly state: "waiting" | "running";
  readonly irreversible: boolean;
  readonly ignoreOrder: boolean;
  /** Monotonic, microseconds. */
  readonly enqueuedUsec: number;
  readonly startedUsec: number;
  /** The transaction's anchor: the job that somebody asked for. */
  readonly anchor: boolean;
}
