import { expect, test } from "vitest";
import { checkSeed } from "./laws/check.ts";
import { generate } from "./laws/generate.ts";
import { report } from "./laws/report.ts";

/** How many seeds `pnpm test` takes; `node --conditions=source packages/state-machine/test/laws/run.ts` takes a million steps. */
const seeds = Number(process.env.STEWARD_LAW_SEEDS ?? 120);
const each = 20;

test.each(Array.from({ length: Math.ceil(seeds / each) }, (_, i) => i * each + 1))(
  "laws hold on the seeds from %i on: random units, programs, requests and faults, with and without kills of the manager",
  (first) => {
    for (let seed = first; seed < first + each; seed++) {
      const { breach, failing } = checkSeed(generate(seed), seed);
      if (breach !== undefined) expect.fail(report(seed, breach, failing));
    }
  },
);
