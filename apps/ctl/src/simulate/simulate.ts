/** simulate: what would happen if. Plays a scenario on the real core with a fake clock, and tells the time line. */
import { writeFileSync } from "node:fs";
import { Play, playTimeline } from "@steward/state-machine";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { OptionRow } from "../option-table.ts";
import { ownArguments } from "../own-options.ts";
import { printJson, wantsJson } from "../verbs/filters.ts";
import { printFinding } from "../verify/finding.ts";
import { loadScenario, titleOf } from "./load-scenario.ts";
import { timelineSvg } from "./svg.ts";
import { timelineLines } from "./text.ts";

const table: readonly OptionRow[] = [
  { name: "help", short: "h", kind: "flag", help: "Show this help" },
  { name: "output", short: "o", kind: "value", help: "json, or json-pretty, in place of text" },
  { name: "svg", kind: "value", help: "Draw the time line into this file too" },
  { name: "root", kind: "value", help: "Take the unit files below this directory" },
  { name: "user", kind: "flag", help: "This user's units" },
  { name: "system", kind: "flag", help: "The system's units" },
  { name: "quiet", short: "q", kind: "flag", help: "States and jobs alone, without the manager's log lines" },
  { name: "no-pager", kind: "flag", help: "Do not pipe output into a pager" },
];

/** A simulation is stopped here: its units restart each other for ever. */
const maxEvents = 5_000;

export async function simulate(context: Context, args: readonly string[]): Promise<number> {
  const own = ownArguments(context, args, table, "[OPTION…] FILE.scenario");
  if (own === undefined) return 0;
  const [file, ...more] = own.words;
  if (file === undefined)
    throw new Failure("Too few arguments. Expected the file of a scenario, or - for standard input.");
  if (more.length > 0) throw new Failure("Too many arguments. Expected one scenario.");
  const { options } = own;
  const { scenario, units, instances, findings } = loadScenario(file, options);
  for (const finding of findings) printFinding(context, finding);
  if (findings.some(({ fatal }) => fatal === true)) return 1;
  const play = new Play(scenario, {
    units,
    instances,
    typical: true,
    maxEvents,
    scope: options.user === true ? "user" : "system",
  });
  const timeline = playTimeline(play);
  const svg = textOption(options, "svg");
  if (svg !== undefined) writeSvg(svg, timelineSvg(timeline, titleOf(file)));
  if (wantsJson({ ...context, options })) printJson({ ...context, options }, timeline);
  else for (const line of timelineLines(timeline, { quiet: options.quiet === true })) context.out.line(line);
  return 0;
}

function writeSvg(path: string, svg: string): void {
  try {
    writeFileSync(path, svg);
  } catch (error) {
    throw new Failure(`Cannot write ${path}: ${(error as Error).message}`, 1, { cause: error });
  }
}
