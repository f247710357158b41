import type { Assignment, Kind } from "./kind.ts";

/** How many values are remembered for each value before. */
const LIMIT = 128;

interface Outcome<V> {
  readonly value: V;
  readonly warnings: readonly string[];
}

/**
 * For kinds that depend on the text alone (no specifiers, no position) and whose values are large: the same text gives the same object again.
 * A thousand services that share a SystemCallFilter= then share one set of four hundred names.
 */
export function remember<V extends object | undefined>(kind: Kind<V>): Kind<V> {
  const first = {};
  const known = new WeakMap<object, Map<string, Outcome<V>>>();
  const shown = new WeakMap<object, ReturnType<Kind<V>["toBus"]>>();
  return {
    ...kind,
    assign(previous, a) {
      let outcomes = known.get(previous ?? first);
      if (!outcomes) {
        outcomes = new Map();
        known.set(previous ?? first, outcomes);
      }
      const key = `${a.directive}=${a.value}`;
      let outcome = outcomes.get(key);
      if (!outcome) {
        const warnings: string[] = [];
        const value = kind.assign(previous, new Listening(a, warnings));
        outcome = { value, warnings };
        if (outcomes.size >= LIMIT) outcomes.clear();
        outcomes.set(key, outcome);
      }
      for (const message of outcome.warnings) a.warn(message);
      return outcome.value;
    },
    toBus(value) {
      if (value === undefined) return kind.toBus(value);
      let bus = shown.get(value);
      if (bus === undefined) {
        bus = kind.toBus(value);
        shown.set(value, bus);
      }
      return bus;
    },
  };
}

/** An assignment whose complaints are noted instead of made. */
class Listening implements Assignment {
  readonly #from: Assignment;
  readonly #warnings: string[];
  constructor(from: Assignment, warnings: string[]) {
    this.#from = from;
    this.#warnings = warnings;
  }
  get section(): string {
    return this.#from.section;
  }
  get directive(): string {
    return this.#from.directive;
  }
  get value(): string {
    return this.#from.value;
  }
  get position(): Assignment["position"] {
    return this.#from.position;
  }
  get facts(): Assignment["facts"] {
    return this.#from.facts;
  }
  get unit(): Assignment["unit"] {
    return this.#from.unit;
  }
  expand(text: string): string | undefined {
    return this.#from.expand(text);
  }
  expandName(text: string): string | undefined {
    return this.#from.expandName(text);
  }
  expandError(): string {
    return this.#from.expandError();
  }
  notice(message: string): void {
    this.#from.notice(message);
  }
  warn(message: string): void {
    this.#warnings.push(message);
  }
  refuse(message: string): void {
    this.#warnings.push(message);
  }
}
