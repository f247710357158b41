import { readFileSync } from "node:fs";
import type { Program } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { World } from "./kit/world.ts";
import { toProgram } from "./recorded/traces/behaviour.ts";
import { type Scenario, scenarios, unitText } from "./recorded/traces/scenarios.ts";

/**
 * What systemd did, by unit: sub-states and jobs in order, then what `systemctl show` said after the last command. There are
 * several recordings: whether a process of the unit is still there when the next state begins is a race in systemd too.
 */
function recorded(): Map<string, Trace[]> {
  const lines = readFileSync(new URL("recorded/traces/systemd-252.txt", import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  const units = new Map<string, Trace[]>();
  for (let i = 0; i < lines.length; i += 2) {
    const [unit = "", steps = ""] = lines[i]!.split(": ");
    const parts = steps.match(/\([^)]*\)|\S+/g) ?? [];
    const trace: Trace = {
      states: parts.filter((part) => !part.startsWith("(") && part !== "final-sigterm"),
      jobs: parts.filter((part) => part.startsWith("(")),
      show: lines[i + 1]!.trim(),
    };
    units.set(unit, [...(units.get(unit) ?? []), trace]);
  }
  return units;
}

const jobs: Readonly<Record<string, string>> = { "reload-or-restart": "restart" };

/** `systemctl VERB` waits for the job's end, `--no-block` does not. */
function command(world: World, unit: string, step: string): void {
  const [verb = "", option] = step.split(" ");
  if (verb === "reset-failed") {
    world.deliver({ kind: "resetFailed", request: 0, unit });
    return;
  }
  const effects = world.deliver({
    kind: "enqueue",
    request: 1,
    unit,
    job: (jobs[verb] ?? verb) as "start",
    mode: "replace",
    ...(verb === "reload-or-restart" ? { reloadIfPossible: true } : {}),
  });
  const reply = effects.find((effect) => effect.kind === "reply");
  if (reply?.kind !== "reply" || !("job" in reply.result) || option === "--no-block") return;
  const { job } = reply.result;
  while (job !== undefined && world.state.jobs.has(job)) {
    const event = world.kernel.next();
    if (event === undefined) throw new Error(`${step} of ${unit} never ends`);
    world.deliver(event);
  }
}

interface Trace {
  readonly states: readonly string[];
  readonly jobs: readonly string[];
  readonly show: string;
}

/** Listens to the maps of the state, so that what is passed through within one turn is seen too. */
function listen(world: World, unit: string, type: string): { states: string[]; jobs: string[] } {
  const states: string[] = [];
  const ended: string[] = [];
  const { units, jobs: queue } = world.state;
  let last = "dead";
  const setUnit = units.set.bind(units);
  units.set = (id, record) => {
    setUnit(id, record);
    if (id !== unit || record.machine.type !== "service") return units;
    const { kind } = record.machine.state;
    // Type=simple passes `start` until the keeper has reported the pid; systemd forks within the step.
    if (kind !== last && !(kind === "start" && (type === "simple" || type === "idle"))) states.push(kind);
    last = kind;
    return units;
  };
  const setJob = queue.set.bind(queue);
  queue.set = (id, job) => {
    if (job.unit === unit && queue.get(id)?.type === "restart" && job.type === "start") ended.push("(restart done)");
    setJob(id, job);
    return queue;
  };
  world.watch((_event, { effects }) => {
    for (const effect of effects)
      if (effect.kind === "jobRemoved" && effect.job.unit === unit) ended.push(`(${effect.job.type} ${effect.result})`);
  });
  return { states, jobs: ended };
}

function play(s: Scenario, unit: string): Trace {
  const programs: Record<string, Program> = { [unit]: toProgram(s.main ?? {}) };
  for (const [directive, behaviour] of Object.entries(s.others ?? {}))
    programs[`${unit} ${directive}`] = toProgram(behaviour);
  const failed = {
    type: "PathExists",
    parameter: "/nonexistent",
    negate: false,
    trigger: false,
    result: "failed",
  } as const;
  const unmet = (what: string) => ((s.unit ?? []).some((line) => line.startsWith(what)) ? [failed] : []);
  const world = new World(
    { [unit]: unitText(s, (directive) => `/bin/${directive}`) },
    { programs, conditions: () => ({ conditions: unmet("Condition"), asserts: unmet("Assert") }) },
  );
  world.start("multi-user.target").run();
  const type = s.lines.find((line) => line.startsWith("Type="))?.slice(5) ?? "simple";
  const { states, jobs: ended } = listen(world, unit, type);
  for (const step of s.do) {
    if (typeof step === "number") world.run(step * 1_000);
    else command(world, unit, step);
  }
  const show = shown(world, unit);
  world.run(20_000_000);
  return { states: states.filter((state) => state !== "final-sigterm"), jobs: ended, show };
}

function shown(world: World, unit: string): string {
  const [activeState, subState] = world.stateOf(unit).split(" ");
  const record = world.state.units.get(unit)?.machine;
  const none = { mainExec: { code: 0, status: 0 }, nRestarts: 0, result: "success" };
  const { mainExec, nRestarts, result } = record?.type === "service" ? record : none;
  return `ActiveState=${activeState} ExecMainCode=${mainExec.code} ExecMainStatus=${mainExec.status} NRestarts=${nRestarts} Result=${result} SubState=${subState}`;
}

describe("services go through systemd 252's states (recorded/traces/record.sh)", () => {
  const reference = recorded();
  test("every scenario is recorded", () => expect(reference.size).toBe(scenarios.length));
  test.each(scenarios.map((s, i) => [s.name, s, `t-${i}.service`] as const))("%s", (_name, s, unit) => {
    const ours = play(s, unit);
    const known = reference.get(unit) ?? [];
    expect(ours).toEqual(known.find((trace) => JSON.stringify(trace) === JSON.stringify(ours)) ?? known[0]);
  });
});
