import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, clone, type Instance, isReference, lacks, programs } from "../src/index.ts";
import { busyServices, busyUnits } from "../src/kill-run/units.ts";

const cannot = [...lacks("systemctl", "journalctl", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];
/** How long the cuts may take in one test run; 0 takes every frame, however long. */
const budgetMs = 1000 * Number(process.env.STEWARD_KILL_SECONDS ?? 60);

interface Run {
  /** The end of the run: states, what began and ended, what was logged. */
  readonly end: string;
  /** Frames to the program and to the keeper, and whether a cut happened, for each generation. */
  readonly generations: readonly { readonly toProgram: number; readonly toKeeper: number; readonly cut: boolean }[];
  readonly console: string;
}

/**
 * Kill at every frame: a busy run is cut off after its N-th frame, for every N, and ends like the run that nobody disturbed. The
 * proxy stands between keeper and manager (or journal process) by nothing but the keeper's argument vectors.
 */
describe.skipIf(cannot.length > 0 || isReference)(
  `kill at every frame${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`,
  () => {
    let machine: Instance;
    beforeAll(async () => {
      const units = busyUnits(`${programs()}/puppet`);
      machine = await boot({ mode: "pid1", init: "sleep infinity", units });
    });
    afterAll(() => machine?.stop());

    async function run(which: "manager" | "journal", cuts: string, cgroup: "none" | "v2"): Promise<Run> {
      const script = `${clone}/test-fixtures/src/kill-run/run.sh`;
      const { stdout } = await machine.exec("sh", script, clone, which, cuts, cgroup, ...busyServices);
      const [end = "", rest = ""] = stdout.split("=== frames\n");
      const [frames = "", console = ""] = rest.split("=== console\n");
      const words = frames.trim().split("\n").map(Number);
      const generations = Array.from({ length: Math.min(words[0] ?? 0, 20) }, (_, index) => ({
        toProgram: words[1 + index * 3] ?? 0,
        toKeeper: words[2 + index * 3] ?? 0,
        cut: words[3 + index * 3] === 1,
      }));
      return { end: end.replace(/\b\d{2,}\b/g, "N"), generations, console };
    }

    /** Runs the cuts two at a time, within the budget, and gives back those whose end differs. */
    async function differing(
      which: "manager" | "journal",
      cgroup: "none" | "v2",
      cuts: readonly string[],
      expected: string,
    ) {
      const began = performance.now();
      const different: string[] = [];
      let done = 0;
      const queue = [...cuts];
      const worker = async (): Promise<void> => {
        for (let cut = queue.shift(); cut !== undefined; cut = queue.shift()) {
          if (budgetMs > 0 && performance.now() - began > budgetMs) return;
          const result = await run(which, cut, cgroup);
          done += 1;
          if (done % 100 === 0) console.log(`${which}, cgroup ${cgroup}: ${done} of ${cuts.length} cuts so far`);
          if (result.end !== expected)
            different.push(`${cut}:\n${firstDifference(expected, result.end)}\n${result.console.slice(-600)}`);
        }
      };
      await Promise.all([worker(), worker()]);
      console.log(`${which}, cgroup ${cgroup}: ${done} of ${cuts.length} cuts, ${different.length} differ`);
      return different;
    }

    /** Every frame whole; every third cut in half; recoveries cut in their turn. Shuffled, so that a budget samples evenly. */
    function allCuts(frames: number): string[] {
      const cuts: string[] = [];
      for (let n = 1; n <= frames; n += 1) {
        cuts.push(`e${n}`);
        if (n % 3 === 0) cuts.push(`e${n}h`);
        if (n % 5 === 0) cuts.push(`e${n},e${1 + ((n / 5) % 12)}`);
        if (n % 20 === 0) cuts.push(`k${Math.ceil(n / 2)},m1,k1,e2h`);
      }
      return cuts
        .map((cut, index) => [(index * 7919) % 10_007, cut] as const)
        .sort(([a], [b]) => a - b)
        .map(([, cut]) => cut);
    }

    for (const [which, cgroup] of [
      ["manager", "none"],
      ["manager", "v2"],
      ["journal", "none"],
    ] as const) {
      test(`${which}, ${cgroup === "none" ? "without cgroups" : "with cgroups"}`, { timeout: 3_600_000 }, async () => {
        const undisturbed = await run(which, "-", cgroup);
        const [only] = undisturbed.generations;
        expect(undisturbed.generations).toHaveLength(1);
        // The undisturbed run itself must be what it claims to be, and the same each time.
        expect(undisturbed.end).toContain("exit status: 0\n");
        expect(undisturbed.end).toContain("began or ended, crasher: 3\n");
        expect(undisturbed.end).toContain("began or ended, late: 2\n");
        for (const line of ["echo: 1", "tick: 1", "drop: 2", "answer: 3"])
          expect(undisturbed.end).toContain(`began or ended, ${line}\n`);
        expect(undisturbed.end).toContain("different answers: 1\n");
        expect(undisturbed.end).not.toMatch(/never at rest|did not shut down|no, /);
        expect((await run(which, "-", cgroup)).end).toBe(undisturbed.end);
        const frames = (only?.toProgram ?? 0) + (only?.toKeeper ?? 0);
        expect(frames).toBeGreaterThan(which === "manager" ? 100 : 20);
        expect(await differing(which, cgroup, allCuts(frames), undisturbed.end)).toEqual([]);
      });
    }
  },
);

function firstDifference(expected: string, actual: string): string {
  const want = expected.split("\n");
  const have = actual.split("\n");
  const at = want.findIndex((line, index) => line !== have[index]);
  const from = Math.max(0, at - 2);
  return `expected:\n${want.slice(from, at + 4).join("\n")}\nactual:\n${have.slice(from, at + 4).join("\n")}`;
}
