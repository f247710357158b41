import { type ExportedState, exportState, importState } from "../create.ts";
import { takeDefinitions, withdrawDefinitions } from "../definition/take.ts";
import type { Event } from "../model/event.ts";
import type { CoreState } from "../model/state.ts";
import { step } from "../step.ts";
import { firstDifference, type ValueDifference } from "./difference.ts";
import type { DefinitionChange, RecordedEvent, RecordedStep, UnitSupply } from "./recorded.ts";

/** Where a replay went another way than the record. */
export interface ReplayDifference extends ValueDifference {
  /** Which step, counted from 0. */
  readonly step: number;
  readonly event: RecordedEvent;
  /** What differs: `units web.service`, `jobs 7`, `counters`, `effects`. */
  readonly what: string;
}

/** Re-runs a stretch of a record from a snapshot on. */
export class Replay {
  readonly state: CoreState;
  readonly #supply: UnitSupply;
  #steps = 0;

  constructor(core: ExportedState, definitions: readonly DefinitionChange[], supply: UnitSupply) {
    this.#supply = supply;
    this.state = importState(core);
    // What importState leaves out for a new manager's sake belongs to the one that is replayed.
    for (const unit of core.units) this.state.units.set(unit.id, unit);
    for (const change of definitions) {
      if (change.kind === "unloaded") withdrawDefinitions(this.state, change.names);
      else takeDefinitions(this.state, { ...change, units: supply(change) });
    }
  }

  /** Steps that were replayed. */
  get steps(): number {
    return this.#steps;
  }

  /** Takes the next recorded step; what comes of it has to be what the record says. */
  step(recorded: RecordedStep): ReplayDifference | undefined {
    const { effects, changed } = step(this.state, this.#event(recorded.event));
    const number = this.#steps++;
    const at = (what: string, difference: ValueDifference): ReplayDifference => ({
      step: number,
      event: recorded.event,
      what,
      ...difference,
    });
    const units = [...new Set([...changed.units, ...Object.keys(recorded.units)])];
    for (const id of units) {
      const difference = firstDifference(
        recorded.units[id],
        changed.units.has(id) ? (this.state.units.get(id) ?? null) : undefined,
      );
      if (difference !== undefined) return at(`units ${id}`, difference);
    }
    const jobs = new Set([...[...changed.jobs].map(String), ...Object.keys(recorded.jobs)]);
    for (const id of jobs) {
      const job = changed.jobs.has(Number(id)) ? (this.state.jobs.get(Number(id)) ?? null) : undefined;
      const difference = firstDifference(recorded.jobs[id], job);
      if (difference !== undefined) return at(`jobs ${id}`, difference);
    }
    const counters = firstDifference(recorded.counters, changed.counters ? this.state.counters : undefined);
    if (counters !== undefined) return at("counters", counters);
    const wanted = firstDifference(recorded.effects, effects);
    return wanted === undefined ? undefined : at("effects", wanted);
  }

  /** What stands until the next load that has it is not said twice. */
  #event(event: RecordedEvent): Event {
    if (event.kind !== "load") return event;
    const { names: _names, searchPath: _path, units: _units, ...load } = event;
    return { ...load, units: this.#supply(event) };
  }

  /** Whether this is the state that a snapshot says, and if not, where it is another. */
  compare(core: ExportedState): ValueDifference | undefined {
    return firstDifference(byName(core), byName(exportState(this.state)));
  }
}

/** The order of records says nothing. */
function byName({ units, jobs, ...rest }: ExportedState): unknown {
  return {
    ...rest,
    units: Object.fromEntries(units.map(({ freezeRequest: _, ...unit }) => [unit.id, unit])),
    jobs: Object.fromEntries(jobs.map((job) => [job.id, job])),
  };
}
