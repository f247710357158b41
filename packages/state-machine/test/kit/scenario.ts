import type { Program } from "@steward/state-machine";
import fc from "fast-check";
import { World } from "./world.ts";

export const second = 1_000_000;
const names = ["a", "b", "c", "d", "e"] as const;
export const unitNames = names.map((name) => `${name}.service`);

const program: fc.Arbitrary<Program> = fc.record(
  {
    spawnDelayUsec: fc.constantFrom(10, 100, 5_000),
    runsUsec: fc.constantFrom(500, 20_000, 3 * second),
    end: fc.constantFrom(
      { code: "exited", status: 0 },
      { code: "exited", status: 1 },
      { code: "killed", status: 9 },
      { code: "dumped", status: 11 },
    ) as fc.Arbitrary<NonNullable<Program["end"]>>,
    execFails: fc.constant({ status: 203, errno: 2 }),
    notify: fc.constantFrom<NonNullable<Program["notify"]>>(
      [{ atUsec: 1_000, fields: [["READY", "1"]] }],
      [
        { atUsec: 1_000, fields: [["READY", "1"]] },
        { atUsec: 9_000, fields: [["RELOADING", "1"]] },
        { atUsec: 12_000, fields: [["READY", "1"]] },
      ],
      [{ atUsec: 2_000, fields: [["STOPPING", "1"]] }],
    ),
    forks: fc.constantFrom<NonNullable<Program["forks"]>>(
      [{ atUsec: 100, program: {} }],
      [
        { atUsec: 100, program: { ignores: [15] } },
        { atUsec: 200, program: { runsUsec: second } },
      ],
      [{ atUsec: 100, program: {}, writesPidFile: "/run/x.pid" }],
    ),
    ignores: fc.constantFrom([15], [15, 6]),
    dyingUsec: fc.constantFrom(10, 2_000, 2 * second),
  },
  { requiredKeys: [] },
);

const dependency = fc.tuple(
  fc.constantFrom(
    "After",
    "Before",
    "Requires",
    "Wants",
    "BindsTo",
    "PartOf",
    "Requisite",
    "Conflicts",
    "Upholds",
    "OnFailure",
    "PropagatesStopTo",
  ),
  fc.constantFrom(...unitNames),
);

const settings = fc.record({
  type: fc.constantFrom("simple", "exec", "oneshot", "notify", "forking", "idle"),
  restart: fc.constantFrom("no", "on-failure", "always"),
  kill: fc.constantFrom("control-group", "mixed"),
  remain: fc.boolean(),
  pidFile: fc.boolean(),
  needed: fc.boolean(),
  extra: fc.subarray([
    "ExecStartPre=/pre",
    "ExecStartPost=/post",
    "ExecStop=/stop",
    "ExecStopPost=/spost",
    "ExecCondition=/cond",
    "ExecReload=/reload",
    "WatchdogSec=2",
    "RuntimeMaxSec=5",
  ]),
  dependencies: fc.array(dependency, { maxLength: 3 }),
});

type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

function text(name: string, s: Settings): string {
  const own = `${name}.service`;
  // A unit that conflicts with itself, or requires itself, is no case of its own: systemd drops such lines.
  const dependencies = s.dependencies.filter(([, other]) => other !== own).map(([kind, other]) => `${kind}=${other}`);
  const restart = s.type === "oneshot" && s.restart === "always" ? "no" : s.restart;
  return [
    "[Unit]",
    ...dependencies,
    s.needed ? "StopWhenUnneeded=yes" : "",
    "[Service]",
    `Type=${s.type}`,
    "ExecStart=/main",
    `Restart=${restart}`,
    `KillMode=${s.kill}`,
    "TimeoutStartSec=3",
    "TimeoutStopSec=2",
    s.remain ? "RemainAfterExit=yes" : "",
    s.type === "forking" && s.pidFile ? "PIDFile=/run/x.pid" : "",
    ...s.extra,
  ].join("\n");
}

const command = fc.record({
  unit: fc.constantFrom(...unitNames),
  job: fc.constantFrom("start", "stop", "restart", "reload", "try-restart", "reload-or-start") as fc.Arbitrary<"start">,
  mode: fc.constantFrom(
    "replace",
    "fail",
    "ignore-dependencies",
    "isolate",
    "flush",
    "replace-irreversibly",
  ) as fc.Arbitrary<"replace">,
  waitUsec: fc.constantFrom(0, 50, 5_000, 2 * second, 8 * second),
});

export const scenario = fc.record({
  units: fc.tuple(settings, settings, settings, settings, settings),
  mains: fc.tuple(program, program, program, program, program),
  others: fc.tuple(program, program, program),
  commands: fc.array(command, { minLength: 1, maxLength: 8 }),
  tellsLast: fc.boolean(),
});

export type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

export function build(s: Scenario, killBefore?: (effect: number) => boolean): World {
  const texts = Object.fromEntries(names.map((name, i) => [`${name}.service`, text(name, s.units[i]!)]));
  const [pre, stop, reload] = s.others;
  const bounded = (p: Program): Program => ({ ...p, runsUsec: p.runsUsec ?? 10_000 });
  const programs: Record<string, Program> = {};
  for (const [i, unit] of unitNames.entries()) {
    programs[unit] = s.mains[i]!;
    programs[`${unit} ExecStartPre`] = bounded(pre!);
    programs[`${unit} ExecStop`] = stop!;
    programs[`${unit} ExecReload`] = reload!;
  }
  return new World(texts, { programs, tellsLast: s.tellsLast, ...(killBefore === undefined ? {} : { killBefore }) });
}

/** Performs the commands, then stops everything and waits until nothing happens any more. */
export function play(world: World, s: Scenario): void {
  for (const { unit, job, mode, waitUsec } of s.commands) {
    const known = ["isolate", "flush"].includes(mode) && job !== "start" ? "replace" : mode;
    world.request(unit, job, known as "replace");
    world.run(waitUsec);
  }
  world.run(60 * second);
}

/** Stops that may be undone by Upholds= or refused as irreversible are repeated; three rounds are enough for five units. */
export function stopAll(world: World): void {
  world.deliver({ kind: "clearJobs", request: 0 });
  world.request("shutdown.target", "start", "isolate");
  for (let round = 0; round < 3; round++) {
    for (const unit of unitNames) world.request(unit, "stop");
    world.run(60 * second);
  }
}
