import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ActiveState, JobMode, JobType } from "../src/index.ts";
import { unit, World } from "./support/world.ts";

/**
 * Random transactions as the genuine systemd answered them in several boots (test-fixtures/record/transactions.sh). It walks dependencies in an
 * order that changes with each boot, so that some requests have several answers: ours has to be among them.
 */
interface Recorded {
  readonly units: readonly string[];
  readonly states: Readonly<Record<string, ActiveState>>;
  readonly queue: readonly string[];
  readonly request: readonly [string, string, JobMode];
  readonly answers: readonly (string | readonly string[])[];
}

const file = new URL("../../../test-fixtures/recorded/transactions/random.jsonl", import.meta.url);
const recorded = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

function worldOf({ units, states, queue }: Recorded): World {
  const world = new World(
    units.map((line) => {
      const words = line.split(" ");
      const reloads = words.at(-1) === "reload";
      return unit(`${(reloads ? words.slice(0, -1) : words).join(" ")}${reloads ? " Service.ExecReload=[x]" : ""} !`);
    }),
  );
  world.active("system.slice", "-.slice");
  for (const [name, state] of Object.entries(states)) world.states.set(name, state);
  for (const [id, line] of queue.entries()) {
    const [type, name, state, irreversible] = line.split(" ") as [JobType, string, "waiting" | "running", string?];
    world.queue.set(name, {
      id,
      unit: name,
      type,
      state,
      irreversible: irreversible !== undefined,
      ignoreOrder: false,
    });
  }
  return world;
}

const verbs: Readonly<Record<string, { type: JobType; reloadIfPossible: boolean }>> = {
  "reload-or-restart": { type: "restart", reloadIfPossible: true },
  "try-reload-or-restart": { type: "try-restart", reloadIfPossible: true },
};

/** What `systemctl --show-transaction` prints, as the recording keeps it. */
function answer(one: Recorded): string | readonly string[] {
  const [verb, name, mode] = one.request;
  const asked = verbs[verb] ?? { type: verb as JobType };
  const result = worldOf(one).planRequest({ ...asked, unit: name, mode, manual: true });
  if (!result.ok) return result.error.message;
  const jobs = result.jobs.map(
    (job) => `${job.anchor ? "*" : ""}${job.install.kind === "merge" ? job.install.type : job.type} ${job.unit}`,
  );
  return jobs.sort();
}

describe("random transactions are systemd's", () => {
  test.each(recorded.map((one, index) => [index, one.request.join(" "), one] as const))("%i: %s", (_, __, one) => {
    const theirs = one.answers.map((answer) =>
      typeof answer === "string" ? answer.replace(/^Failed to \S+ \S+: /, "") : answer,
    );
    expect(theirs).toContainEqual(answer(one));
  });
});
