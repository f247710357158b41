import type { GraphUnit } from "@steward/graph";
import { exportState, Play, type Scenario } from "@steward/state-machine";
import { instance, units } from "../kit/units.ts";
import { withKills } from "./generate.ts";
import { type Breach, breachOf, Laws } from "./laws.ts";

const second = 1_000_000;

export interface Checked {
  readonly steps: number;
  readonly breach: Breach | undefined;
  /** The final records, as text. */
  readonly end: string;
}

/** A story that goes on for longer than this is one of units that restart each other without a pause and a limit: enough of it was seen. */
const most = 10_000;
const busy = "busy";

function machine(scenario: Scenario, loaded: readonly GraphUnit[]): Play {
  return new Play(scenario, { units: loaded, maxEvents: most, instances: (name) => instance(scenario.units, name) });
}

/** Plays a scenario under the laws, and then stops everything: that has to come to an end too. */
export function check(
  scenario: Scenario,
  loaded: readonly GraphUnit[] = units(scenario.units),
  tamper: (play: Play) => void = () => {},
): Checked {
  let steps = 0;
  try {
    const play = machine(scenario, loaded);
    tamper(play);
    const laws = new Laws(play);
    play.watch(() => steps++);
    play.onStep = () => laws.settled();
    if (!play.run()) return { steps, breach: undefined, end: busy };
    laws.settled();
    laws.doors();
    const end = canonical(endOf(play));
    stopAll(play, Object.keys(scenario.units));
    laws.atEnd();
    return { steps, breach: undefined, end };
  } catch (error) {
    return { steps, breach: breachOf(error), end: "" };
  }
}

/** Stops that are undone by Upholds= or refused as irreversible are repeated, as often as there are units. */
function stopAll(play: Play, names: readonly string[]): void {
  const { simulator } = play;
  simulator.deliver({ kind: "clearJobs", request: simulator.nextRequest() });
  for (let round = 0; round < 3; round++) {
    for (const name of names) simulator.request(name, "stop");
    simulator.run(90 * second, 10 * most);
  }
}

/** Plays a scenario with and without kills of the manager: both have to reach the same state. */
export function checkRecovery(scenario: Scenario, killed: Scenario): Checked {
  const loaded = units(scenario.units);
  const whole = check(scenario, loaded);
  if (whole.breach !== undefined) return whole;
  const cut = check(killed, loaded);
  const steps = whole.steps + cut.steps;
  if (cut.breach !== undefined) return { ...cut, steps };
  if (cut.end === whole.end || cut.end === busy || whole.end === busy) return { ...cut, steps };
  return { steps, end: "", breach: { law: "recovery reaches the same state", told: difference(whole.end, cut.end) } };
}

/** The state at the end. Units that no file describes any more are forgotten sooner by who recovers. */
function endOf({ simulator: { state } }: Play): unknown {
  const { units: all, ...rest } = exportState(state);
  return { ...rest, units: all.filter(({ id }) => state.definitions.loaded.has(id)) };
}

/** JSON with its keys in order: a record that was read back has them in another. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function difference(whole: string, cut: string): string {
  let at = 0;
  while (whole[at] === cut[at]) at++;
  const from = Math.max(0, at - 400);
  return `unkilled: …${whole.slice(from, at + 120)}…; killed: …${cut.slice(at - 40, at + 120)}…`;
}

/** All that one seed stands for. */
export function checkSeed(scenario: Scenario, seed: number): Checked & { readonly failing: Scenario } {
  const killed = withKills(scenario, seed);
  const checked = checkRecovery(scenario, killed);
  return { ...checked, failing: killed };
}
