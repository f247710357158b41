import type { Appointment } from "./agenda.ts";
import type { ClockName, Clocks } from "./clocks.ts";
import type { Bare } from "./processes.ts";

interface Timer {
  readonly clock: ClockName;
  readonly atUsec: number;
  readonly event: () => Bare;
  readonly appointment: Appointment<Bare>;
}

/** What the timers need of the machine around them. */
interface TimerWorld {
  readonly clocks: Clocks;
  add(atUsec: number, run: () => Bare | undefined, order?: number): Appointment<Bare>;
  cancel(appointment: Appointment<Bare>): void;
}

/** The timers that the manager has armed, by name: absolute moments on the clock that each names. */
export class SimulatedTimers {
  readonly #world: TimerWorld;
  readonly #armed = new Map<string, Timer>();
  /** Those of a manager that died: who arms one of them again takes its place, as if nothing had been. */
  readonly #lost = new Map<string, Timer>();

  constructor(world: TimerWorld) {
    this.#world = world;
  }

  arm(name: string, clock: ClockName, atUsec: number, event: () => Bare): void {
    const lost = this.#lost.get(name);
    this.disarm(name);
    const order = lost?.clock === clock && lost.atUsec === atUsec ? lost.appointment.order : undefined;
    this.#put(name, { clock, atUsec, event }, order);
  }

  #put(name: string, timer: Omit<Timer, "appointment">, order?: number, dueUsec?: number): void {
    const { clocks } = this.#world;
    const fire = (): Bare => {
      this.#armed.delete(name);
      return timer.event();
    };
    const appointment = this.#world.add(dueUsec ?? clocks.due(timer.clock, timer.atUsec), fire, order);
    this.#armed.set(name, { ...timer, appointment });
  }

  disarm(name: string): void {
    this.#lost.delete(name);
    const timer = this.#armed.get(name);
    if (timer === undefined) return;
    this.#armed.delete(name);
    this.#world.cancel(timer.appointment);
  }

  has(name: string): boolean {
    return this.#armed.has(name);
  }

  /** What is armed, as `name@time`, sorted. */
  list(): string[] {
    return [...this.#armed].map(([name, { atUsec }]) => `${name}@${atUsec}`).sort();
  }

  /** A clock was set: timers on it become due sooner or later. */
  clockChanged(): void {
    for (const [name, { appointment, ...timer }] of [...this.#armed]) {
      if (timer.clock === "monotonic") continue;
      this.#world.cancel(appointment);
      this.#put(name, timer);
    }
  }

  /** Makes the earliest of those whose names begin so elapse now; false when none is armed. */
  elapse(prefix: string): boolean {
    const armed = [...this.#armed].filter(([name]) => name.startsWith(prefix));
    const [first] = armed.sort(([, a], [, b]) => a.appointment.at - b.appointment.at);
    if (first === undefined) return false;
    const [name, timer] = first;
    this.#world.cancel(timer.appointment);
    this.#put(name, timer, undefined, this.#world.clocks.monotonicUsec);
    return true;
  }

  /** The manager died, and its timers with it. */
  forgetAll(): void {
    for (const [name, timer] of this.#armed) {
      this.#world.cancel(timer.appointment);
      this.#lost.set(name, timer);
    }
    this.#armed.clear();
  }
}
