import type { CommandRef, MountDirective, ServiceDirective, SocketDirective } from "./effect.ts";
import type { Token } from "./event.ts";
import type { DualTimestamp } from "./now.ts";

/** A process of Exec…Pre=, Exec…Post=, ExecReload=, ExecStop=, or the one that forks. `pid` is 0 until the keeper reports it. */
export interface ControlProcess<D extends string = ServiceDirective> {
  readonly token: Token;
  readonly pid: number;
  readonly command: CommandRef<D>;
}

/** What is known of one command's last run; all 0 when it never ran. `code` is CLD_EXITED (1), CLD_KILLED (2) or CLD_DUMPED (3). */
export interface ExecStatus {
  readonly pid: number;
  readonly start: DualTimestamp;
  readonly exit: DualTimestamp;
  readonly code: number;
  readonly status: number;
}

/** What a unit that is no service keeps of the commands that it runs, one at a time (unit/control-process.ts). */
export interface Controlled<D extends string = SocketDirective | MountDirective> {
  readonly control: ControlProcess<D> | undefined;
  /** Keyed `ExecStartPre:0`. */
  readonly commands: Readonly<Record<string, ExecStatus>>;
}
