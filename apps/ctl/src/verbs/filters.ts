/** `--type=` and `--state=`, and what they may be (systemctl(1)). */
import { listOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { stateLists } from "../print/state-lists.ts";
import { unitTypes } from "../unit-name.ts";

export interface Filters {
  readonly types: readonly string[];
  readonly states: readonly string[];
}

const loadStates = stateLists[0]![1];

/** The filters of a listing. Undefined when their help was asked for and printed. */
export function readFilters({ options, out }: Context): Filters | undefined {
  const types: string[] = [];
  const states = [...listOption(options, "state")];
  for (const type of listOption(options, "type")) {
    if (type === "help") {
      out.line("Available unit types:");
      for (const each of unitTypes) out.line(each);
      return undefined;
    }
    if (unitTypes.includes(type as (typeof unitTypes)[number])) types.push(type);
    else if (loadStates.includes(type)) states.push(type);
    else throw new Failure(`Unknown unit type or load state '${type}'.\nUse -t help to see a list of allowed values.`);
  }
  if (states.includes("help")) {
    stateLists.forEach(([title, values], index) => {
      if (index > 0) out.line();
      out.line(`Available ${title}:`);
      for (const value of values) out.line(value);
    });
    return undefined;
  }
  const known = new Set(stateLists.flatMap(([, values]) => values));
  for (const state of states) if (!known.has(state)) throw new Failure(`Unknown unit state '${state}'.`);
  if (options.failed === true) states.push("failed");
  return { types, states };
}

/** Whether a unit's type is among those asked for. */
export function typeMatches(filters: Filters, name: string): boolean {
  return filters.types.length === 0 || filters.types.includes(name.slice(name.lastIndexOf(".") + 1));
}

/** Units are listed by type, then by name. */
export function compareUnits(a: string, b: string): number {
  const suffix = (name: string): string => name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return compareText(suffix(a), suffix(b)) || compareText(a.toLowerCase(), b.toLowerCase());
}

/** By code units, as strcasecmp does for lower-cased names. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether header and hints are wanted. */
export function wantsLegend({ options }: Context): boolean {
  const legend = options.legend;
  if (typeof legend === "string") return !/^(0|no|n|false|f|off)$/i.test(legend);
  return options["no-legend"] !== true && options.quiet !== true;
}

/** Whether output is to be JSON; any other format than systemctl's own is refused. */
export function wantsJson({ options }: Context): boolean {
  return options.output === "json" || options.output === "json-pretty";
}

/** Prints a value as JSON, on one line or (json-pretty) on many. */
export function printJson({ options, out }: Context, value: unknown): void {
  out.line(JSON.stringify(value, null, options.output === "json-pretty" ? "\t" : undefined));
}
