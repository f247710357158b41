import type { Effect } from "../model/effect.ts";
import type { ConditionOutcome, Event, TimerSlot, Token } from "../model/event.ts";
import type { Now } from "../model/now.ts";
import { Agenda, type Appointment } from "./agenda.ts";
import type { End, Program } from "./program.ts";
import { succeeds } from "./program.ts";

/** An event without its time: the kernel stamps it when it is delivered. */
export type Bare<E = Event> = E extends Event ? Omit<E, "now"> : never;

export interface KernelOptions {
  /** What a unit's command does, by unit and command; by default it succeeds at once. */
  program(unit: string, directive: string, index: number): Program | undefined;
  conditions?(unit: string): { conditions: readonly ConditionOutcome[]; asserts: readonly ConditionOutcome[] };
  /** How long an answer of the shell takes. */
  readonly latencyUsec?: number;
  /** Exits say whether they were the last of their unit, as the keeper does where it can. */
  readonly tellsLast?: boolean;
}

interface Process {
  readonly pid: number;
  readonly unit: string;
  readonly program: Program;
  /** Tokens that are told of its end: one that asked for it, those that adopted it. */
  readonly tokens: Set<Token>;
  dying: boolean;
}

const SIGKILL = 9;
/** Signals that end nobody. */
const harmless: ReadonlySet<number> = new Set([0, 17, 18, 23, 28]);
const EXIT_CLEAN: End = { code: "exited", status: 0 };

/**
 * A machine made of nothing: a clock, processes that are data, and a queue of what will happen. It performs the core's
 * effects and hands back the core's events, in an order that follows from its inputs alone.
 */
export class Kernel {
  nowUsec = 1_000_000;
  readonly processes = new Map<number, Process>();
  readonly log: string[] = [];
  readonly released = new Set<Token>();
  readonly spawnedTokens = new Set<Token>();
  readonly endedTokens = new Set<Token>();
  readonly #options: KernelOptions;
  readonly #agenda = new Agenda<Bare>();
  readonly #timers = new Map<string, Appointment<Bare>>();
  readonly #pidFiles = new Map<string, number>();
  readonly #pidFileReaders = new Map<string, string>();
  #nextPid = 100;

  constructor(options: KernelOptions) {
    this.#options = options;
  }

  now(): Now {
    return {
      monotonicUsec: this.nowUsec,
      boottimeUsec: this.nowUsec,
      realtimeUsec: 1_700_000_000_000_000 + this.nowUsec,
    };
  }

  /** The next thing that happens, with the clock moved on to it; undefined when nothing ever will. */
  next(untilUsec = Number.POSITIVE_INFINITY): Event | undefined {
    for (let first = this.#agenda.take(untilUsec); first !== undefined; first = this.#agenda.take(untilUsec)) {
      this.nowUsec = Math.max(this.nowUsec, first.at);
      const event = first.run();
      if (event !== undefined) return { now: this.now(), ...event } as Event;
    }
    return undefined;
  }

  after(usec: number, run: () => Bare | undefined): Appointment<Bare> {
    return this.#agenda.add(this.nowUsec + usec, run);
  }

  /** Living processes of a unit. */
  members(unit: string): Process[] {
    return [...this.processes.values()].filter((p) => p.unit === unit);
  }

  perform(effect: Effect): void {
    const latency = this.#options.latencyUsec ?? 10;
    switch (effect.kind) {
      case "spawn":
        this.#spawn(effect);
        break;
      case "signal":
        for (const p of this.processes.values()) if (p.tokens.has(effect.token)) this.#signal(p, effect.signal);
        break;
      case "signalGroup":
        for (const p of this.members(effect.unit))
          if (!effect.except.some((t) => p.tokens.has(t))) this.#signal(p, effect.signal);
        break;
      case "release":
        this.released.add(effect.token);
        break;
      case "checkConditions": {
        const outcome = this.#options.conditions?.(effect.unit) ?? { conditions: [], asserts: [] };
        this.after(latency, () => ({ kind: "conditionsChecked", unit: effect.unit, check: effect.check, ...outcome }));
        break;
      }
      case "readPidFile":
        if (effect.watch) this.#pidFileReaders.set(effect.unit, effect.path);
        this.after(latency, () => this.#pidFile(effect.unit, effect.path));
        break;
      case "unwatchPidFile":
        this.#pidFileReaders.delete(effect.unit);
        break;
      case "removePidFile":
        this.#pidFiles.delete(effect.path);
        break;
      case "findMainPid":
        this.after(latency, () => {
          const members = this.members(effect.unit);
          return { kind: "pidFile", unit: effect.unit, pid: members.length === 1 ? members[0]!.pid : 0 };
        });
        break;
      case "adopt":
        this.after(latency, () => {
          const p = this.processes.get(effect.pid);
          p?.tokens.add(effect.token);
          if (p !== undefined) this.spawnedTokens.add(effect.token);
          return { kind: "adopted", unit: effect.unit, token: effect.token, pid: effect.pid, ok: p !== undefined };
        });
        break;
      case "armTimer":
        this.#arm(`unit ${effect.unit} ${effect.slot}`, effect.atUsec, () => ({
          kind: "timer",
          unit: effect.unit,
          slot: effect.slot,
        }));
        break;
      case "disarmTimer":
        this.#disarm(`unit ${effect.unit} ${effect.slot}`);
        break;
      case "armJobTimer":
        this.#arm(`job ${effect.job} ${effect.slot}`, effect.atUsec, () => ({
          kind: "jobTimer",
          job: effect.job,
          slot: effect.slot,
        }));
        break;
      case "disarmJobTimer":
        this.#disarm(`job ${effect.job} ${effect.slot}`);
        break;
      case "log":
        this.log.push(effect.line.message);
        break;
      case "cleanUp":
      case "reply":
      case "jobNew":
      case "jobRemoved":
      case "unitChanged":
      case "systemAction":
        break;
    }
  }

  #arm(name: string, atUsec: number, event: () => Bare): void {
    this.#disarm(name);
    const at = Math.max(0, atUsec - this.nowUsec);
    this.#timers.set(
      name,
      this.after(at, () => {
        this.#timers.delete(name);
        return event();
      }),
    );
  }

  #disarm(name: string): void {
    const appointment = this.#timers.get(name);
    if (appointment === undefined) return;
    this.#timers.delete(name);
    this.#agenda.cancel(appointment);
  }

  /** Whether a unit's timer is armed, for laws. */
  isArmed(unit: string, slot: TimerSlot): boolean {
    return this.#timers.has(`unit ${unit} ${slot}`);
  }

  #pidFile(unit: string, path: string): Bare {
    const pid = this.#pidFiles.get(path);
    if (pid !== undefined && this.processes.has(pid)) return { kind: "pidFile", unit, pid };
    return {
      kind: "pidFile",
      unit,
      pid: 0,
      problem: `Can't open PID file ${path} (yet?) after start: No such file or directory`,
    };
  }

  #spawn(effect: Extract<Effect, { kind: "spawn" }>): void {
    if (this.spawnedTokens.has(effect.token)) return; // The keeper knows this token: a repeated command.
    this.spawnedTokens.add(effect.token);
    const { unit, token, command } = effect;
    const program = this.#options.program(unit, command.directive, command.index) ?? succeeds;
    const process: Process = { pid: this.#nextPid++, unit, program, tokens: new Set([token]), dying: false };
    this.processes.set(process.pid, process);
    const delay = program.spawnDelayUsec ?? 100;
    this.after(delay, () => ({ kind: "spawned", unit, token, pid: process.pid }));
    if (program.execFails !== undefined) {
      const { status, errno } = program.execFails;
      this.after(delay, () => ({ kind: "execFailed", unit, token, status, errno, step: "exec" }));
      this.#end(process, delay, { code: "exited", status });
      return;
    }
    this.after(delay, () => ({ kind: "execOk", unit, token }));
    this.#run(process, delay);
  }

  #run(process: Process, delay: number): void {
    const { program, unit } = process;
    const alive = (): boolean => this.processes.has(process.pid);
    for (const message of program.notify ?? [])
      this.after(delay + message.atUsec, () => {
        if (!alive()) return undefined;
        const [token] = process.tokens;
        return { kind: "notify", unit, token, pid: process.pid, fields: message.fields };
      });
    for (const fork of program.forks ?? [])
      this.after(delay + fork.atUsec, () => {
        if (!alive()) return undefined;
        const child: Process = { pid: this.#nextPid++, unit, program: fork.program, tokens: new Set(), dying: false };
        this.processes.set(child.pid, child);
        this.#run(child, 0);
        const path = fork.writesPidFile;
        if (path === undefined) return undefined;
        this.#pidFiles.set(path, child.pid);
        return this.#pidFileReaders.get(unit) === path ? this.#pidFile(unit, path) : undefined;
      });
    if (program.runsUsec !== undefined) this.#end(process, delay + program.runsUsec, program.end ?? EXIT_CLEAN);
  }

  #signal(process: Process, signal: number): void {
    const { ignores = [], handles = {}, dyingUsec = 50 } = process.program;
    if (signal !== SIGKILL && (harmless.has(signal) || ignores.includes(signal))) return;
    if (process.dying && signal !== SIGKILL) return;
    process.dying = true;
    const status = handles[signal];
    const end: End =
      signal !== SIGKILL && status !== undefined ? { code: "exited", status } : { code: "killed", status: signal };
    this.#end(process, signal === SIGKILL ? 10 : dyingUsec, end);
  }

  #end(process: Process, afterUsec: number, end: End): void {
    this.after(afterUsec, () => {
      if (!this.processes.delete(process.pid)) return undefined;
      const { unit, pid, program } = process;
      const last = this.members(unit).length === 0;
      if (last) this.after(5, () => (this.members(unit).length === 0 ? { kind: "groupEmpty", unit } : undefined));
      const [token, ...others] = process.tokens;
      if (token === undefined) return undefined;
      const exited = (told: Token): Bare => {
        this.endedTokens.add(told);
        const usage = { cpuUsec: program.cpuUsec ?? 0 };
        const hint = last && this.#options.tellsLast ? { lastOfGroup: true } : {};
        return { kind: "exited", unit, token: told, pid, ...end, usage, ...hint };
      };
      for (const other of others) this.after(0, () => exited(other));
      return exited(token);
    });
  }
}
