import { describe, expect, test } from "vitest";
import { runFaults } from "../src/faults/run.ts";
import { canBootLab, isReference, lacks } from "../src/index.ts";

const cannot = [...lacks("systemctl", "journalctl", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];
/** Kills a variant; the full run is compare/faults.ts. */
const kills = Number(process.env.STEWARD_FAULT_KILLS ?? 15);

describe.skipIf(cannot.length > 0 || isReference)(
  `the manager and the journal process are killed under load${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`,
  () => {
    test.each(["v2", "none"] as const)("cgroup %s", { timeout: 600_000 }, async (cgroup) => {
      const outcome = await runFaults({ kills, seed: 7, services: 40, cgroup });
      expect(outcome.faults).toEqual([]);
      expect(outcome.kills).toBe(kills);
      expect(outcome.lines).toBeGreaterThan(100);
      expect(outcome.connections).toBeGreaterThan(5);
    });
  },
);
