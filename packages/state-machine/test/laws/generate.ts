import type { Program, Scenario, ScenarioAction, ScenarioStep } from "@steward/state-machine";
import { files, generateUnit } from "./generate-unit.ts";
import { Random } from "./random.ts";

const second = 1_000_000;
const SIGTERM = 15;

const ends: readonly NonNullable<Program["end"]>[] = [
  { code: "exited", status: 0 },
  { code: "exited", status: 1 },
  { code: "exited", status: 3 },
  { code: "killed", status: 9 },
  { code: "killed", status: 15 },
  { code: "dumped", status: 11 },
];

/** READY=1 as it should be, twice, with a reload, late, and the ways to stop by oneself. */
const conversations: readonly NonNullable<Program["notify"]>[] = [
  [{ atUsec: 1_000, fields: [["READY", "1"]] }],
  [
    { atUsec: 1_000, fields: [["READY", "1"]] },
    { atUsec: 1_000, fields: [["READY", "1"]] },
  ],
  [
    {
      atUsec: 1_000,
      fields: [
        ["READY", "1"],
        ["STATUS", "up"],
      ],
    },
    { atUsec: 9_000, fields: [["RELOADING", "1"]] },
    { atUsec: 12_000, fields: [["READY", "1"]] },
  ],
  [{ atUsec: 2_500_000, fields: [["READY", "1"]] }],
  [{ atUsec: 2_000, fields: [["STOPPING", "1"]] }],
  [
    { atUsec: 500, fields: [["EXTEND_TIMEOUT_USEC", "5000000"]] },
    { atUsec: 4_000_000, fields: [["READY", "1"]] },
  ],
  [
    { atUsec: 1_000, fields: [["READY", "1"]] },
    { atUsec: 700_000, fields: [["WATCHDOG", "1"]] },
    { atUsec: 1_400_000, fields: [["WATCHDOG", "1"]] },
  ],
];

export function randomProgram(random: Random, unit: string): Program {
  const children = random.chance(0.25)
    ? Array.from({ length: random.between(1, 3) }, (_, i) => ({
        atUsec: 100 * (i + 1),
        program: {
          ...(random.chance(0.3) ? { ignores: [SIGTERM] } : {}),
          ...(random.chance(0.4) ? { runsUsec: random.pick([200, 10_000, second]) } : {}),
          ...(random.chance(0.2) ? { dyingUsec: second } : {}),
        },
        ...(i === 0 && random.chance(0.5) ? { writesPidFile: `/run/${unit}.pid` } : {}),
      }))
    : undefined;
  return {
    ...(random.chance(0.3) ? { spawnDelayUsec: random.pick([10, 5_000, 700_000]) } : {}),
    ...(random.chance(0.5) ? { runsUsec: random.pick([0, 500, 20_000, 3 * second]), end: random.pick(ends) } : {}),
    ...(random.chance(0.06) ? { execFails: { status: 203, errno: 2 } } : {}),
    ...(random.chance(0.04) ? { cannotSpawn: "Failed to load environment files: No such file or directory" } : {}),
    ...(random.chance(0.45) ? { notify: random.pick(conversations) } : {}),
    ...(random.chance(0.2) ? { ownsNameUsec: random.pick([0, 2_000, second]) } : {}),
    ...(random.chance(0.5) ? { letsInUsec: random.pick([0, 5_000]) } : {}),
    ...(children === undefined ? {} : { forks: children }),
    ...(random.chance(0.12) ? { ignores: random.pick([[SIGTERM], [SIGTERM, 6], [1, 2, SIGTERM]]) } : {}),
    ...(random.chance(0.2) ? { dyingUsec: random.pick([10, 2_000, 2 * second]) } : {}),
    ...(random.chance(0.1) ? { handles: { [SIGTERM]: random.pick([0, 0, 5]) } } : {}),
    ...(random.chance(0.02) ? { killedUsec: random.pick([second, 30 * second]) } : {}),
    ...(random.chance(0.1) ? { cpuUsec: 1_500_000 } : {}),
  };
}

const modes = [
  "replace",
  "replace",
  "replace",
  "fail",
  "ignore-dependencies",
  "ignore-requirements",
  "replace-irreversibly",
  "restart-dependencies",
] as const;
const jobs = [
  "start",
  "start",
  "start",
  "stop",
  "stop",
  "restart",
  "try-restart",
  "reload",
  "reload-or-start",
] as const;

function request(random: Random, unit: string): ScenarioAction {
  if (random.chance(0.05)) return { kind: "job", job: "start", unit, mode: random.pick(["isolate", "flush"]) };
  const job = random.pick(jobs);
  const mode = random.pick(modes);
  // systemctl(1), --job-mode=: restart-dependencies is for starts alone.
  return { kind: "job", job, unit, mode: mode === "restart-dependencies" && job !== "start" ? "replace" : mode };
}

function mishap(random: Random, unit: string): ScenarioAction {
  const process = (does: Extract<ScenarioAction, { kind: "process" }>["does"]): ScenarioAction => ({
    kind: "process",
    unit,
    does,
  });
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
      return process({ kind: "ends", end: random.pick(ends) });
    case 3:
      return process({ kind: "hangs" });
    case 4:
      return process({ kind: "ignores", signals: [SIGTERM] });
    case 5:
      return process({ kind: "notifies", fields: [["READY", "1"]] });
    case 6:
      return process({ kind: "notifies", fields: [[random.pick(["STOPPING", "RELOADING", "WATCHDOG"]), "1"]] });
    case 7:
      return process({ kind: "forks", program: random.chance(0.5) ? { ignores: [SIGTERM] } : {} });
    case 8:
      return { kind: "nextSpawn", unit, fault: { cannotSpawn: "Failed to load environment files: No such file" } };
    case 9:
      return { kind: "nextSpawn", unit, fault: { spawnDelayUsec: 2 * second } };
    case 10:
      return { kind: "clock", byUsec: random.pick([3600, -3600, 86_400, -1]) * second };
    case 11:
      return random.chance(0.5)
        ? { kind: "suspend", usec: 600 * second }
        : { kind: "condition", unit, holds: random.chance(0.5) };
    case 12:
      return { kind: "oomKill", unit };
    default:
      return random.chance(0.5) ? { kind: "elapse", unit } : { kind: "daemonReload" };
  }
}

/** What comes from outside to sockets, paths and scopes; undefined where this unit is none. */
function visit(random: Random, unit: string): ScenarioAction | undefined {
  if (unit.endsWith(".socket")) return { kind: "connect", unit };
  if (unit.endsWith(".path"))
    return { kind: "file", what: random.pick(["make", "make", "modify", "remove"]), path: random.pick(files) };
  if (unit.endsWith(".mount"))
    return random.chance(0.3) ? { kind: "mount", unit, there: random.chance(0.5) } : undefined;
  if (!unit.endsWith(".scope")) return undefined;
  const programs = Array.from({ length: random.between(1, 3) }, () => ({
    ...(random.chance(0.5) ? { runsUsec: random.pick([500, second, 5 * second]) } : {}),
    ...(random.chance(0.2) ? { ignores: [SIGTERM] } : {}),
  }));
  return { kind: "scope", unit, programs };
}

function administration(random: Random, unit: string): ScenarioAction {
  switch (random.below(7)) {
    case 5:
      return { kind: "freeze", unit, frozen: random.chance(0.5) };
    case 6:
      return { kind: "clean", unit };
    case 0:
      return { kind: "cancel", unit };
    case 1:
      return { kind: "clearJobs" };
    case 2:
      return random.chance(0.5) ? { kind: "resetFailed", unit } : { kind: "resetFailed" };
    default:
      return {
        kind: "kill",
        unit,
        whom: random.pick(["main", "control", "all"]),
        signal: random.pick([1, 9, 10, 15]),
      };
  }
}

const pauses = [0, 0, 7, 60, 5_000, 90_000, 400_000, 2 * second, 8 * second];

function steps(random: Random, units: readonly string[]): ScenarioStep[] {
  let atUsec = 0;
  return Array.from({ length: random.between(4, 40) }, () => {
    const unit = random.pick(units);
    const kind = random.next();
    const visited = random.chance(0.5) ? visit(random, unit) : undefined;
    const action =
      visited ??
      (kind < 0.55 ? request(random, unit) : kind < 0.9 ? mishap(random, unit) : administration(random, unit));
    const step = { atUsec, action };
    atUsec += random.pick(pauses);
    return step;
  });
}

/** Of ten units five are services. Further types come here, with their lines in generate-unit.ts and their laws in laws.ts. */
const types = [
  "service",
  "service",
  "service",
  "service",
  "service",
  "target",
  "slice",
  "socket",
  "timer",
  "path",
  "scope",
  "mount",
];

/** A random machine and a random story on it; the same seed gives the same one. */
export function generate(seed: number): Scenario {
  const random = new Random(seed);
  const names = Array.from({ length: random.between(2, 8) }, (_, i) => {
    const letter = String.fromCharCode(97 + i);
    const type = random.pick(types);
    return `${letter}.${type}`;
  });
  const units: Record<string, string> = {};
  const programs: Record<string, Program> = {};
  for (const name of names) {
    units[name] = generateUnit(random, name, names);
    if (units[name].includes("Accept=yes")) {
      const template = name.replace(/\.socket$/, "@.service");
      units[template] = generateUnit(random, template, names);
      programs[template] = randomProgram(random, template);
    }
    for (const directive of ["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"])
      if (name.endsWith(".socket") && random.chance(0.2))
        programs[`${name} ${directive}`] = randomProgram(random, name);
    for (const directive of ["ExecMount", "ExecUnmount", "ExecRemount"])
      if (name.endsWith(".mount") && random.chance(0.3)) programs[`${name} ${directive}`] = randomProgram(random, name);
    if (!name.endsWith(".service")) continue;
    programs[name] = randomProgram(random, name);
    for (const directive of [
      "ExecCondition",
      "ExecStartPre",
      "ExecStartPost",
      "ExecReload",
      "ExecStop",
      "ExecStopPost",
    ])
      if (random.chance(0.3)) programs[`${name} ${directive}`] = randomProgram(random, name);
  }
  const unmet = random.some(names, 0.05);
  const story = steps(random, names);
  const untilUsec = (story.at(-1)?.atUsec ?? 0) + 60 * second;
  return { directories: [], units, programs, unmet, steps: story, untilUsec };
}

/** The same story, with the manager killed at random moments and between random effects. */
export function withKills(scenario: Scenario, seed: number): Scenario {
  const random = new Random(seed ^ 0x5eed);
  const often = random.chance(0.1);
  const count = often ? 60 : random.between(1, 8);
  const last = scenario.untilUsec ?? 0;
  const kills = Array.from({ length: count }, (): ScenarioStep => {
    const near =
      scenario.steps.length > 0 && random.chance(0.7) ? random.pick(scenario.steps).atUsec : random.below(last);
    return { atUsec: near, action: { kind: "managerDies", afterEffects: random.below(40) } };
  });
  const all = [...scenario.steps, ...kills];
  return {
    ...scenario,
    steps: all
      .map((step, i) => [step, i] as const)
      .sort(([a, i], [b, j]) => a.atUsec - b.atUsec || i - j)
      .map(([step]) => step),
  };
}
