/**
 * Records what the genuine systemctl does with the first cases, for the tests of @steward/unit-tree, which then need no systemd.
 *
 *     node --conditions=source test-fixtures/compare/record-install.ts [count]
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { removeTree, runGenuine } from "./install-run.ts";
import { installCase, type Step, showTree, writeTree } from "./install-tree.ts";

/** One recorded step: what it was, what it said, and the links that there were afterwards. */
export interface RecordedStep {
  readonly step: Step;
  readonly status: number;
  readonly lines: readonly string[];
  readonly links: readonly string[];
}

/** The links of a tree; nothing else ever changes but drop-in files that `revert` removes. */
export function linksOf(root: string): string[] {
  return showTree(root).filter((line) => line.includes(" -> "));
}

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 20);
  const base = fs.mkdtempSync(path.join(os.tmpdir(), "steward-record-"));
  const recorded: Record<string, RecordedStep[]> = {};
  for (let seed = 1; seed <= count; seed++) {
    const { files, steps } = installCase(seed);
    const root = `${base}/${seed}`;
    writeTree(root, files);
    const done: RecordedStep[] = [];
    for (const step of steps) {
      // What preset-all says depends on the order of directories on this disk.
      if (step[0] === "preset-all") break;
      const { status, lines } = runGenuine(root, step);
      done.push({ step, status, lines, links: linksOf(root) });
    }
    if (done.length > 0) recorded[seed] = done;
    removeTree(root);
  }
  removeTree(base);
  const file = new URL("../../packages/unit-tree/test/recorded/install.json", import.meta.url);
  fs.mkdirSync(new URL(".", file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(recorded, undefined, 1)}\n`);
}
