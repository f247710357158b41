import { formatScenario, type Scenario } from "@steward/state-machine";
import { check, checkRecovery } from "./check.ts";
import type { Breach } from "./laws.ts";
import { shrink } from "./shrink.ts";

const isKill = (step: Scenario["steps"][number]): boolean => step.action.kind === "managerDies";

/** The same story without a manager that dies. */
function unkilled(scenario: Scenario): Scenario {
  return { ...scenario, steps: scenario.steps.filter((step) => !isKill(step)) };
}

/** The law that a scenario breaks by itself: where it kills the manager, also by not reaching what it reaches without. */
function breachOf(scenario: Scenario): Breach | undefined {
  return (scenario.steps.some(isKill) ? checkRecovery(unkilled(scenario), scenario) : check(scenario)).breach;
}

/** What broke, and the shortest schedule that breaks it. */
export function report(seed: number, breach: Breach, failing: Scenario): string {
  const fails = (scenario: Scenario): boolean => breachOf(scenario)?.law === breach.law;
  const plain = unkilled(failing);
  const shortest = shrink(fails(plain) ? plain : failing, fails);
  return [
    `seed ${seed} breaks the law "${breach.law}": ${breachOf(shortest)?.told ?? breach.told}`,
    "",
    formatScenario(shortest),
  ].join("\n");
}
