import type { GraphUnit } from "@steward/graph";
import { createState, type ExportedState, exportState, importState } from "../create.ts";
import type { Effect } from "../model/effect.ts";
import type { Event } from "../model/event.ts";
import type { CoreState } from "../model/state.ts";
import { type Step, step } from "../step.ts";
import { type Bare, Kernel, type KernelOptions } from "./kernel.ts";

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
  #effects = 0;
  #request = 0;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.kernel = new Kernel(options);
    this.state = createState({ scope: options.scope ?? "system", seed: "simulation" });
    this.deliver(this.#load());
  }

  #load(): Bare {
    const { units, builtin } = this.#options;
    return { kind: "load", units, replaceAll: true, ...(builtin === undefined ? {} : { builtin }) };
  }

  /** Called with every event and what came of it, before any effect is performed. */
  watch(watcher: (event: Event, result: Step) => void): void {
    this.#watchers.push(watcher);
  }

  deliver(bare: Bare | Event): readonly Effect[] {
    const event = { now: this.kernel.now(), ...bare } as Event;
    const result = step(this.state, event);
    this.state = result.state;
    for (const watcher of this.#watchers) watcher(event, result);
    for (const effect of result.effects) {
      if (this.#options.killBefore?.(this.#effects++)) this.#recover();
      this.kernel.perform(effect);
    }
    return result.effects;
  }

  /** As after a kill: what was recorded is read again, through the text that it was recorded as. */
  #recover(): void {
    const recorded = JSON.parse(JSON.stringify(exportState(this.state))) as ExportedState;
    this.state = importState(recorded);
    this.state = step(this.state, { now: this.kernel.now(), ...this.#load() } as Event).state;
  }

  request(
    unit: string,
    job: Extract<Event, { kind: "enqueue" }>["job"],
    mode: Extract<Event, { kind: "enqueue" }>["mode"] = "replace",
  ): readonly Effect[] {
    return this.deliver({ kind: "enqueue", request: ++this.#request, unit, job, mode });
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
