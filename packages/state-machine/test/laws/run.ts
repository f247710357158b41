// Laws over a million steps: node --conditions=source packages/state-machine/test/laws/run.ts [--steps=N] [--seed=FIRST]
import { parseArgs } from "node:util";
import { checkSeed } from "./check.ts";
import { generate } from "./generate.ts";
import { report } from "./report.ts";

const { values } = parseArgs({
  options: { steps: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const wanted = Number(values.steps);
const first = Number(values.seed);
const began = performance.now();
let steps = 0;
let seed = first;
const broken: number[] = [];
for (; steps < wanted; seed++) {
  const checked = checkSeed(generate(seed), seed);
  steps += checked.steps;
  if (checked.breach === undefined) continue;
  broken.push(seed);
  console.log(`${report(seed, checked.breach, checked.failing)}\n`);
  if (broken.length >= 10) break;
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  `${steps} steps, seeds ${first} to ${seed - 1}, ${seconds} s, ${broken.length === 0 ? "every law holds" : `broken by seeds ${broken.join(", ")}`}`,
);
process.exitCode = broken.length === 0 ? 0 : 1;
