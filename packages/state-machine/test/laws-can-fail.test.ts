import { type Effect, type Kernel, type Play, parseScenario, type Scenario } from "@steward/state-machine";
import { expect, test } from "vitest";
import { units } from "./kit/units.ts";
import { check } from "./laws/check.ts";

/** Something of everything, and nothing wrong with it. */
const story = parseScenario(
  `
unit a.service
[Unit]
BindsTo=b.service
After=b.service
[Service]
ExecStart=/a
end
unit b.service
[Service]
ExecStart=/b
end
unit c.socket
[Socket]
ListenStream=/run/c.sock
Service=f.service
end
unit f.service
[Service]
ExecStart=/f
end
unit d.path
[Path]
PathExists=/run/flag
Unit=f.service
end
unit e.timer
[Timer]
OnActiveSec=1h
Unit=b.service
end
program a.service runs forever
program b.service runs forever
at 0 start a.service
at 1s start c.socket
at 2s start d.path
at 3s start e.timer
at 4s restart b.service
at 5s a.service exits 1
until 20s
`,
  "story",
).value;

/** An effect that is never performed. */
const lost =
  (...kinds: readonly Effect["kind"][]) =>
  ({ simulator: { kernel } }: Play): void => {
    const perform = kernel.perform.bind(kernel);
    kernel.perform = (effect) => {
      if (!kinds.includes(effect.kind)) perform(effect);
    };
  };

/** Something else than what came of it, before the laws see it. */
const changed =
  (change: (effects: Effect[]) => void) =>
  (play: Play): void =>
    play.watch((_event, { effects }) => change(effects as Effect[]));

const again = (kind: Effect["kind"]) =>
  changed((effects) => effects.push(...effects.filter((effect) => effect.kind === kind)));
const never = (kind: Effect["kind"]) =>
  changed((effects) => {
    for (let i = effects.length - 1; i >= 0; i--) if (effects[i]!.kind === kind) effects.splice(i, 1);
  });

function withRecord(id: string, change: object) {
  return (play: Play): void =>
    play.watch((_event, { state, changed }) => {
      const record = state.units.get(id);
      if (record !== undefined && changed.units.has(id)) state.units.set(id, { ...record, ...change });
    });
}

test("the story itself keeps every law", () => expect(check(story).breach).toBeUndefined());

/** A kernel that answers something else. */
const instead =
  <K extends "watched" | "isArmed" | "members">(name: K, answer: Kernel[K]) =>
  ({ simulator: { kernel } }: Play): void => {
    Object.assign(kernel, { [name]: answer });
  };

/** A service that waits for ever for a process that does not go. */
const patient = parseScenario(
  `
unit a.service
[Service]
ExecStart=/a
TimeoutStopSec=infinity
end
program a.service ignores SIGTERM
at 0 start a.service
until 20s
`,
  "patient",
).value;

test.each<readonly [law: string, tamper: (play: Play) => void, story?: Scenario]>([
  ["one answer", again("reply")],
  ["one answer", never("reply")],
  ["job ids", again("jobNew")],
  ["jobs end once", again("jobRemoved")],
  ["no job is lost", never("jobRemoved")],
  ["timers are recorded", lost("armTimer")],
  ["no effect is left unanswered", lost("release")],
  ["a stop ends", () => {}, patient],
  ["sockets stay open", (play) => play.watch(() => play.simulator.kernel.sockets.open.clear())],
  ["nobody knocks in vain", lost("watchSockets")],
  ["sockets close", lost("closeSockets")],
  ["path units hear", instead("watched", () => 0)],
  ["no timer is lost", instead("isArmed", () => false)],
  ["records are JSON", withRecord("a.service", { autoLimit: new Map() })],
  ["records are JSON", withRecord("a.service", { populated: Number.NaN })],
  [
    "no process outlives its unit",
    (play) => instead("members", () => [...play.simulator.kernel.processes.values()])(play),
  ],
  [
    "descriptors",
    changed((effects) => {
      for (const effect of effects)
        if (effect.kind === "spawn") Object.assign(effect, { fds: [{ id: 99, name: "x" }] });
    }),
  ],
  [
    "BindsTo=",
    (play) =>
      play.watch(({ now }, { state }) => {
        const record = state.units.get("b.service");
        if (record?.machine.type === "service" && now.monotonicUsec > 2_500_000)
          state.units.set("b.service", { ...record, machine: { ...record.machine, state: { kind: "dead" } } });
      }),
  ],
  [
    "ordering",
    (play) =>
      play.watch(({ now }, { state, changed }) => {
        for (const id of changed.jobs) {
          const job = state.jobs.get(id);
          if (job !== undefined) state.jobs.set(id, { ...job, state: "running", startedUsec: now.monotonicUsec });
        }
      }),
  ],
])("%s: it is noticed", (law, tamper, told = story) => {
  expect(check(told, units(told.units), tamper).breach?.law).toBe(law);
});
