import type { Program } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { closest, Listener, readTraces, systemctl, type Trace } from "./kit/recorded.ts";
import { World } from "./kit/world.ts";
import { type SocketScenario, scenarios, serviceName, serviceText, socketText } from "./recorded/sockets/scenarios.ts";
import { toProgram } from "./recorded/traces/behaviour.ts";

/** What the recording says of the sockets of a scenario and of its services, by their names. */
type Traces = Readonly<Record<string, Trace>>;

/** Whom a connection comes from is another each time: the number before it is what counts. */
const plain = (unit: string): string => unit.replace(/@(\d+)-.*\.service$/, "@$1.service");

/** What opening comes to: the machine has no such address, or no such owner. */
function problemOf(s: SocketScenario) {
  const has = (start: string): boolean => s.lines.some((line) => line.startsWith(start));
  if (has("SocketUser=nosuch")) return { problem: { errno: 3, address: "", status: 217 } };
  if (has("SocketGroup=nosuch")) return { problem: { errno: 3, address: "", status: 216 } };
  return has("ListenStream=192.0.2.1") ? { problem: { errno: 99, address: "192.0.2.1:1" } } : {};
}

function play(s: SocketScenario, n: number): Traces {
  const unit = `s-${n}.socket`;
  const main = { ...toProgram(s.main ?? {}), ...(s.main?.letsIn ? { letsInUsec: 1_000 } : {}) };
  const programs: Record<string, Program> = { [serviceName(s, n)]: main };
  for (const [directive, behaviour] of Object.entries(s.others ?? {}))
    programs[`${unit} ${directive}`] = toProgram(behaviour);
  const failed = { type: "PathExists", parameter: "", negate: false, trigger: false, result: "failed" } as const;
  const conditions = (s.unit ?? []).some((line) => line.startsWith("Condition")) ? [failed] : [];
  const world = new World(
    {
      [unit]: socketText(s, n, (directive) => `/bin/${directive}`),
      ...(s.noTemplate ? {} : { [serviceName(s, n)]: serviceText(s, "/bin/main") }),
    },
    {
      programs,
      conditions: (name) => ({ conditions: name.endsWith(".service") ? conditions : [], asserts: [] }),
      sockets: () => ({ count: 1, accepts: s.accept === true, ...problemOf(s) }),
    },
  );
  world.start("multi-user.target").run();
  const hasOwner = s.lines.some((line) => line.startsWith("SocketUser") || line.startsWith("SocketGroup"));
  const type = (s.service ?? []).find((line) => line.startsWith("Type="))?.slice(5) ?? "simple";
  const listener = new Listener(world, (name, kind) =>
    // What systemd does within one step, the keeper is asked to do here.
    name.endsWith(".socket") ? kind === "start-chown" && !hasOwner : kind === "start" && type === "simple",
  );
  for (const step of s.do) {
    if (typeof step === "number") world.run(step * 1_000);
    else if (step === "knock") world.kernel.sockets.knock(unit);
    else if (step.startsWith("service ")) systemctl(world, [...step.slice(8).split(" "), serviceName(s, n)]);
    else systemctl(world, [...step.split(" "), unit]);
  }
  const show = shown(world, unit);
  world.run(20_000_000);
  const names = new Set([...listener.states.keys(), ...listener.jobs.keys(), unit]);
  const own = [...names].filter((name) => name.startsWith(`s-${n}.`) || name.startsWith(`s-${n}@`));
  return Object.fromEntries(own.map((name) => [plain(name), listener.trace(name, name === unit ? show : "")]));
}

function shown(world: World, unit: string): string {
  const [activeState, subState] = world.stateOf(unit).split(" ");
  const machine = world.state.units.get(unit)?.machine;
  const none = { nAccepted: 0, nConnections: 0, nRefused: 0, result: "success" };
  const { nAccepted, nConnections, nRefused, result } = machine?.type === "socket" ? machine : none;
  return `ActiveState=${activeState} NAccepted=${nAccepted} NConnections=${nConnections} NRefused=${nRefused} Result=${result} SubState=${subState}`;
}

describe("sockets and their services go through systemd 252's states (recorded/sockets/record.sh)", () => {
  const reference = readTraces(new URL("recorded/sockets/systemd-252.txt", import.meta.url));
  test("every scenario is recorded", () => {
    expect([...reference.keys()].filter((unit) => unit.endsWith(".socket"))).toHaveLength(scenarios.length);
  });
  test.each(scenarios.map((s, n) => [s.name, s, n] as const))("%s", (_name, s, n) => {
    const ours = play(s, n);
    const recorded = [...reference.keys()].filter((unit) => unit.startsWith(`s-${n}.`) || unit.startsWith(`s-${n}@`));
    expect(Object.keys(ours).sort()).toEqual(recorded.sort());
    for (const [unit, trace] of Object.entries(ours)) expect(trace).toEqual(closest(trace, reference.get(unit)));
  });
});
