import type { GraphUnit } from "@steward/graph";
import type { PathSpec } from "@steward/unit-file";
import { createState, type ExportedState, exportState, importState } from "../create.ts";
import { definePath } from "../definition/define-path.ts";
import { reader } from "../definition/settings.ts";
import type { Effect } from "../model/effect.ts";
import type { Event } from "../model/event.ts";
import type { CoreState } from "../model/state.ts";
import { armedTimers } from "../recovery.ts";
import { type Step, step } from "../step.ts";
import { Kernel, type KernelOptions } from "./kernel.ts";
import type { Bare } from "./processes.ts";
import type { SocketNature } from "./sockets.ts";

export interface SimulatorOptions extends KernelOptions {
  readonly units: readonly GraphUnit[];
  readonly builtin?: Readonly<Record<string, string>>;
  readonly scope?: "system" | "user";
  /** The manager is killed before it performs this effect (counted from 0): it recovers from its record. */
  readonly killBefore?: (effect: number) => boolean;
}

/** The real core on a machine made of nothing. */
export class Simulator {
  state: CoreState;
  readonly kernel: Kernel;
  readonly #options: SimulatorOptions;
  readonly #watchers: ((event: Event, result: Step) => void)[] = [];
  /** Units that were loaded on the way: a manager that recovers loads them again. */
  readonly #instances: GraphUnit[] = [];
  #effects = 0;
  #request = 0;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    const byName = new Map(options.units.map((unit) => [unit.id, unit]));
    const paths = (name: string): readonly PathSpec[] => {
      const unit = byName.get(name);
      return unit === undefined ? [] : definePath(unit).paths;
    };
    const sockets = (name: string): SocketNature => {
      const listen = byName.get(name);
      const get = reader(listen?.settings ?? {}, "Socket");
      return { count: Math.max(1, get.list("Listen").length), accepts: get.flag("Accept", false) };
    };
    const instances = (name: string): readonly GraphUnit[] => {
      const made = options.instances?.(name) ?? [];
      this.#instances.push(...made);
      return made;
    };
    this.kernel = new Kernel({ paths, sockets, ...options, instances });
    this.state = createState({ scope: options.scope ?? "system", seed: "simulation" });
    this.deliver(this.#load());
  }

  #load(): Bare {
    const { units, builtin } = this.#options;
    const all = new Map([...units, ...this.#instances].map((unit) => [unit.id, unit]));
    // As the daemon does, whatever there is a record of, be it that its definition had only been asked for.
    for (const id of this.state?.units.keys() ?? [])
      if (!all.has(id)) for (const unit of this.#options.instances?.(id) ?? []) all.set(unit.id, unit);
    return { kind: "load", units: [...all.values()], replaceAll: true, ...(builtin === undefined ? {} : { builtin }) };
  }

  /** Called with every event and what came of it, before any effect is performed. */
  watch(watcher: (event: Event, result: Step) => void): void {
    this.#watchers.push(watcher);
  }

  /** Effects that were performed so far. */
  get effectCount(): number {
    return this.#effects;
  }

  deliver(bare: Bare | Event): readonly Effect[] {
    const event = { now: this.kernel.now(), ...bare } as Event;
    const result = step(this.state, event);
    this.state = result.state;
    for (const watcher of this.#watchers) watcher(event, result);
    let killed = false;
    for (const [index, effect] of result.effects.entries()) {
      if (this.#options.killBefore?.(this.#effects++)) {
        this.#recover(result.effects.slice(index));
        killed = true;
      }
      this.kernel.perform(effect);
    }
    if (killed) this.#recovered();
    return result.effects;
  }

  /** daemon-reload: the definitions are given anew. */
  reload(): readonly Effect[] {
    return this.deliver({ ...this.#load(), reloaded: true } as Bare);
  }

  /** The manager is killed between two events, and the next one goes on from the record. */
  kill(): void {
    this.#recover([]);
    this.#recovered();
  }

  /** A new manager loads the definitions, and looks at what is mounted. */
  #recovered(): void {
    this.deliver(this.#load());
    if (this.#options.mounts === true) this.deliver(this.kernel.mountTable());
  }

  /**
   * As after a kill: what was recorded is read again, through the text that it was recorded as. Timers are armed again from the
   * record, except those whose arming is among the effects that are still to be performed. After these the definitions are loaded.
   */
  #recover(toPerform: readonly Effect[]): void {
    const { askAgain } = this.kernel.managerDied();
    this.state = importState(readBack(exportState(this.state)));
    const later = new Set(toPerform.flatMap(timerOf));
    const { units, jobs } = armedTimers(this.state);
    for (const timer of units) this.#arm({ kind: "armTimer", ...timer }, later);
    for (const timer of jobs) this.#arm({ kind: "armJobTimer", ...timer }, later);
    askAgain();
  }

  #arm(effect: Effect, later: ReadonlySet<string>): void {
    if (!timerOf(effect).some((name) => later.has(name))) this.kernel.perform(effect);
  }

  request(
    unit: string,
    job: Extract<Event, { kind: "enqueue" }>["job"],
    mode: Extract<Event, { kind: "enqueue" }>["mode"] = "replace",
  ): readonly Effect[] {
    return this.deliver({ kind: "enqueue", request: this.nextRequest(), unit, job, mode });
  }

  /** A number for the next request. */
  nextRequest(): number {
    return ++this.#request;
  }

  /** Lets things happen for so long (or until nothing does any more). The number of events. */
  run(usec = Number.POSITIVE_INFINITY, maxEvents = 100_000): number {
    const until = this.kernel.nowUsec + usec;
    let count = 0;
    for (let event = this.kernel.next(until); event !== undefined; event = this.kernel.next(until)) {
      this.deliver(event);
      if (++count >= maxEvents) throw new Error(`still going after ${maxEvents} events`);
    }
    if (usec !== Number.POSITIVE_INFINITY) this.kernel.nowUsec = Math.max(this.kernel.nowUsec, until);
    return count;
  }
}

function timerOf(effect: Effect): string[] {
  if (effect.kind === "armTimer" || effect.kind === "disarmTimer") return [`${effect.unit} ${effect.slot}`];
  if (effect.kind === "armJobTimer" || effect.kind === "disarmJobTimer") return [`${effect.job} ${effect.slot}`];
  return [];
}

/** Through the record's text and back; JSON has no infinity. */
function readBack(state: ExportedState): ExportedState {
  const text = JSON.stringify(state, (_key, value: unknown) => (value === Number.POSITIVE_INFINITY ? "\0inf" : value));
  return JSON.parse(text, (_key, value: unknown) =>
    value === "\0inf" ? Number.POSITIVE_INFINITY : value,
  ) as ExportedState;
}
