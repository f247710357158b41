import type { Scenario } from "@steward/state-machine";

/** Whether a scenario still fails in the same way. */
export type Fails = (scenario: Scenario) => boolean;

/**
 * Delta debugging (Zeller): the shortest list that still fails, found by leaving out halves, quarters … and then single parts. `budget`
 * is how many runs it may take.
 */
function shortest<T>(
  parts: readonly T[],
  fails: (parts: readonly T[]) => boolean,
  budget: { runs: number },
): readonly T[] {
  let kept = parts;
  for (let size = Math.ceil(kept.length / 2); size >= 1; ) {
    let shorter = false;
    for (let at = kept.length - size; at > -size && budget.runs > 0; at -= size) {
      const from = Math.max(0, at);
      const without = [...kept.slice(0, from), ...kept.slice(at + size)];
      if (without.length === kept.length) continue;
      budget.runs--;
      if (!fails(without)) continue;
      kept = without;
      shorter = true;
    }
    if (size === 1 && !shorter) break;
    size = shorter && size === 1 ? 1 : Math.max(1, Math.floor(size / 2));
    if (size === 1 && budget.runs <= 0) break;
  }
  return kept;
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** The shortest scenario that fails as this one does: fewer steps, then fewer units, lines and programs, and steps once more. */
export function shrink(scenario: Scenario, fails: Fails, runs = 1_500): Scenario {
  const budget = { runs };
  let found = scenario;
  const attempt = (next: Scenario): boolean => fails(next);
  const steps = (): void => {
    const kept = shortest(found.steps, (part) => attempt({ ...found, steps: part }), budget);
    found = { ...found, steps: kept };
  };
  steps();
  const programs = shortest(
    Object.entries(found.programs),
    (part) => attempt({ ...found, programs: Object.fromEntries(part) }),
    budget,
  );
  found = { ...found, programs: Object.fromEntries(programs) };
  const units = shortest(
    Object.entries(found.units),
    (part) => attempt({ ...found, units: Object.fromEntries(part) }),
    budget,
  );
  found = { ...found, units: Object.fromEntries(units) };
  for (const [name, text] of Object.entries(found.units)) {
    const kept = shortest(
      lines(text),
      (part) => attempt({ ...found, units: { ...found.units, [name]: `${part.join("\n")}\n` } }),
      budget,
    );
    found = { ...found, units: { ...found.units, [name]: `${kept.join("\n")}\n` } };
  }
  for (const [name, program] of Object.entries(found.programs)) {
    const kept = shortest(
      Object.entries(program),
      (part) => attempt({ ...found, programs: { ...found.programs, [name]: Object.fromEntries(part) } }),
      budget,
    );
    found = { ...found, programs: { ...found.programs, [name]: Object.fromEntries(kept) } };
  }
  const unmet = shortest(found.unmet, (part) => attempt({ ...found, unmet: part }), budget);
  found = { ...found, unmet };
  steps();
  return found;
}
