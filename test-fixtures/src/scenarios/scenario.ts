/** A tree of units, programs that behave as told, and a list of commands. test-fixtures/scenarios/README.md describes the text form. */
export interface Scenario {
  readonly name: string;
  /** The file, and the line where it begins. */
  readonly origin: string;
  /** It is played when no other is, because it touches units that are not its own (isolate, patterns). */
  readonly alone: boolean;
  /** Its units stay loaded from the begin to the end, so that what they were is not forgotten. */
  readonly pinned: boolean;
  /** Unit file, or drop-in as `a.service.d/x.conf`, to its text. */
  readonly units: ReadonlyMap<string, string>;
  /** Puppet's actions, or a script that begins with `#!`. */
  readonly programs: ReadonlyMap<string, string>;
  /** Files below the scenario's own directory. */
  readonly files: ReadonlyMap<string, string>;
  readonly steps: readonly string[];
}

interface Draft {
  name: string;
  origin: string;
  alone: boolean;
  pinned: boolean;
  units: Map<string, string>;
  programs: Map<string, string>;
  files: Map<string, string>;
  steps: string[];
}

const kinds = { unit: "units", program: "programs", file: "files" } as const;

/** Reads a file of scenarios. Throws with file and line: a scenario that is not understood must not pass for played. */
export function parseScenarios(text: string, file: string): Scenario[] {
  const scenarios: Draft[] = [];
  let put: ((line: string) => void) | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const fail = (expected: string): never => {
      throw new Error(`${file}:${index + 1}: ${JSON.stringify(line)}: expected ${expected}`);
    };
    const current = scenarios.at(-1);
    const title = /^== +(.+)$/.exec(line);
    const part = /^-- +(\S+)(?: +(.+))?$/.exec(line);
    if (title !== null) {
      const name = title[1]!.trim();
      if (scenarios.some((other) => other.name === name)) fail("a name that no other scenario of this file has");
      const empty = { units: new Map(), programs: new Map(), files: new Map(), steps: [] };
      scenarios.push({ name, origin: `${file}:${index + 1}`, alone: false, pinned: true, ...empty });
      put = undefined;
    } else if (part !== null) {
      if (current === undefined) return fail("`== NAME OF THE SCENARIO` before");
      const [, kind = "", name = ""] = part;
      if (kind === "alone") current.alone = true;
      else if (kind === "unpinned") current.pinned = false;
      else if (kind === "do") put = (step) => void (/^\s*(#|$)/.test(step) || current.steps.push(step.trim()));
      else if (kind in kinds && name !== "") {
        const map = current[kinds[kind as keyof typeof kinds]];
        if (map.has(name)) fail(`one ${kind} ${name}`);
        map.set(name, "");
        put = (added) => void map.set(name, `${map.get(name)}${added}\n`);
      } else fail("-- unit NAME, -- program NAME, -- file NAME, -- do, -- alone or -- unpinned");
    } else if (put !== undefined) put(line);
    else if (!/^(#|\s*$)/.test(line)) fail("`== NAME OF THE SCENARIO`, a `-- …` line or a comment");
  }
  for (const { name, origin, steps } of scenarios)
    if (steps.length === 0) throw new Error(`${origin}: ${name}: expected \`-- do\` and at least one command`);
  return scenarios;
}

/** The text form of a scenario. */
export function printScenario(scenario: Scenario): string {
  const part = (kind: string, map: ReadonlyMap<string, string>): string[] =>
    [...map].flatMap(([name, text]) => [`-- ${kind} ${name}`, text.trimEnd()]);
  return [
    `== ${scenario.name}`,
    ...(scenario.alone ? ["-- alone"] : []),
    ...(scenario.pinned ? [] : ["-- unpinned"]),
    ...part("unit", scenario.units),
    ...part("program", scenario.programs),
    ...part("file", scenario.files),
    "-- do",
    ...scenario.steps,
    "",
  ].join("\n");
}
