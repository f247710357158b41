/** list-timers: what elapses next first. */

import { DBusError } from "@steward/ipc";
import { listUnits } from "../bus/expand-names.ts";
import { errorText } from "../bus/manager.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { cell, tableLines } from "../print/table.ts";
import { highlight, highlightRed } from "../print/terminal.ts";
import { Times } from "../print/times.ts";
import { mangleUnitName } from "../unit-name.ts";
import { compareText, printJson, readFilters, wantsJson, wantsLegend } from "./filters.ts";
import { moment, nextElapse } from "./next-elapse.ts";

interface TimerRow {
  readonly unit: string;
  readonly activates: readonly string[];
  readonly next: number;
  readonly last: number;
}

export async function listTimers(context: Context, args: readonly string[]): Promise<number> {
  const filters = readFilters(context);
  if (filters === undefined) return 0;
  const patterns = args.map((name) => mangleUnitName(name, ".timer"));
  const shown = (await listUnits(context, filters.states, patterns)).filter(
    ({ name, active, job }) =>
      name.endsWith(".timer") &&
      (context.options.all === true || filters.states.length > 0 || active !== "inactive" || job > 0),
  );
  const rows = await Promise.all(shown.map(({ name }) => timerRow(context, name))).catch((error: unknown) => {
    throw error instanceof DBusError ? new Failure(`Failed to get next elapse time: ${errorText(error)}`) : error;
  });
  rows.sort((a, b) => (a.next || Infinity) - (b.next || Infinity) || compareText(a.unit, b.unit));
  if (wantsJson(context)) printJson(context, rows.map(jsonRow));
  else printTable(context, rows);
  return 0;
}

async function timerRow({ manager }: Context, unit: string): Promise<TimerRow> {
  const [triggers, monotonic, realtime, last] = await Promise.all([
    manager.getUnit(unit, "Triggers"),
    manager.getUnit(unit, "NextElapseUSecMonotonic", "Timer"),
    manager.getUnit(unit, "NextElapseUSecRealtime", "Timer"),
    manager.getUnit(unit, "LastTriggerUSec", "Timer"),
  ]);
  return { unit, activates: triggers as string[], next: nextElapse(realtime, monotonic), last: moment(last) };
}

/** systemctl 252 repeats the moment in "left" and "passed". */
function jsonRow({ unit, activates, next, last }: TimerRow): object {
  return { next: next || null, left: next || null, last, passed: last, unit, activates: activates.join(", ") };
}

function printTable(context: Context, rows: readonly TimerRow[]): void {
  const { options, out } = context;
  const legend = wantsLegend(context);
  const times = new Times(options);
  const columns = ["NEXT", "LEFT", "LAST", "PASSED", "UNIT", "ACTIVATES"].map((title) => ({ title }));
  const cells = rows.map(({ unit, activates, next, last }) => [
    cell(times.absolute(next) ?? "-"),
    cell(times.relative(next) ?? "-"),
    cell(times.absolute(last) ?? "-"),
    cell(times.relative(last) ?? "-"),
    cell(unit),
    cell(activates.join(", ")),
  ]);
  for (const line of tableLines(columns, cells, { header: legend, full: options.full === true })) out.line(line);
  if (!legend) return;
  out.line(`\n${(rows.length > 0 ? highlight : highlightRed)(`${rows.length} timers listed.`)}`);
  if (options.all !== true) out.line("Pass --all to see loaded but inactive timers, too.");
}
