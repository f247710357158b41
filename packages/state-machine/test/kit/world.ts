import { type Effect, type Program, Simulator, type SimulatorOptions, unitView } from "@steward/state-machine";
import { instance, units } from "./units.ts";

export interface WorldOptions extends Partial<Omit<SimulatorOptions, "units" | "program">> {
  /** By unit, or by unit and command as "a.service ExecStart" or "a.service ExecStart 1". */
  readonly programs?: Readonly<Record<string, Program>>;
}

/** A simulated machine with these unit files on it. */
export class World extends Simulator {
  readonly effects: Effect[] = [];

  constructor(texts: Readonly<Record<string, string>>, { programs = {}, ...options }: WorldOptions = {}) {
    super({
      tellsLast: true,
      ...options,
      units: units(texts),
      instances: (name) => instance(texts, name),
      program: (unit, directive, index) =>
        programs[`${unit} ${directive} ${index}`] ??
        programs[`${unit} ${directive}`] ??
        (directive === "ExecStart" ? (programs[unit] ?? programs[unit.replace(/@.*\./, "@.")]) : undefined),
    });
    this.watch((_event, { effects }) => this.effects.push(...effects));
  }

  start(unit: string): this {
    this.request(unit, "start");
    return this;
  }

  /** "active running", as systemctl says it. */
  stateOf(unit: string): string {
    const { activeState, subState } = unitView(this.state, unit);
    return `${activeState} ${subState}`;
  }

  /** A service's own record. */
  service(unit: string) {
    const machine = this.state.units.get(unit)?.machine;
    if (machine?.type !== "service") throw new Error(`${unit} is no service`);
    return machine;
  }

  /** How jobs ended, in order: "a.service/start done". */
  get results(): string[] {
    return this.effects.flatMap((e) => (e.kind === "jobRemoved" ? [`${e.job.unit}/${e.job.type} ${e.result}`] : []));
  }

  /** Log lines from here on. */
  lines(): string[] {
    return this.kernel.log.splice(0);
  }
}
