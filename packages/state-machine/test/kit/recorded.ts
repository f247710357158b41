import { readFileSync } from "node:fs";
import type { World } from "./world.ts";

/** What became of one unit: sub-states in order, jobs as they ended, and what `systemctl show` said in the end. */
export interface Trace {
  readonly states: readonly string[];
  readonly jobs: readonly string[];
  readonly show: string;
}

/**
 * What systemd did, by unit. There are several recordings: whether a process of the unit is still there when the next state
 * begins is a race in systemd too, so `final-sigterm`, which only waits for leftovers, is not compared.
 */
export function readTraces(file: URL): Map<string, Trace[]> {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const units = new Map<string, Trace[]>();
  for (let i = 0; i < lines.length; i += 2) {
    const [, unit = "", steps = ""] = /^(\S+): (.*)$/.exec(lines[i]!) ?? [];
    const parts = steps.match(/\([^)]*\)|\S+/g) ?? [];
    const trace: Trace = {
      states: parts.filter((part) => !part.startsWith("(") && part !== "final-sigterm"),
      jobs: once(parts.filter((part) => part.startsWith("("))),
      show: lines[i + 1]!.trim(),
    };
    units.set(unit, [...(units.get(unit) ?? []), trace]);
  }
  return units;
}

/**
 * Jobs that do nothing are left out: systemd spreads by one of these the reload that a service decides on itself, steward needs
 * none. What is repeated counts once: how often Upholds= tries in vain until its rate limit depends on how long
 * one looks.
 */
const once = (jobs: readonly string[]): readonly string[] =>
  jobs.filter((job, i) => job !== jobs[i - 1] && !job.startsWith("(nop "));

/** The recording that equals ours, or the first, to show the difference to. */
export function closest(ours: Trace, known: readonly Trace[] = []): Trace | undefined {
  return known.find((trace) => JSON.stringify(trace) === JSON.stringify(ours)) ?? known[0];
}

/** Listens to the maps of a world's state, so that what is passed through within one turn is seen too. */
export class Listener {
  readonly states = new Map<string, string[]>();
  readonly jobs = new Map<string, string[]>();

  /** `silent`: states of a unit that systemd does not show. */
  constructor(world: World, silent: (unit: string, kind: string) => boolean) {
    const { units, jobs } = world.state;
    const last = new Map<string, string>();
    const add = (map: Map<string, string[]>, unit: string, text: string): void => {
      map.set(unit, [...(map.get(unit) ?? []), text]);
    };
    const setUnit = units.set.bind(units);
    units.set = (id, record) => {
      setUnit(id, record);
      const { machine } = record;
      const kind = machine.type === "service" ? machine.state.kind : machine.state;
      if (kind === (last.get(id) ?? "dead")) return units;
      last.set(id, kind);
      if (kind !== "final-sigterm" && !silent(id, kind)) add(this.states, id, kind);
      return units;
    };
    const setJob = jobs.set.bind(jobs);
    jobs.set = (id, job) => {
      if (jobs.get(id)?.type === "restart" && job.type === "start") add(this.jobs, job.unit, "(restart done)");
      setJob(id, job);
      return jobs;
    };
    world.watch((_event, { effects }) => {
      for (const effect of effects)
        if (effect.kind === "jobRemoved") add(this.jobs, effect.job.unit, `(${effect.job.type} ${effect.result})`);
    });
  }

  trace(unit: string, show: string): Trace {
    return { states: this.states.get(unit) ?? [], jobs: once(this.jobs.get(unit) ?? []), show };
  }
}

const renamed: Readonly<Record<string, string>> = { "reload-or-restart": "restart" };

/** `systemctl VERB [--no-block] [--job-mode=M] UNIT`: waits for the job's end as systemctl does. */
export function systemctl(world: World, words: readonly string[]): void {
  const [verb = ""] = words;
  const unit = words.at(-1)!;
  if (verb === "reset-failed") {
    world.deliver({ kind: "resetFailed", request: 0, unit });
    return;
  }
  if (verb === "kill") {
    const of = (name: string): string | undefined =>
      words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
    const signal = { USR1: 10, TERM: 15, KILL: 9 }[of("signal") ?? "TERM"] ?? 15;
    world.deliver({ kind: "kill", request: 0, unit, whom: (of("kill-whom") ?? "all") as "all", signal });
    return;
  }
  const mode = words.find((word) => word.startsWith("--job-mode="))?.slice("--job-mode=".length) ?? "replace";
  const effects = world.deliver({
    kind: "enqueue",
    request: 1,
    unit,
    job: (renamed[verb] ?? verb) as "start",
    mode: mode as "replace",
    ...(verb === "reload-or-restart" ? { reloadIfPossible: true } : {}),
  });
  const reply = effects.find((effect) => effect.kind === "reply");
  if (reply?.kind !== "reply" || !("job" in reply.result) || words.includes("--no-block")) return;
  const { job } = reply.result;
  while (job !== undefined && world.state.jobs.has(job)) {
    const event = world.kernel.next();
    if (event === undefined) throw new Error(`${words.join(" ")} never ends`);
    world.deliver(event);
  }
}
