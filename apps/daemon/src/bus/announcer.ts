import { propertiesChanged, type Signal, type Value, variant } from "@steward/ipc";
import { type CoreState, changingProperties, definitionOf, type Effect, type Observer } from "@steward/state-machine";
import { unitTypeOf } from "@steward/unit-file";
import { typeDeclarations } from "./declarations.ts";
import { unitInterface } from "./interfaces/index.ts";
import { unitPath } from "./paths.ts";
import { jobNewSignal, jobRemovedSignal } from "./signals.ts";

/** Which properties of an interface a PropertiesChanged shows, and which it only names. */
interface Told {
  readonly name: string;
  readonly shown: ReadonlyMap<string, string>;
  readonly named: readonly string[];
}

const told = new Map<string, readonly Told[]>();

/** systemd tells the type's properties first: clients may rely on the unit's coming last. */
function interfacesOf(type: string): readonly Told[] {
  const known = told.get(type);
  if (known !== undefined) return known;
  const own = typeDeclarations[type];
  const made = (own === undefined ? [unitInterface] : [own, unitInterface]).map(({ name, properties }) => {
    const all = Object.entries(properties);
    return {
      name,
      shown: new Map(all.filter(([, { emits }]) => emits === "true").map(([key, { signature }]) => [key, signature])),
      named: all.filter(([, { emits }]) => emits === "invalidates").map(([key]) => key),
    };
  });
  told.set(type, made);
  return made;
}

const atRest = [
  ["ActiveState", "inactive"],
  ["SubState", "dead"],
] as const;

/**
 * What clients hear of jobs and units, in systemd's order: what changed of a unit is told once for each turn of its loop, and before
 * the end of its job. It is gathered while the core steps, because afterwards the state may have gone on, and leaves
 * when the step is recorded.
 */
export class Announcer implements Observer {
  private readonly state: CoreState;
  private readonly anybody: () => boolean;
  private readonly changed = new Set<string>();
  private signals: Signal[] = [];

  constructor(state: CoreState, anybody: () => boolean) {
    this.state = state;
    this.anybody = anybody;
  }

  effect(effect: Effect): void {
    if (!this.anybody()) return;
    if (effect.kind === "unitChanged") this.changed.add(effect.unit);
    else if (effect.kind === "jobNew") this.signals.push(jobNewSignal(effect.job));
    else if (effect.kind === "jobRemoved") {
      if (this.changed.delete(effect.job.unit)) this.tell(effect.job.unit);
      this.signals.push(jobRemovedSignal(effect.job, effect.result));
      this.changed.add(effect.job.unit); // The unit's Job property has changed now.
    }
  }

  leaving(unit: string): void {
    if (!this.changed.has(unit)) return;
    const machine = this.state.units.get(unit)?.machine;
    // A socket that cannot be opened fails from the state before, which then has the result already.
    if (this.isBetween(unit) && machine?.type === "socket" && machine.result !== "success") this.tell(unit, atRest);
    else this.tellIfSeen(unit);
  }

  moment(): void {
    for (const unit of this.changed) this.tellIfSeen(unit);
  }

  /** What the last step had to tell. */
  take(): readonly Signal[] {
    const { signals } = this;
    this.signals = [];
    return signals;
  }

  /** systemd forks within the step, so that Type=simple is never seen on the way to their first process. */
  private isBetween(unit: string): boolean {
    const machine = this.state.units.get(unit)?.machine;
    // It also opens sockets within the step, unless another process has to give them their owner.
    if (machine?.type === "socket" && machine.state === "start-chown")
      return definitionOf(this.state, unit)?.socket?.hasOwner !== true;
    if (machine?.type !== "service" || machine.state.kind !== "start") return false;
    return definitionOf(this.state, unit)?.service?.type === "simple";
  }

  private tellIfSeen(unit: string): void {
    if (this.isBetween(unit)) return;
    this.changed.delete(unit);
    this.tell(unit);
  }

  private tell(unit: string, instead: readonly (readonly [string, string])[] = []): void {
    const values = new Map<string, Value>();
    for (const { name, value } of changingProperties(this.state, unit)) values.set(name, value as Value);
    for (const [name, value] of instead) values.set(name, value);
    for (const { name, shown, named } of interfacesOf(unitTypeOf(unit) ?? "service")) {
      const pairs: [string, ReturnType<typeof variant>][] = [];
      for (const [key, signature] of shown) {
        const value = values.get(key);
        if (value !== undefined) pairs.push([key, variant(signature, value)]);
      }
      this.signals.push(propertiesChanged(unitPath(unit), name, pairs, [...named]));
    }
  }
}
