import type { GraphUnit } from "@steward/graph";
import { definitionOf, resolveName } from "../definition/definitions.ts";
import type { ConditionOutcome, Event } from "../model/event.ts";
import { control } from "../service/data.ts";
import type { Step } from "../step.ts";
import type { Process } from "./processes.ts";
import { type ProcessAct, programOf, type Scenario, type ScenarioAction, type ScenarioStep } from "./scenario.ts";
import { Simulator } from "./simulator.ts";
import { typicalProgram } from "./typical.ts";

export interface PlayOptions {
  readonly units: readonly GraphUnit[];
  readonly builtin?: Readonly<Record<string, string>>;
  readonly scope?: "system" | "user";
  /** A command that the scenario says nothing of does what its unit waits for; otherwise it succeeds at once. */
  readonly typical?: boolean;
  readonly tellsLast?: boolean;
  /** The conditions of a unit as they are on this machine; the scenario's own word counts more. */
  readonly conditions?: (unit: string) => {
    conditions: readonly ConditionOutcome[];
    asserts: readonly ConditionOutcome[];
  };
  /** The units of an instance that is to be loaded on the way. */
  readonly instances?: (name: string) => readonly GraphUnit[];
  /** A simulation that goes on for longer than this many events is stopped. */
  readonly maxEvents?: number;
}

const failedCondition: ConditionOutcome = {
  type: "ConditionPathExists",
  parameter: "/as-the-scenario-says",
  negate: false,
  trigger: false,
  result: "failed",
};

/** A simulated machine that lives through a scenario. */
export class Play {
  readonly simulator: Simulator;
  readonly scenario: Scenario;
  /** Called before a step is performed; says nothing when it found nobody to act on. */
  onStep: (step: ScenarioStep) => void = () => {};
  /** Called when a step found nobody to act on. */
  onMissed: (step: ScenarioStep, why: string) => void = () => {};
  /** Called after the manager was killed and has recovered. */
  onKill: () => void = () => {};
  events = 0;
  readonly #maxEvents: number;
  readonly #met = new Map<string, boolean>();
  /** Numbers of effects before which the manager is killed. */
  readonly #kills = new Set<number>();

  constructor(scenario: Scenario, options: PlayOptions) {
    this.scenario = scenario;
    this.#maxEvents = options.maxEvents ?? 1_000_000;
    for (const unit of scenario.unmet) this.#met.set(unit, false);
    this.simulator = new Simulator({
      units: options.units,
      ...(options.builtin === undefined ? {} : { builtin: options.builtin }),
      ...(options.scope === undefined ? {} : { scope: options.scope }),
      tellsLast: options.tellsLast ?? true,
      mounts: true,
      ...(options.instances === undefined ? {} : { instances: options.instances }),
      program: (unit, directive, index) =>
        programOf(scenario.programs, unit, directive, index) ??
        (options.typical ? typicalProgram(definitionOf(this.simulator.state, unit), directive) : undefined),
      conditions: (unit) => {
        const met = this.#met.get(unit);
        if (met === false) return { conditions: [failedCondition], asserts: [] };
        return met === undefined && options.conditions !== undefined
          ? options.conditions(unit)
          : { conditions: [], asserts: [] };
      },
      killBefore: (effect) => {
        if (!this.#kills.delete(effect)) return false;
        this.onKill();
        return true;
      },
    });
  }

  /** Calls back with every event and what came of it. */
  watch(watcher: (event: Event, result: Step) => void): void {
    this.simulator.watch(watcher);
  }

  /** Plays it to its end. False when it was stopped because it would not end. */
  run(): boolean {
    const begin = this.simulator.kernel.nowUsec;
    for (const step of this.scenario.steps) {
      if (!this.#advance(begin + step.atUsec)) return false;
      this.onStep(step);
      this.#act(step);
    }
    return this.#advance(begin + (this.scenario.untilUsec ?? Number.POSITIVE_INFINITY));
  }

  /** Lets things happen until then. */
  #advance(untilUsec: number): boolean {
    const { kernel } = this.simulator;
    for (let event = kernel.next(untilUsec); event !== undefined; event = kernel.next(untilUsec)) {
      this.simulator.deliver(event);
      if (++this.events >= this.#maxEvents) return false;
    }
    if (untilUsec !== Number.POSITIVE_INFINITY) kernel.nowUsec = Math.max(kernel.nowUsec, untilUsec);
    return true;
  }

  #act(step: ScenarioStep): void {
    const { action } = step;
    const { simulator } = this;
    const { kernel } = simulator;
    switch (action.kind) {
      case "job": {
        const { job, unit, mode } = action;
        const extra = action.reloadIfPossible === undefined ? {} : { reloadIfPossible: action.reloadIfPossible };
        simulator.deliver({
          kind: "enqueue",
          request: simulator.nextRequest(),
          unit,
          job,
          mode,
          manual: true,
          ...extra,
        });
        return;
      }
      case "kill": {
        const { unit, whom, signal } = action;
        simulator.deliver({ kind: "kill", request: simulator.nextRequest(), unit, whom, signal });
        return;
      }
      case "resetFailed":
        simulator.deliver({
          kind: "resetFailed",
          request: simulator.nextRequest(),
          ...(action.unit === undefined ? {} : { unit: action.unit }),
        });
        return;
      case "cancel": {
        const job = simulator.state.units.get(this.#id(action.unit))?.job;
        if (job === undefined) this.onMissed(step, `${action.unit} has no job`);
        else simulator.deliver({ kind: "cancelJob", request: simulator.nextRequest(), job });
        return;
      }
      case "clearJobs":
        simulator.deliver({ kind: "clearJobs", request: simulator.nextRequest() });
        return;
      case "daemonReload":
        simulator.reload();
        return;
      case "process":
        this.#process(step, action);
        return;
      case "nextSpawn":
        kernel.faultNextSpawn(this.#id(action.unit), action.fault);
        return;
      case "clock":
        kernel.setClock(action.byUsec);
        return;
      case "suspend":
        kernel.suspend(action.usec);
        return;
      case "elapse":
        if (!kernel.elapse(this.#id(action.unit))) this.onMissed(step, `${action.unit} has no timer that is armed`);
        return;
      case "condition":
        this.#met.set(this.#id(action.unit), action.holds);
        return;
      case "oomKill":
        simulator.deliver({ kind: "oomKill", unit: this.#id(action.unit) });
        return;
      case "connect":
        if (!kernel.knock(this.#id(action.unit))) this.onMissed(step, `nobody listens at ${action.unit}`);
        return;
      case "file":
        kernel.file(action.what, action.path);
        return;
      case "mount":
        simulator.deliver(kernel.mount(this.#id(action.unit), action.there));
        return;
      case "scope":
        this.#scope(action);
        return;
      case "freeze": {
        const { unit, frozen } = action;
        simulator.deliver({ kind: "freeze", request: simulator.nextRequest(), unit, frozen });
        return;
      }
      case "clean": {
        const { unit } = action;
        simulator.deliver({ kind: "clean", request: simulator.nextRequest(), unit, what: ["cache", "runtime"] });
        return;
      }
      case "managerDies":
        if (action.afterEffects > 0) this.#kills.add(simulator.effectCount + action.afterEffects);
        else {
          simulator.kill();
          this.onKill();
        }
        return;
    }
  }

  /** StartTransientUnit with PIDs=. */
  #scope({ unit, programs }: Extract<ScenarioAction, { kind: "scope" }>): void {
    const { simulator } = this;
    const processes = programs.map((program) => ({ pid: simulator.kernel.table.foreign(program).pid, startTicks: 1 }));
    simulator.deliver({ kind: "join", unit: this.#id(unit), processes });
    simulator.request(unit, "start", "fail");
  }

  #id(name: string): string {
    return resolveName(this.simulator.state, name);
  }

  /** The process that a scenario means: the main process, else the control process, else whatever is there. */
  #target(unit: string): Process | undefined {
    const { kernel, state } = this.simulator;
    const machine = state.units.get(unit)?.machine;
    const wanted = machine?.type === "service" ? [machine.main?.token, control(machine.state)?.token] : [];
    for (const token of wanted) {
      const process = token === undefined ? undefined : kernel.table.byToken(token);
      if (process !== undefined) return process;
    }
    return kernel.members(unit)[0];
  }

  #process(step: ScenarioStep, { unit, does }: Extract<ScenarioAction, { kind: "process" }>): void {
    const process = this.#target(this.#id(unit));
    if (process === undefined) this.onMissed(step, `${unit} has no process`);
    else this.#do(process, does);
  }

  #do(process: Process, does: ProcessAct): void {
    const { kernel } = this.simulator;
    switch (does.kind) {
      case "ends":
        kernel.table.end(process, 0, does.end);
        return;
      case "hangs":
        process.hung = true;
        return;
      case "ignores":
        for (const signal of does.signals) process.ignores.add(signal);
        return;
      case "notifies":
        kernel.after(0, () =>
          kernel.processes.has(process.pid) ? kernel.table.notify(process, does.fields) : undefined,
        );
        return;
      case "forks":
        kernel.table.fork(process, does.program);
        return;
    }
  }
}
