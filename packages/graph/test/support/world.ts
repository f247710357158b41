import {
  type ActiveState,
  buildGraph,
  type Graph,
  type GraphOptions,
  type GraphUnit,
  type JobMode,
  type JobType,
  planTransaction,
  type QueuedJob,
  type TransactionRequest,
  type TransactionResult,
  type TransactionView,
} from "../../src/index.ts";

/** One line a unit: `a.service Requires=b.service,c.service After=b.service !` (`!` at the end: without default dependencies). */
export function unit(line: string, extra: Partial<GraphUnit> = {}): GraphUnit {
  const [id, ...words] = line.trim().split(/\s+/) as [string, ...string[]];
  const dependencies: { kind: string; name: string }[] = [];
  const settings: Record<string, Record<string, unknown>> = { Unit: {} };
  for (const word of words) {
    if (word === "!") (settings.Unit as Record<string, unknown>).DefaultDependencies = false;
    else {
      const [left, right] = word.split("=") as [string, string];
      const [section, directive] = left.split(".");
      if (directive) settings[section as string] = { ...settings[section as string], [directive]: read(right) };
      else for (const name of right.split(",")) dependencies.push({ kind: left, name });
    }
  }
  return { id, names: [id], loadState: "loaded", settings, dependencies, ...extra };
}

function read(text: string): unknown {
  if (text === "yes" || text === "no") return text === "yes";
  return text.startsWith("[") ? text.slice(1, -1).split(",") : text;
}

/** Units in no slice and without defaults unless they say so, so that a test shows only what it is about. */
export function bareUnits(text: string): GraphUnit[] {
  return text
    .trim()
    .split("\n")
    .map((line) => unit(`${line} !`));
}

/** A graph with states and a queue, to plan over. */
export class World {
  readonly graph: Graph;
  readonly states = new Map<string, ActiveState>();
  readonly queue = new Map<string, QueuedJob>();
  #next = 1;

  constructor(units: Iterable<GraphUnit>, options: GraphOptions = {}) {
    this.graph = buildGraph(units, options);
  }

  static bare(text: string): World {
    return new World(bareUnits(text));
  }

  active(...units: string[]): this {
    for (const unit of units) this.states.set(unit, "active");
    return this;
  }

  get view(): TransactionView {
    return {
      activeState: (unit) => this.states.get(unit) ?? "inactive",
      job: (unit) => this.queue.get(unit),
      jobs: () => this.queue.values(),
    };
  }

  plan(type: JobType, unit: string, mode: JobMode = "replace", manual = false): TransactionResult {
    return this.planRequest({ unit, type, mode, manual });
  }

  planRequest(request: TransactionRequest): TransactionResult {
    return planTransaction({ graph: this.graph, view: this.view, request });
  }

  /** Plans, and puts the jobs into the queue as `install` says. */
  apply(type: JobType, unit: string, mode: JobMode = "replace"): TransactionResult {
    const result = this.plan(type, unit, mode);
    if (!result.ok) return result;
    for (const id of result.cancel)
      for (const job of this.queue.values()) if (job.id === id) this.queue.delete(job.unit);
    for (const job of result.jobs) {
      if (job.type === "nop") continue;
      const queued = this.queue.get(job.unit);
      const merged = job.install.kind === "merge" && queued;
      this.queue.set(job.unit, {
        id: merged ? queued.id : this.#next++,
        unit: job.unit,
        type: job.install.kind === "merge" ? job.install.type : job.type,
        state: "waiting",
        irreversible: job.irreversible || (merged ? queued.irreversible : false),
        ignoreOrder: job.ignoreOrder || (merged ? queued.ignoreOrder : false),
      });
    }
    return result;
  }
}

/** `start a.service, stop b.service` without slices, or the error's name and message. */
export function show(result: TransactionResult): string {
  if (!result.ok) return `${result.error.name.replace("org.freedesktop.systemd1.", "")}: ${result.error.message}`;
  return result.jobs
    .filter((job) => !job.unit.endsWith(".slice"))
    .map((job) => `${job.type} ${job.unit}`)
    .join(", ");
}
