/**
 * Same links: generated trees of unit files, a row of install verbs on each, through the genuine `systemctl --root` and through ours; the
 * outputs, the exit codes and the trees after every step must be equal.
 *
 *     node --conditions=source test-fixtures/compare/install.ts [count] [first seed]
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { removeTree, runGenuine, runOurs } from "./install-run.ts";
import { installCase, showTree, writeTree } from "./install-tree.ts";

const count = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 1);
const base = fs.mkdtempSync(path.join(os.tmpdir(), "steward-install-"));
let steps = 0;
let different = 0;

/** A listing as one line for each unit, so that differences are short. */
const split = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => (line.startsWith("[{") ? line.replaceAll("},{", "}\n{").split("\n") : [line]));

const diff = (first: readonly string[], second: readonly string[]): string[] => diffLines(split(first), split(second));

const diffLines = (a: readonly string[], b: readonly string[]): string[] => [
  ...a.filter((line) => !b.includes(line)).map((line) => `    genuine: ${line}`),
  ...b.filter((line) => !a.includes(line)).map((line) => `    ours:    ${line}`),
];

for (let seed = first; seed < first + count; seed++) {
  const { files, steps: todo } = installCase(seed);
  const [theirs, ours] = [`${base}/g${seed}`, `${base}/s${seed}`];
  writeTree(theirs, files);
  writeTree(ours, files);
  for (const step of todo) {
    steps++;
    const a = runGenuine(theirs, step);
    const b = runOurs(ours, step);
    const trees = diff(showTree(theirs), showTree(ours));
    // preset-all stops at some troubles, and which comes first is the directory's order: what it said until then is chance.
    const chance = step[0] === "preset-all" && a.status === 1 && b.status === 1;
    const lines =
      chance || JSON.stringify(a.lines) === JSON.stringify(b.lines) ? [] : [...diff(a.lines, b.lines), "    (output)"];
    const status = a.status === b.status ? [] : [`    exit ${a.status}, ours ${b.status}`];
    if (trees.length + lines.length + status.length === 0) continue;
    different++;
    console.log([`seed ${seed}: ${step.join(" ")}`, ...status, ...lines, ...trees].join("\n"));
    break;
  }
  removeTree(theirs);
  removeTree(ours);
}
removeTree(base);
console.log(`${steps} steps on ${count} trees, ${different} different`);
process.exitCode = different > 0 ? 1 : 0;
