import type { Program } from "@steward/state-machine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

const second = 1_000_000;

const program: fc.Arbitrary<Program> = fc.record(
  {
    spawnDelayUsec: fc.constantFrom(10, 5_000),
    letsInUsec: fc.constantFrom(100, 20_000),
    runsUsec: fc.constantFrom(500, 50_000, 3 * second),
    end: fc.constantFrom({ code: "exited", status: 0 }, { code: "exited", status: 1 }) as fc.Arbitrary<
      NonNullable<Program["end"]>
    >,
    ignores: fc.constantFrom([15]),
  },
  { requiredKeys: [] },
);

const lines = fc.record({
  flush: fc.boolean(),
  remove: fc.boolean(),
  burst: fc.constantFrom("", "TriggerLimitBurst=2", "PollLimitIntervalSec=1\nPollLimitBurst=2"),
  commands: fc.subarray([
    "ExecStartPre=/pre",
    "ExecStartPost=/post",
    "ExecStopPre=/stop-pre",
    "ExecStopPost=/stop-post",
  ]),
  restart: fc.constantFrom("no", "on-failure", "always"),
});

const step = fc.oneof(
  fc.record({ what: fc.constantFrom("knock", "call"), waitUsec: fc.constantFrom(0, 30, 5_000, second) }),
  fc.record({
    what: fc.constantFrom("a.socket", "a.service", "c.socket"),
    job: fc.constantFrom("start", "stop", "restart") as fc.Arbitrary<"start">,
    waitUsec: fc.constantFrom(0, 30, 5_000, second),
  }),
);

const story = fc.record({
  lines,
  main: program,
  connection: program,
  command: program,
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function build(s: Story, killBefore?: (effect: number) => boolean): World {
  const { flush, remove, burst, commands, restart } = s.lines;
  const bounded = (p: Program): Program => ({ ...p, runsUsec: p.runsUsec ?? 10_000 });
  const programs: Record<string, Program> = { "a.service": s.main, "c@.service": bounded(s.connection) };
  for (const directive of ["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"])
    programs[`a.socket ${directive}`] = bounded(s.command);
  return new World(
    {
      "a.socket": [
        "[Socket]",
        "ListenStream=/run/a",
        "ListenStream=/run/b",
        "TimeoutSec=1",
        `FlushPending=${flush}`,
        `RemoveOnStop=${remove}`,
        burst,
        ...commands,
        "",
      ].join("\n"),
      "a.service": service(`ExecStart=/a\nRestart=${restart}\nRestartSec=100ms\nTimeoutStopSec=1`),
      "c.socket": "[Socket]\nListenStream=/run/c\nAccept=yes\nMaxConnections=3\n",
      "c@.service": service("ExecStart=/c\nTimeoutStopSec=1"),
    },
    { programs, ...(killBefore === undefined ? {} : { killBefore }) },
  );
}

function play(world: World, s: Story): void {
  for (const one of s.steps) {
    if ("job" in one) world.request(one.what, one.job);
    else world.kernel.sockets.knock(one.what === "knock" ? "a.socket" : "c.socket");
    world.run(one.waitUsec);
  }
  world.run(120 * second);
}

const socketOf = (world: World, unit: string) => {
  const machine = world.state.units.get(unit)?.machine;
  return machine?.type === "socket" ? machine : undefined;
};

/** What must hold when nothing happens any more. */
function check(world: World): void {
  const { sockets } = world.kernel;
  for (const unit of ["a.socket", "c.socket"]) {
    const machine = socketOf(world, unit);
    const open = [...sockets.open.values()].filter((set) => set.unit === unit);
    // What the core says is open is what the keeper has open.
    expect(open.map(({ set }) => set)).toEqual(machine?.sockets === undefined ? [] : [machine.sockets.set]);
    const listens = machine?.state === "listening";
    expect(open.filter((set) => set.watched).length).toBe(listens ? 1 : 0);
    // Nobody waits at a socket that is watched.
    for (const set of open) expect(set.watched && set.waiting > 0).toBe(false);
    expect(machine?.pending ?? []).toEqual([]);
  }
  // Every connection is closed when its service has ended, and no place is taken for ever.
  expect([...sockets.connections]).toEqual([]);
  expect(socketOf(world, "c.socket")?.nConnections ?? 0).toBe(0);
  expect(socketOf(world, "c.socket")?.sources ?? {}).toEqual({});
}

const runs = { numRuns: Number(process.env.STEWARD_LAW_RUNS ?? 60) };

test("what is open, watched and held is what the core says, and nobody is forgotten", () => {
  fc.assert(
    fc.property(story, (s) => {
      const world = build(s);
      play(world, s);
      check(world);
    }),
    runs,
  );
});

test("a manager that dies before any effect goes on as if it had not", () => {
  fc.assert(
    fc.property(story, fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 6 }), (s, deaths) => {
      const whole = build(s);
      play(whole, s);
      const at = new Set(deaths);
      const killed = build(s, (effect) => at.has(effect));
      play(killed, s);
      check(killed);
      const shown = (world: World): readonly unknown[] =>
        ["a.socket", "a.service", "c.socket"].map((unit) => {
          const machine = socketOf(world, unit);
          return [unit, world.stateOf(unit), machine?.result, machine?.nAccepted, machine?.nRefused];
        });
      expect(shown(killed)).toEqual(shown(whole));
    }),
    runs,
  );
});
