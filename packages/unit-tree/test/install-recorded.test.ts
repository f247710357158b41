import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { genuineVersion, removeTree, runGenuine, runOurs } from "../../../test-fixtures/compare/install-run.ts";
import { installCase, showTree, writeTree } from "../../../test-fixtures/compare/install-tree.ts";
import { linksOf, type RecordedStep } from "../../../test-fixtures/compare/record-install.ts";

// Recorded from systemctl 252 with: node --conditions=source test-fixtures/compare/record-install.ts
const file = new URL("./recorded/install.json", import.meta.url);
const recorded = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, RecordedStep[]>;

function inScratch(run: (base: string) => void): void {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), "steward-install-"));
  try {
    run(base);
  } finally {
    removeTree(base);
  }
}

test.each(Object.keys(recorded))("tree %s: every verb says and links what systemctl did", (seed) => {
  inScratch((base) => {
    const root = `${base}/tree`;
    writeTree(root, installCase(Number(seed)).files);
    for (const { step, status, lines, links } of recorded[seed]!) {
      const ours = runOurs(root, step);
      expect({ step, status: ours.status, lines: ours.lines, links: linksOf(root) }).toEqual({
        step,
        status,
        lines,
        links,
      });
    }
  });
});

const version = genuineVersion();
test.skipIf(version !== "252")("fresh trees beside the genuine systemctl (needs systemd 252)", () => {
  inScratch((base) => {
    for (let seed = 5001; seed <= 5008; seed++) {
      const { files, steps } = installCase(seed);
      const [theirs, ours] = [`${base}/g${seed}`, `${base}/s${seed}`];
      writeTree(theirs, files);
      writeTree(ours, files);
      for (const step of steps.filter(([verb]) => verb !== "preset-all")) {
        const [a, b] = [runGenuine(theirs, step), runOurs(ours, step)];
        expect({ seed, step, ...b, tree: showTree(ours) }).toEqual({ seed, step, ...a, tree: showTree(theirs) });
      }
    }
  });
});
