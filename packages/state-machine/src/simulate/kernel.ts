import type { GraphUnit } from "@steward/graph";
import type { PathSpec } from "@steward/unit-file";
import type { Effect, PassedDescriptor } from "../model/effect.ts";
import type { ConditionOutcome, Event, TimerSlot, Token } from "../model/event.ts";
import type { Now } from "../model/now.ts";
import { Agenda, type Appointment } from "./agenda.ts";
import { Clocks } from "./clocks.ts";
import { Files } from "./files.ts";
import { type Bare, type Process, Processes } from "./processes.ts";
import type { End, Program } from "./program.ts";
import { succeeds } from "./program.ts";
import { SimulatedSockets, type SocketNature } from "./sockets.ts";
import { SimulatedTimers } from "./timers.ts";

export interface KernelOptions {
  /** What a unit's command does, by unit and command; by default it succeeds at once. */
  program(unit: string, directive: string, index: number): Program | undefined;
  conditions?(unit: string): { conditions: readonly ConditionOutcome[]; asserts: readonly ConditionOutcome[] };
  /** What removing a unit's directories does; by default it succeeds at once. */
  cleaner?(unit: string): Program | undefined;
  /** How long an answer of the shell takes. */
  readonly latencyUsec?: number;
  /** Exits say whether they were the last of their unit, as the keeper does where it can. */
  readonly tellsLast?: boolean;
  /** What a path unit watches. */
  paths?(unit: string): readonly PathSpec[];
  /** What a socket unit is like; by default it has one socket, without Accept=. */
  sockets?(unit: string): SocketNature;
  /** Mount commands that succeed change what is mounted. */
  readonly mounts?: boolean;
  /** The units of an instance that is to be loaded: of its template, and what that mentions. */
  instances?(name: string): readonly GraphUnit[];
}

/** What removes directories is no command of the unit's file. */
const cleaner = { command: { directive: "" }, role: "control" } as const;

/** An effect that the manager's own process answers: it dies with it, and is asked again. */
type Question = Extract<
  Effect,
  { kind: "checkConditions" | "readPidFile" | "findMainPid" | "readStamp" | "lookAtPaths" | "loadConnection" }
>;

interface Asked {
  readonly effect: Question;
  readonly appointment: Appointment<Bare>;
}

/**
 * A machine made of nothing: clocks, processes that are data, and a queue of what will happen. It performs the core's
 * effects and hands back the core's events, in an order that follows from its inputs alone.
 */
export class Kernel {
  readonly clocks = new Clocks();
  readonly log: string[] = [];
  readonly released = new Set<Token>();
  readonly table: Processes;
  readonly timers: SimulatedTimers;
  readonly sockets: SimulatedSockets;
  readonly #options: KernelOptions;
  readonly #agenda = new Agenda<Bare>();
  readonly #pidFiles = new Map<string, number>();
  readonly #files = new Files();
  /** What looks found before their watches were set. */
  readonly #foundBefore = new Map<number, readonly boolean[]>();
  /** Stamp files of timers: when they triggered last. */
  readonly stamps = new Map<string, number>();
  readonly #pidFileReaders = new Map<string, string>();
  readonly #mounted = new Set<string>();
  readonly #lettingIn = new Map<Token, readonly PassedDescriptor[]>();
  #asked: Asked[] = [];
  /** One-time faults, by unit: what the next command of it does in place of its program. */
  readonly #nextSpawn = new Map<string, Partial<Program>>();

  constructor(options: KernelOptions) {
    this.#options = options;
    const { clocks } = this;
    this.timers = new SimulatedTimers({
      clocks,
      add: (atUsec, run, order) => this.#agenda.add(atUsec, run, order),
      cancel: (appointment) => this.#agenda.cancel(appointment),
    });
    this.sockets = new SimulatedSockets(
      (run) => this.after(this.#latency, run),
      (unit) => options.sockets?.(unit) ?? { count: 1, accepts: false },
    );
    this.table = new Processes({
      after: (usec, run) => this.after(usec, run),
      tellsLast: options.tellsLast === true,
      achieved: (process, end) => this.#achieved(process, end),
      pidFileWritten: (unit, path, pid) => {
        this.#pidFiles.set(path, pid);
        return this.#pidFileReaders.get(unit) === path ? this.#pidFile(unit, path) : undefined;
      },
    });
  }

  /** Monotonic time. */
  get nowUsec(): number {
    return this.clocks.monotonicUsec;
  }

  set nowUsec(usec: number) {
    this.clocks.monotonicUsec = usec;
  }

  get processes(): ReadonlyMap<number, Process> {
    return this.table.alive;
  }

  /** Tokens whose end was told. */
  get endedTokens(): ReadonlySet<Token> {
    return this.table.ended;
  }

  now(): Now {
    return this.clocks.now();
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

  /** mount(8) and umount(8) do what they say. */
  #achieved({ unit, directive }: Process, { code, status }: End): Bare | undefined {
    if (this.#options.mounts !== true || code !== "exited" || status !== 0) return undefined;
    if (directive === "ExecMount") return this.mount(unit, true);
    return directive === "ExecUnmount" ? this.mount(unit, false) : undefined;
  }

  /** Something is mounted at a unit's place, or no longer. */
  mount(unit: string, there: boolean): Bare {
    if (there) this.#mounted.add(unit);
    else this.#mounted.delete(unit);
    return this.mountTable();
  }

  /** /proc/self/mountinfo. */
  mountTable(): Extract<Bare, { kind: "mounts" }> {
    const point = { what: "tmpfs", type: "tmpfs", options: "rw" };
    return { kind: "mounts", mounted: [...this.#mounted].map((unit) => ({ unit, ...point })) };
  }

  /** Living processes of a unit. */
  members(unit: string): Process[] {
    return this.table.members(unit);
  }

  perform(effect: Effect): void {
    switch (effect.kind) {
      case "spawn":
        this.#spawn(effect);
        break;
      case "signal":
        for (const p of [...this.processes.values()])
          if (p.tokens.has(effect.token)) this.table.signal(p, effect.signal);
        break;
      case "signalGroup":
        for (const p of this.members(effect.unit))
          if (!effect.except.some((t) => p.tokens.has(t))) this.table.signal(p, effect.signal);
        break;
      case "release":
        this.released.add(effect.token);
        break;
      case "readPidFile":
        if (effect.watch) this.#pidFileReaders.set(effect.unit, effect.path);
        this.#ask(effect);
        break;
      case "openSockets":
        this.sockets.openSet(effect.unit, effect.set);
        break;
      case "watchSockets":
        this.sockets.watch(effect.set, true, effect.flush);
        break;
      case "unwatchSockets":
        this.sockets.watch(effect.set, false, false);
        break;
      case "closeSockets":
        this.sockets.close(effect.set);
        break;
      case "closeFd":
        this.sockets.closeDescriptor(effect.fd);
        break;
      case "loadConnection":
      case "checkConditions":
      case "findMainPid":
      case "readStamp":
        this.#ask(effect);
        break;
      case "touchStamp":
        this.stamps.set(effect.unit, effect.atUsec);
        break;
      case "lookAtPaths":
        this.#watch(effect);
        this.#ask(effect);
        break;
      case "unwatchPaths":
        this.#unwatch(effect);
        break;
      case "unwatchPidFile":
        this.#pidFileReaders.delete(effect.unit);
        break;
      case "removePidFile":
        this.#pidFiles.delete(effect.path);
        break;
      case "adopt":
        this.#adopt(effect);
        break;
      case "attach": {
        const { unit, token, pid } = effect;
        this.after(this.#latency, () => ({
          kind: "adopted",
          unit,
          token,
          pid,
          ok: this.table.attach(pid, unit, token),
        }));
        break;
      }
      case "armTimer": {
        const { unit, slot, clock, atUsec } = effect;
        this.timers.arm(unitTimer(unit, slot), clock, atUsec, () => ({ kind: "timer", unit, slot }));
        break;
      }
      case "disarmTimer":
        this.timers.disarm(unitTimer(effect.unit, effect.slot));
        break;
      case "armJobTimer": {
        const { job, slot, atUsec } = effect;
        this.timers.arm(jobTimer(job, slot), "monotonic", atUsec, () => ({ kind: "jobTimer", job, slot }));
        break;
      }
      case "disarmJobTimer":
        this.timers.disarm(jobTimer(effect.job, effect.slot));
        break;
      case "log":
        this.log.push(effect.line.message);
        break;
      case "freezeGroup": {
        const { unit, frozen } = effect;
        this.after(this.#latency, () => ({ kind: "frozen", unit, frozen, ok: true }));
        break;
      }
      case "cleanDirectories":
        this.table.spawn({ ...effect, ...cleaner }, this.#options.cleaner?.(effect.unit) ?? succeeds);
        break;
      case "watchFd":
      case "cleanUp":
      case "requestStop":
      case "reply":
      case "jobNew":
      case "jobRemoved":
      case "unitChanged":
      case "systemAction":
        break;
    }
  }

  #spawn(effect: Extract<Effect, { kind: "spawn" }>): void {
    const { unit, command, token } = effect;
    if (this.table.spawned.has(token)) return;
    const program = this.#options.program(unit, command.directive, command.index) ?? succeeds;
    const fault = this.#nextSpawn.get(unit);
    this.#nextSpawn.delete(unit);
    const whole = fault === undefined ? program : { ...program, ...fault };
    this.table.spawn(effect, whole);
    const { fds } = effect;
    if (fds !== undefined && whole.letsInUsec !== undefined)
      this.after((whole.spawnDelayUsec ?? 100) + whole.letsInUsec, () => {
        if (this.table.byToken(token) === undefined) return undefined;
        this.sockets.letIn(fds);
        this.#lettingIn.set(token, fds);
        return undefined;
      });
  }

  /** Somebody connects to a socket unit; a service that has it and is up lets him in. False: nobody listens. */
  knock(unit: string): boolean {
    const heard = this.sockets.knock(unit);
    for (const [token, fds] of this.#lettingIn)
      if (this.table.byToken(token) !== undefined) this.sockets.letIn(fds);
      else this.#lettingIn.delete(token);
    return heard;
  }

  /** The next command of a unit does this too: it fails to spawn, comes late … */
  faultNextSpawn(unit: string, fault: Partial<Program>): void {
    this.#nextSpawn.set(unit, { ...this.#nextSpawn.get(unit), ...fault });
  }

  #adopt({ unit, token, pid }: Extract<Effect, { kind: "adopt" }>): void {
    this.after(this.#latency, () => {
      const process = this.processes.get(pid);
      process?.tokens.add(token);
      if (process !== undefined) this.table.spawned.add(token);
      return { kind: "adopted", unit, token, pid, ok: process !== undefined };
    });
  }

  get #latency(): number {
    return this.#options.latencyUsec ?? 10;
  }

  #ask(effect: Question, again?: Asked): void {
    const at = again?.appointment.at ?? this.nowUsec + this.#latency;
    const appointment = this.#agenda.add(
      at,
      () => {
        this.#asked = this.#asked.filter((asked) => asked.effect !== effect);
        return this.#answer(effect);
      },
      again?.appointment.order,
    );
    this.#asked.push({ effect, appointment });
  }

  #answer(effect: Question): Bare {
    const { unit } = effect;
    if (effect.kind === "readPidFile") return this.#pidFile(unit, effect.path);
    if (effect.kind === "findMainPid") {
      const members = this.members(unit);
      return { kind: "pidFile", unit, pid: members.length === 1 ? members[0]!.pid : 0 };
    }
    if (effect.kind === "loadConnection") {
      const { service } = effect;
      this.after(0, () => ({ kind: "connectionLoaded", unit, service }));
      return { kind: "load", units: this.#options.instances?.(service) ?? [], replaceAll: false };
    }
    if (effect.kind === "readStamp")
      return { kind: "stampRead", unit, stamp: effect.stamp, mtimeUsec: this.stamps.get(unit) };
    if (effect.kind === "lookAtPaths") return this.#look(effect);
    const outcome = this.#options.conditions?.(unit) ?? { conditions: [], asserts: [] };
    return { kind: "conditionsChecked", unit, check: effect.check, ...outcome };
  }

  #watch({ unit, look, make }: Extract<Effect, { kind: "lookAtPaths" }>): void {
    const specs = this.#paths(unit);
    const directories = specs.filter(({ type }) => type !== "PathExists" && type !== "PathExistsGlob");
    if (make) for (const { path } of directories) this.file("make", path);
    this.#files.unwatch(unit, look);
    const before = specs.map((spec) => this.#files.check(spec).before);
    this.#foundBefore.set(look, before);
    this.#files.watch(unit, look, specs);
  }

  #look({ unit, look }: Extract<Effect, { kind: "lookAtPaths" }>): Bare {
    const before = this.#foundBefore.get(look) ?? [];
    this.#foundBefore.delete(look);
    const found = this.#paths(unit).map((spec, i) => ({ ...this.#files.check(spec), before: before[i] ?? false }));
    return { kind: "pathsLooked", unit, look, found };
  }

  #unwatch({ unit, look }: Extract<Effect, { kind: "unwatchPaths" }>): void {
    this.#files.unwatch(unit, look);
    const over = this.#asked.filter((one) => one.effect.kind === "lookAtPaths" && one.effect.look === look);
    for (const { appointment } of over) this.#agenda.cancel(appointment);
    this.#asked = this.#asked.filter((one) => !over.includes(one));
  }

  #paths(unit: string): readonly PathSpec[] {
    return this.#options.paths?.(unit) ?? [];
  }

  /** Somebody makes, changes or removes a file. */
  file(what: "make" | "modify" | "remove", path: string): void {
    for (const report of this.#files[what](path)) this.after(0, () => ({ kind: "pathTouched", ...report }));
  }

  /** How many watches of a path unit stand, for laws. */
  watched(unit: string): number {
    return this.#files.watched(unit);
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

  /** The real-time clock is set, by so much. */
  setClock(byUsec: number): void {
    this.clocks.set(byUsec);
    this.timers.clockChanged();
    this.after(0, () => ({ kind: "clockChanged" }));
  }

  /** The machine sleeps for so long. */
  suspend(usec: number): void {
    this.clocks.suspend(usec);
    this.timers.clockChanged();
    this.after(0, () => ({ kind: "clockChanged" }));
  }

  /** The next timer of a unit elapses now; false when none is armed. */
  elapse(unit: string): boolean {
    return this.timers.elapse(`unit ${unit} `);
  }

  /** Whether a unit's timer is armed, for laws. */
  isArmed(unit: string, slot: TimerSlot): boolean {
    return this.timers.has(unitTimer(unit, slot));
  }

  /**
   * The manager's process is gone, with its timers and what it had been about to answer. Processes go on. The next manager arms
   * what its record says and asks again; `askAgain` is that, at the moments at which the answers were to come.
   */
  managerDied(): { readonly askAgain: () => void } {
    this.timers.forgetAll();
    const lost = this.#asked;
    this.#asked = [];
    for (const { appointment } of lost) this.#agenda.cancel(appointment);
    return {
      askAgain: () => {
        for (const asked of lost) this.#ask(asked.effect, asked);
      },
    };
  }
}

function unitTimer(unit: string, slot: string): string {
  return `unit ${unit} ${slot}`;
}

function jobTimer(job: number, slot: string): string {
  return `job ${job} ${slot}`;
}
