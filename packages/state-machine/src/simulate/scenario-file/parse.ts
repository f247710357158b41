import { type Diagnostic, isValidUnitName } from "@steward/unit-file";
import type { Program } from "../program.ts";
import type { Scenario, ScenarioStep } from "../scenario.ts";
import { parseAction } from "./parse-action.ts";
import { parseProgram } from "./parse-program.ts";
import { LineError, Words } from "./words.ts";

const statements = ["units", "unit", "program", "unmet", "at", "after", "until"] as const;
const directives = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPre",
  "ExecStopPost",
  "ExecMount",
  "ExecUnmount",
  "ExecRemount",
] as const;

interface Draft {
  readonly directories: string[];
  readonly units: Record<string, string>;
  readonly unitLines: Record<string, number>;
  readonly programs: Record<string, Program>;
  readonly unmet: string[];
  readonly steps: ScenarioStep[];
  untilUsec: number | undefined;
  lastUsec: number;
}

/** `UNIT [DIRECTIVE [INDEX]] CLAUSES` */
function parseProgramLine(words: Words, draft: Draft): void {
  let key = words.unit();
  if (words.peek()?.startsWith("Exec")) {
    key += ` ${words.choose(directives)}`;
    if (/^[0-9]+$/.test(words.peek() ?? "")) key += ` ${words.number("the place of a command, from 0", 1_000)}`;
  }
  draft.programs[key] = parseProgram(words);
}

function parseLine(words: Words, line: number, draft: Draft): void {
  switch (words.choose(statements)) {
    case "units":
      draft.directories.push(words.next("a directory with unit files"));
      break;
    case "program":
      parseProgramLine(words, draft);
      break;
    case "unmet":
      draft.unmet.push(words.unit());
      break;
    case "at": {
      const column = words.column;
      const atUsec = words.time();
      if (atUsec < draft.lastUsec)
        throw new LineError(column, "This is earlier than the line before. Expected the lines in the order of time.");
      draft.lastUsec = atUsec;
      draft.steps.push({ atUsec, action: parseAction(words), line });
      break;
    }
    case "after": {
      draft.lastUsec += words.time();
      draft.steps.push({ atUsec: draft.lastUsec, action: parseAction(words), line });
      break;
    }
    case "until":
      draft.untilUsec = words.time();
      break;
    case "unit":
      words.fail("Expected the unit file's lines below, and end in a line of its own");
  }
  words.end();
}

/** The lines between `unit NAME` and `end`; the number of the line after. */
function parseUnit(lines: readonly string[], from: number, name: string, draft: Draft): number {
  const end = lines.findIndex((line, i) => i > from && line.trim() === "end");
  if (end < 0) throw new LineError(1, `The unit file of ${name} is not closed. Expected end in a line of its own.`);
  draft.units[name] = lines
    .slice(from + 1, end)
    .map((line) => `${line}\n`)
    .join("");
  draft.unitLines[name] = from + 1;
  return end;
}

/**
 * Reads a scenario. What cannot be read is a diagnostic with line, column and what was expected; the rest is read all the same.
 */
export function parseScenario(
  text: string,
  file: string,
): { readonly value: Scenario; readonly diagnostics: readonly Diagnostic[] } {
  const draft: Draft = {
    directories: [],
    units: {},
    unitLines: {},
    programs: {},
    unmet: [],
    steps: [],
    untilUsec: undefined,
    lastUsec: 0,
  };
  const diagnostics: Diagnostic[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const source = lines[at]!;
    try {
      const words = new Words(source);
      if (words.isEmpty) continue;
      const header = /^\s*unit\s+(\S+)\s*(#.*)?$/.exec(source);
      if (header === null) parseLine(words, at + 1, draft);
      else {
        const name = header[1]!;
        words.take("unit");
        words.unit();
        if (isValidUnitName(name)) at = parseUnit(lines, at, name, draft);
      }
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      diagnostics.push({ severity: "error", file, line: at + 1, column: error.column, message: error.message });
    }
  }
  const { directories, units, unitLines, programs, unmet, steps, untilUsec } = draft;
  const value = {
    directories,
    units,
    ...(Object.keys(units).length === 0 ? {} : { unitLines }),
    programs,
    unmet,
    steps,
    ...(untilUsec === undefined ? {} : { untilUsec }),
  };
  return { value, diagnostics };
}
