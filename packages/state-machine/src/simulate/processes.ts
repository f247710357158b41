import type { Effect } from "../model/effect.ts";
import type { Event, Token } from "../model/event.ts";
import type { End, Program } from "./program.ts";

/** An event without its time: the kernel stamps it when it is delivered. */
export type Bare<E = Event> = E extends Event ? Omit<E, "now"> : never;

export interface Process {
  readonly pid: number;
  /** Empty for a process that was given to no unit yet. */
  unit: string;
  readonly program: Program;
  /** "ExecStart" and its kin; empty for a child that was forked. */
  readonly directive: string;
  readonly role: "main" | "control" | "child";
  /** Tokens that are told of its end: one that asked for it, those that adopted it. */
  readonly tokens: Set<Token>;
  readonly ignores: Set<number>;
  dying: boolean;
  /** It does nothing any more, and only SIGKILL ends it. */
  hung: boolean;
  ownsName: boolean;
}

/** What of a `spawn` the machine looks at. */
type Wanted = Pick<Extract<Effect, { kind: "spawn" }>, "unit" | "token" | "role"> & {
  readonly command: { readonly directive: string };
};

/** What the process table needs of the machine around it. */
export interface ProcessWorld {
  after(usec: number, run: () => Bare | undefined): unknown;
  /** Exits say whether they were the last of their unit, as the keeper does where it can. */
  readonly tellsLast: boolean;
  /** What a command has brought about by ending so, told before its end. */
  achieved(process: Process, end: End): Bare | undefined;
  /** A process has written its PID file. */
  pidFileWritten(unit: string, path: string, pid: number): Bare | undefined;
}

const SIGKILL = 9;
/** Signals that end nobody. */
const harmless: ReadonlySet<number> = new Set([0, 17, 18, 23, 28]);
const EXIT_CLEAN: End = { code: "exited", status: 0 };

/** The processes of a simulated machine: they start, say something, fork, take signals and end, as their programs say. */
export class Processes {
  readonly alive = new Map<number, Process>();
  readonly spawned = new Set<Token>();
  readonly ended = new Set<Token>();
  readonly #world: ProcessWorld;
  readonly #groups = new Map<string, Set<Process>>();
  #nextPid = 100;

  constructor(world: ProcessWorld) {
    this.#world = world;
  }

  /** Living processes of a unit. */
  members(unit: string): Process[] {
    return [...(this.#groups.get(unit) ?? [])];
  }

  byToken(token: Token): Process | undefined {
    for (const process of this.alive.values()) if (process.tokens.has(token)) return process;
    return undefined;
  }

  /** A spawn with a token that is known is a command that was repeated: nothing happens. */
  spawn(effect: Wanted, program: Program): void {
    const { unit, token, command, role } = effect;
    if (this.spawned.has(token)) return;
    this.spawned.add(token);
    const delay = program.spawnDelayUsec ?? 100;
    if (program.cannotSpawn !== undefined) {
      const reason = program.cannotSpawn;
      this.#world.after(0, () => ({
        kind: "spawnFailed",
        unit,
        token,
        reason,
        lastOfGroup: this.members(unit).length === 0,
      }));
      return;
    }
    const process = this.#make(unit, program, { directive: command.directive, role, tokens: [token] });
    this.#world.after(delay, () => ({ kind: "spawned", unit, token, pid: process.pid }));
    if (program.execFails !== undefined) {
      const { status, errno } = program.execFails;
      this.#world.after(delay, () => ({ kind: "execFailed", unit, token, status, errno, step: "exec" }));
      this.end(process, delay, { code: "exited", status });
      return;
    }
    this.#world.after(delay, () => ({ kind: "execOk", unit, token }));
    this.#run(process, delay);
  }

  #make(
    unit: string,
    program: Program,
    { directive, role, tokens }: { directive: string; role: Process["role"]; tokens: Token[] },
  ): Process {
    const ignores = new Set(program.ignores);
    const pid = this.#nextPid++;
    const process: Process = {
      pid,
      unit,
      program,
      directive,
      role,
      tokens: new Set(tokens),
      ignores,
      dying: false,
      hung: false,
      ownsName: false,
    };
    this.alive.set(pid, process);
    const group = this.#groups.get(unit);
    if (group === undefined) this.#groups.set(unit, new Set([process]));
    else group.add(process);
    return process;
  }

  #run(process: Process, delay: number): void {
    const { program } = process;
    const active = (): boolean => this.alive.has(process.pid) && !process.hung;
    for (const message of program.notify ?? [])
      this.#world.after(delay + message.atUsec, () => (active() ? this.notify(process, message.fields) : undefined));
    if (program.ownsNameUsec !== undefined)
      this.#world.after(delay + program.ownsNameUsec, () => {
        if (!active()) return undefined;
        process.ownsName = true;
        return { kind: "busName", unit: process.unit, owned: true };
      });
    for (const fork of program.forks ?? [])
      this.#world.after(delay + fork.atUsec, () => {
        if (!active()) return undefined;
        const child = this.fork(process, fork.program);
        const path = fork.writesPidFile;
        return path === undefined ? undefined : this.#world.pidFileWritten(process.unit, path, child.pid);
      });
    if (program.runsUsec === undefined) return;
    const end = program.end ?? EXIT_CLEAN;
    this.#world.after(delay + program.runsUsec, () => (process.hung ? undefined : this.#gone(process, end)));
  }

  /** A child in the same unit. */
  fork(process: Process, program: Program): Process {
    const child = this.#make(process.unit, program, { directive: "", role: "child", tokens: [] });
    this.#run(child, 0);
    return child;
  }

  /** A process that somebody else started, of no unit. */
  foreign(program: Program): Process {
    const process = this.#make("", program, { directive: "", role: "child", tokens: [] });
    this.#run(process, 0);
    return process;
  }

  /** It belongs to this unit from now on, and its end is told to this token. False when it is not there. */
  attach(pid: number, unit: string, token: Token): boolean {
    const process = this.alive.get(pid);
    if (process === undefined) return false;
    this.#groups.get(process.unit)?.delete(process);
    process.unit = unit;
    process.tokens.add(token);
    this.spawned.add(token);
    this.#groups.set(unit, (this.#groups.get(unit) ?? new Set()).add(process));
    return true;
  }

  notify(process: Process, fields: readonly (readonly [string, string])[]): Bare {
    const [token] = process.tokens;
    return { kind: "notify", unit: process.unit, token, pid: process.pid, fields };
  }

  signal(process: Process, signal: number): void {
    const { handles = {}, dyingUsec = 50, killedUsec = 10 } = process.program;
    if (signal !== SIGKILL && (harmless.has(signal) || process.ignores.has(signal) || process.hung)) return;
    if (process.dying && signal !== SIGKILL) return;
    process.dying = true;
    const status = handles[signal];
    const end: End =
      signal !== SIGKILL && status !== undefined ? { code: "exited", status } : { code: "killed", status: signal };
    this.end(process, signal === SIGKILL ? killedUsec : dyingUsec, end);
  }

  /** It ends by itself after a while, unless something else ends it before. */
  end(process: Process, afterUsec: number, end: End): void {
    this.#world.after(afterUsec, () => this.#gone(process, end));
  }

  /** It is gone without anybody being told. */
  vanish(pid: number): boolean {
    const process = this.alive.get(pid);
    if (process === undefined) return false;
    this.alive.delete(pid);
    this.#groups.get(process.unit)?.delete(process);
    return true;
  }

  #gone(process: Process, end: End): Bare | undefined {
    const { unit, pid, program } = process;
    if (!this.vanish(pid)) return undefined;
    const last = this.members(unit).length === 0;
    if (process.ownsName) this.#world.after(0, () => ({ kind: "busName", unit, owned: false }));
    if (last) this.#world.after(5, () => (this.members(unit).length === 0 ? { kind: "groupEmpty", unit } : undefined));
    const [token, ...others] = process.tokens;
    if (token === undefined) return undefined;
    const exited = (told: Token): Bare => {
      this.ended.add(told);
      const usage = { cpuUsec: program.cpuUsec ?? 0 };
      const hint = last && this.#world.tellsLast ? { lastOfGroup: true } : {};
      return { kind: "exited", unit, token: told, pid, ...end, usage, ...hint };
    };
    const first = this.#world.achieved(process, end);
    if (first !== undefined) this.#world.after(0, () => exited(token));
    for (const other of others) this.#world.after(0, () => exited(other));
    return first ?? exited(token);
  }
}
