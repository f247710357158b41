/** How a process ends by itself or on a signal. */
export interface End {
  readonly code: "exited" | "killed" | "dumped";
  readonly status: number;
}

/** What a command does when it runs, as data. Times count from its start, in microseconds. */
export interface Program {
  /** From the request to the keeper's report of the pid. */
  readonly spawnDelayUsec?: number;
  /** It ends by itself after so long; without it, it runs until it is signalled. */
  readonly runsUsec?: number;
  readonly end?: End;
  /** A plan step fails instead of execve(): systemd's exit status (203/EXEC …). */
  readonly execFails?: { readonly status: number; readonly errno: number };
  /** Messages by sd_notify(3). */
  readonly notify?: readonly { readonly atUsec: number; readonly fields: readonly (readonly [string, string])[] }[];
  /** It takes its BusName= after so long, and gives it up by ending. */
  readonly ownsNameUsec?: number;
  /** Children in the same unit, left behind when it ends. */
  readonly forks?: readonly { readonly atUsec: number; readonly program: Program; readonly writesPidFile?: string }[];
  /** Signals that do nothing to it. */
  readonly ignores?: readonly number[];
  /** From a signal that it does not ignore to its end. */
  readonly dyingUsec?: number;
  /** A signal that makes it exit by itself, with that status, instead of dying by it. */
  readonly handles?: Readonly<Record<number, number>>;
  /** From SIGKILL to its end: what sleeps in the kernel cannot be killed. */
  readonly killedUsec?: number;
  readonly cpuUsec?: number;
  /** So long after execve() it accepts everybody who waits at its sockets. */
  readonly letsInUsec?: number;
  /** No process can be made at all, for this reason (an EnvironmentFile= that is not there). */
  readonly cannotSpawn?: string;
}

/** sleep(1): for ever. */
export const forever: Program = {};
/** true(1). */
export const succeeds: Program = { runsUsec: 1_000, end: { code: "exited", status: 0 } };
export const exits = (status: number, runsUsec = 1_000): Program => ({ runsUsec, end: { code: "exited", status } });
