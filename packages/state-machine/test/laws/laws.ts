import { armedTimers, type Event, type JobRecord, type Play, type Step, unitView } from "@steward/state-machine";
import { definitionOf } from "../../src/definition/definitions.ts";

/** A law that a run broke. */
export interface Breach {
  readonly law: string;
  readonly told: string;
}

class Broken extends Error {
  readonly breach: Breach;
  constructor(law: string, told: string) {
    super(`${law}: ${told}`);
    this.breach = { law, told };
  }
}

function demand(holds: boolean, law: string, told: () => string): void {
  if (!holds) throw new Broken(law, told());
}

const second = 1_000_000;
const resting: ReadonlySet<string> = new Set(["inactive", "failed"]);
const between: ReadonlySet<string> = new Set(["activating", "deactivating"]);
const stopsFirst = (job: JobRecord): boolean => job.type === "stop" || job.type === "restart";

/** Eight time-outs of two seconds and one EXTEND_TIMEOUT_USEC=, for each of the eight units that a stop may have to wait for. */
const stopUsec = 8 * 25 * second;

/** Watches one run and throws when it breaks a law. */
export class Laws {
  readonly #play: Play;
  readonly #jobs = new Map<
    number,
    { unit: string; sinceUsec: number; runs: number; lastState: string; type: string }
  >();
  readonly #ended = new Set<number>();
  readonly #replies = new Set<number>();
  readonly #requests = new Set<number>();
  /** Units that said that they gave up on processes: "Processes still around after final SIGKILL." */
  readonly #gaveUp = new Set<string>();
  /** Units whose stop an irreversible job forbade. */
  readonly #forbidden = new Set<string>();
  readonly #active = new Map<string, string>();
  /**
   * What a unit is bound to, where that had a job when the unit came up or when it went down itself. systemd looks at these moments
   * and passes over what has a job: when that comes to nothing, the unit stays up.
   */
  readonly #excused = new Map<string, Set<string>>();

  constructor(play: Play) {
    this.#play = play;
    play.watch((event, result) => this.#check(event, result));
    const { onKill } = play;
    play.onKill = () => {
      onKill();
      // Whoever asked a manager that is dead gets no answer.
      for (const request of this.#requests) if (!this.#replies.has(request)) this.#requests.delete(request);
    };
  }

  #check(event: Event, result: Step): void {
    if ("request" in event) this.#requests.add(event.request);
    this.#checkReplies(result);
    this.#checkJobs(event, result);
    this.#checkOrder(result);
    this.#checkBound(result);
    this.#checkProcesses(result);
    this.#checkDescriptors(result);
    this.#checkPlain(result);
  }

  #checkReplies({ effects }: Step): void {
    for (const effect of effects) {
      if (effect.kind !== "reply") continue;
      demand(!this.#replies.has(effect.request), "one answer", () => `request ${effect.request} was answered twice`);
      this.#replies.add(effect.request);
    }
  }

  /** No job is lost, and none runs twice. */
  #checkJobs(event: Event, { state, effects, changed }: Step): void {
    for (const effect of effects) {
      if (effect.kind === "jobNew") {
        const { id, unit, type } = effect.job;
        demand(!this.#jobs.has(id) && !this.#ended.has(id), "job ids", () => `job ${id} was made twice`);
        this.#jobs.set(id, { unit, sinceUsec: event.now.monotonicUsec, runs: 0, lastState: "waiting", type });
      } else if (effect.kind === "jobRemoved") {
        const { id } = effect.job;
        demand(this.#jobs.has(id), "jobs end once", () => `job ${id} ended and was not there`);
        this.#checkStopTime(event, effect.job.type, id);
        this.#jobs.delete(id);
        this.#ended.add(id);
      }
    }
    demand(state.jobs.size === this.#jobs.size, "no job is lost", () => {
      const known = [...this.#jobs.keys()].join(" ");
      return `the queue has ${[...state.jobs.keys()].join(" ") || "nothing"}, clients were told of ${known || "nothing"}`;
    });
    for (const id of changed.jobs) {
      const job = state.jobs.get(id);
      const known = this.#jobs.get(id);
      if (job === undefined || known === undefined) continue;
      const { unit, type } = job;
      demand(
        state.units.get(unit)?.[type === "nop" ? "nopJob" : "job"] === id,
        "no job is lost",
        () => `${unit} does not know its job ${id}`,
      );
      // The stop of a restart and its start are one job; a merge makes another of it.
      if (type !== known.type) known.runs = 0;
      if (job.state === "running" && known.lastState !== "running") known.runs++;
      known.lastState = job.state;
      known.type = type;
    }
  }

  #checkStopTime({ now }: Event, type: string, id: number): void {
    if (type !== "stop") return;
    const { unit, sinceUsec } = this.#jobs.get(id)!;
    const took = now.monotonicUsec - sinceUsec;
    demand(took < stopUsec, "a stop ends", () => `the stop of ${unit} took ${took / second} s`);
  }

  /**
   * systemd.unit(5), Before=: nothing begins while what it comes after has a job; what is stopped goes in the reverse order, and a
   * stop before any start. Jobs that came later than the one that begins hold nobody up.
   */
  #checkOrder({ state, changed }: Step): void {
    for (const id of changed.jobs) {
      const job = state.jobs.get(id);
      if (job === undefined || job.state !== "running" || job.ignoreOrder || job.type === "nop") continue;
      if (job.startedUsec !== this.#play.simulator.kernel.nowUsec) continue;
      for (const atom of ["after", "before"] as const)
        for (const other of state.definitions.graph.byAtom(job.unit, atom)) {
          const record = state.units.get(other)?.job;
          const blocking = record === undefined ? undefined : state.jobs.get(record);
          if (blocking === undefined || blocking.ignoreOrder || blocking.id > job.id) continue;
          // `earlier` comes up before `later`.
          const [earlier, later] = atom === "after" ? [blocking, job] : [job, blocking];
          const first = stopsFirst(later) ? later : earlier;
          demand(
            first === job,
            "ordering",
            () => `${job.unit}/${job.type} (job ${job.id}) runs before ${other}/${blocking.type} (job ${blocking.id})`,
          );
        }
    }
  }

  /** Nothing is active while what it is bound to is not, unless it tried to stop too often (16 in 10 s), or was forbidden to. */
  #checkBound({ state, changed, effects }: Step): void {
    for (const effect of effects)
      if (effect.kind === "log" && effect.line.message.includes("Failed to enqueue stop job"))
        this.#forbidden.add(effect.line.unit ?? "");
    for (const id of changed.units) {
      const before = this.#active.get(id);
      const now = unitView(state, id).activeState;
      if (before === now) continue;
      this.#active.set(id, now);
      for (const excused of this.#excused.values()) if (!resting.has(now)) excused.delete(id);
      if (resting.has(now) && state.units.get(id)?.job !== undefined)
        for (const unit of this.#active.keys()) this.#excuse(unit, [id]);
      if (now !== "active") continue;
      const pending = state.definitions.graph
        .byAtom(id, "cannot-be-active-without")
        .filter((other) => state.units.get(other)?.job !== undefined);
      this.#excused.delete(id);
      this.#excuse(id, pending);
    }
    for (const [unit, active] of this.#active) {
      const record = state.units.get(unit);
      if (active !== "active" || record === undefined || record.job !== undefined || record.autoLimit.count >= 16)
        continue;
      if (this.#forbidden.has(unit)) continue;
      for (const other of state.definitions.graph.byAtom(unit, "cannot-be-active-without")) {
        if (state.units.get(other)?.job !== undefined || this.#excused.get(unit)?.has(other)) continue;
        const theirs = unitView(state, other).activeState;
        demand(!resting.has(theirs), "BindsTo=", () => `${unit} is active, and ${other} is ${theirs}`);
      }
    }
  }

  #excuse(unit: string, others: readonly string[]): void {
    this.#excused.set(unit, new Set([...(this.#excused.get(unit) ?? []), ...others]));
  }

  /** No process outlives its unit, unless KillMode= or SendSIGKILL= says so, or the kernel would not let it go. */
  #checkProcesses({ state, changed, effects }: Step): void {
    const { kernel } = this.#play.simulator;
    for (const effect of effects)
      if (effect.kind === "log" && effect.line.message.includes("rocesses still around after"))
        if (effect.line.unit !== undefined) this.#gaveUp.add(effect.line.unit);
    for (const id of changed.units) {
      if (!resting.has(unitView(state, id).activeState) || this.#gaveUp.has(id)) continue;
      const service = definitionOf(state, id)?.service;
      if (service === undefined || !service.sendSigkill) continue;
      if (service.killMode === "none" || service.killMode === "process") continue;
      const left = kernel.members(id).map(({ pid, directive }) => `${pid} (${directive || "child"})`);
      demand(left.length === 0, "no process outlives its unit", () => `${id} is at rest with ${left.join(", ")}`);
    }
  }

  /** What is passed on is open, and nothing is closed twice. */
  #checkDescriptors({ effects, state }: Step): void {
    const { sockets } = this.#play.simulator.kernel;
    const held = new Set([...sockets.open.values()].flatMap(({ fds }) => fds));
    for (const effect of effects) {
      if (effect.kind === "closeFd")
        demand(!sockets.closed.has(effect.fd), "descriptors", () => `descriptor ${effect.fd} is closed twice`);
      if (effect.kind !== "spawn") continue;
      for (const { id, name } of effect.fds ?? [])
        demand(
          held.has(id) || sockets.connections.has(id),
          "descriptors",
          () => `${effect.unit} is given ${name} (${id}), which is not open`,
        );
    }
    for (const { machine } of state.units.values()) {
      if (machine.type !== "service" || machine.connection === undefined) continue;
      const { fd } = machine.connection;
      demand(
        !sockets.closed.has(fd),
        "descriptors",
        () => `a service still counts on the connection ${fd}, which is closed`,
      );
    }
  }

  /** Records are plain JSON, so that what is read back is what was written. */
  #checkPlain({ state, changed }: Step): void {
    for (const id of changed.units) isPlain(state.units.get(id), `record of ${id}`);
    for (const id of changed.jobs) isPlain(state.jobs.get(id), `job ${id}`);
  }

  /** What holds between two turns, when every effect was performed. */
  settled(): void {
    const { state, kernel } = this.#play.simulator;
    const { units, jobs } = armedTimers(state);
    const recorded = [
      ...units.map(({ unit, slot, atUsec }) => `unit ${unit} ${slot}@${atUsec}`),
      ...jobs.map(({ job, slot, atUsec }) => `job ${job} ${slot}@${atUsec}`),
    ].sort();
    const armed = kernel.timers.list();
    demand(
      recorded.join("\n") === armed.join("\n"),
      "timers are recorded",
      () => `recorded: ${recorded.join(", ")}; armed: ${armed.join(", ")}`,
    );
  }

  /** Whoever waits to be woken by somebody has told the keeper so. */
  doors(): void {
    const { state, kernel } = this.#play.simulator;
    for (const { id, machine, job } of state.units.values()) {
      if (machine.type === "socket") this.#checkSocket(id, machine.state, machine.sockets?.set);
      if (machine.type === "path" && machine.state === "waiting" && job === undefined)
        demand(
          kernel.watched(id) > 0 || machine.looking !== undefined || machine.touched !== undefined,
          "path units hear",
          () => `${id} is waiting, and nothing is watched for it`,
        );
      if (machine.type === "timer" && machine.state === "waiting" && job === undefined)
        demand(
          kernel.isArmed(id, "elapse") || kernel.isArmed(id, "calendar") || this.#waitsForClock(id),
          "no timer is lost",
          () => `${id} is waiting, and no timer is armed for it`,
        );
    }
    const known = new Set(
      [...state.units.values()].flatMap(({ machine }) => (machine.type === "socket" ? [machine.sockets?.set] : [])),
    );
    for (const { set, unit } of kernel.sockets.open.values())
      demand(
        known.has(set),
        "sockets close",
        () => `the sockets of ${unit} (${set}) are open, and nobody knows of them`,
      );
    const connections = new Set(
      [...state.units.values()].flatMap(({ machine }) =>
        machine.type === "service" && machine.connection !== undefined
          ? [machine.connection.fd]
          : machine.type === "socket"
            ? machine.pending.map(({ fd }) => fd)
            : [],
      ),
    );
    for (const fd of kernel.sockets.connections)
      demand(connections.has(fd), "connections close", () => `the connection ${fd} is held, and nobody knows of it`);
  }

  #waitsForClock(id: string): boolean {
    const timer = definitionOf(this.#play.simulator.state, id)?.timer;
    return timer !== undefined && (timer.onClockChange || timer.onTimezoneChange);
  }

  #checkSocket(id: string, state: string, set: number | undefined): void {
    const { sockets } = this.#play.simulator.kernel;
    const open = set === undefined ? undefined : sockets.open.get(set);
    if (state === "listening" || state === "running")
      demand(open !== undefined, "sockets stay open", () => `${id} is ${state}, and its sockets are not open`);
    if (state === "listening" && open !== undefined)
      demand(
        open.watched || open.waiting > 0,
        "nobody knocks in vain",
        () => `${id} is listening, and nobody hears who knocks`,
      );
  }

  /** What holds when nothing more happens. */
  atEnd(): void {
    const { state, kernel } = this.#play.simulator;
    this.settled();
    this.doors();
    const unanswered = [...this.#requests].filter((request) => !this.#replies.has(request));
    demand(unanswered.length === 0, "one answer", () => `nobody answered request ${unanswered.join(", ")}`);
    const kept = [...kernel.endedTokens].filter((token) => !kernel.released.has(token));
    const waiting = new Set(
      [...state.units.values()].flatMap((unit) =>
        unit.machine.type === "service" && unit.machine.heldExit !== undefined ? [unit.machine.heldExit.token] : [],
      ),
    );
    demand(
      kept.every((token) => waiting.has(token)),
      "no effect is left unanswered",
      () => `ended and not released: tokens ${kept.join(", ")}`,
    );
    for (const { unit, type, enqueuedUsec } of state.jobs.values()) {
      const age = kernel.nowUsec - enqueuedUsec;
      demand(
        type !== "stop" || age < stopUsec,
        "a stop ends",
        () => `the stop of ${unit} has not ended in ${age / second} s`,
      );
    }
    for (const job of state.jobs.values()) {
      if (job.state !== "running" || job.check !== undefined) continue;
      const { activeState } = unitView(state, job.unit);
      demand(
        between.has(activeState) || activeState === "reloading",
        "jobs get on",
        () => `${job.unit}/${job.type} runs, and the unit is ${activeState}`,
      );
    }
    for (const { id, job } of state.units.values()) {
      const { activeState } = unitView(state, id);
      if (job !== undefined || !between.has(activeState)) continue;
      const waits =
        kernel.members(id).length > 0 ||
        kernel.isArmed(id, "restart") ||
        kernel.isArmed(id, "state") ||
        state.idle.has(id);
      demand(waits, "units get on", () => `${id} is ${activeState} and waits for nothing`);
    }
  }
}

function isPlain(value: unknown, what: string): void {
  if (value === undefined || value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    demand(
      !Number.isNaN(value) && !Object.is(value, -0) && value !== Number.NEGATIVE_INFINITY,
      "records are JSON",
      () => `${what} has ${value}`,
    );
    return;
  }
  demand(typeof value === "object", "records are JSON", () => `${what} has a ${typeof value}`);
  const prototype = Object.getPrototypeOf(value);
  demand(
    prototype === Object.prototype || prototype === Array.prototype,
    "records are JSON",
    () => `${what} has a ${prototype?.constructor?.name}`,
  );
  for (const part of Object.values(value as object)) isPlain(part, what);
}

/** The breach that an error stands for, if it is one; a throw of the core itself breaks a law too. */
export function breachOf(error: unknown): Breach {
  if (error instanceof Broken) return error.breach;
  return {
    law: "the core never throws",
    told: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
