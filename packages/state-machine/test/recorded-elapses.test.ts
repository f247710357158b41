import { readFileSync } from "node:fs";
import { type CoreState, createState, type Event, type Now, runtimeProperties, step } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { units } from "./kit/units.ts";
import { type Setting, settings, zones } from "./recorded/elapses/settings.ts";

interface Row {
  readonly zone: string;
  readonly index: number;
  readonly stamp: number | null;
  readonly timer: readonly [Value[], Value[], number, number, number];
  readonly state: readonly [string, number, number];
  readonly service: readonly [number, number, number, number];
}
type Value = [string, number | string, number];

const [head, ...lines] = readFileSync(new URL("recorded/elapses/systemd-252.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const { started, machineId } = head as { started: [number, number]; machineId: string };
const rules = lines.find((line) => "rules" in line).rules as Record<string, string>;
const rows = lines.filter((line) => "index" in line) as Row[];

const at = (realtimeUsec: number, monotonicUsec: number): Now => ({
  realtimeUsec,
  monotonicUsec,
  boottimeUsec: monotonicUsec,
});

/** What systemd was told, at the moments at which it was. */
function play(row: Row, { timer, ran }: Setting): CoreState {
  const name = `e${zones.indexOf(row.zone as "Etc/UTC")}-${row.index}`;
  const unit = { timer: `${name}.timer`, service: `${name}.service` };
  let state = createState({ scope: "system", seed: "elapses" });
  let token = 0;
  const tell = (now: Now, event: object): void => {
    const result = step(state, { now, ...event } as Event);
    for (const effect of result.effects) if (effect.kind === "spawn") token = effect.token;
    state = result.state;
  };
  const texts = {
    [unit.timer]: ["[Timer]", ...timer, ""].join("\n"),
    [unit.service]: "[Service]\nType=oneshot\nExecStart=/bin/true\n",
  };
  const zone = { name: row.zone, rules: rules[row.zone] as string };
  const time = { zone, bootIsStartup: true, machineId, uid: 0 };
  tell(at(...started), { kind: "load", units: units(texts), replaceAll: true, time });
  const [exit, exitMonotonic, enter, enterMonotonic] = row.service;
  const serviceEnds = (): void => {
    tell(at(exit, exitMonotonic), { kind: "spawned", unit: unit.service, token, pid: 2 });
    const usage = { cpuUsec: 0 };
    const end = { code: "exited", status: 0, usage, lastOfGroup: true };
    tell(at(enter, enterMonotonic), { kind: "exited", unit: unit.service, token, pid: 2, ...end });
  };
  if (ran) {
    tell(at(exit, exitMonotonic), { kind: "enqueue", request: 1, unit: unit.service, job: "start", mode: "replace" });
    serviceEnds();
  }
  const [, begun, begunMonotonic] = row.state;
  const start = at(begun, begunMonotonic);
  tell(start, { kind: "enqueue", request: 2, unit: unit.timer, job: "start", mode: "replace" });
  const machine = state.units.get(unit.timer)?.machine;
  if (machine?.type === "timer" && machine.stamp !== undefined)
    tell(start, { kind: "stampRead", unit: unit.timer, stamp: machine.stamp, mtimeUsec: row.stamp ?? undefined });
  const triggered = row.timer[4];
  if (triggered > begun - 10_000) {
    const slot = state.units.get(unit.timer)?.timers.elapse === undefined ? "calendar" : "elapse";
    const due = state.units.get(unit.timer)?.timers;
    // Whichever was due: systemd had both, and one of them elapsed.
    const late = due?.calendar !== undefined && due.calendar.atUsec <= triggered ? "calendar" : slot;
    tell(at(triggered, begunMonotonic + triggered - begun), { kind: "timer", unit: unit.timer, slot: late });
    serviceEnds();
  }
  return state;
}

const asNumbers = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_k, v) => (typeof v === "bigint" ? Number(v) : v)));

/** What counts from the start of the timer was worked out some microseconds before that start was written down, or converted between clocks. */
function near(ours: number, theirs: number): number {
  return Math.abs(ours - theirs) < 20_000 ? theirs : ours;
}

describe("timers elapse next when systemd 252 says (recorded/elapses/record.sh)", () => {
  test("every setting is recorded in every zone", () => expect(rows).toHaveLength(zones.length * settings.length));
  test.each(rows.map((row) => [`${row.zone}: ${settings[row.index]!.timer.join(" ")}`, row] as const))(
    "%s",
    (_, row) => {
      const state = play(row, settings[row.index]!);
      const id = [...state.units.keys()].find((unit) => unit.endsWith(".timer"))!;
      const shown = new Map(runtimeProperties(state, id).map(({ name, value }) => [name, asNumbers(value)]));
      const [monotonic, calendar, nextMonotonic, nextRealtime, last] = row.timer;
      const ours = shown.get("TimersMonotonic") as Value[];
      expect({
        monotonic: ours.map(([base, usec, next], i) => [
          base,
          usec,
          base === "OnActiveUSec" ? near(next, monotonic[i]?.[2] ?? 0) : next,
        ]),
        calendar: (shown.get("TimersCalendar") as Value[]).map(([base, event, next], i) => [
          base,
          event,
          near(next, calendar[i]?.[2] ?? 0),
        ]),
        nextMonotonic: near(shown.get("NextElapseUSecMonotonic") as number, nextMonotonic),
        nextRealtime: near(shown.get("NextElapseUSecRealtime") as number, nextRealtime),
        last: shown.get("LastTriggerUSec"),
        state: shown.get("SubState"),
      }).toEqual({ monotonic, calendar, nextMonotonic, nextRealtime, last, state: row.state[0] });
    },
  );
});
