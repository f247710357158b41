/** list-units, the verb where none is given. */
import { listUnits, type UnitRow } from "../bus/expand-names.ts";
import { type Context, program } from "../context.ts";
import { type Cell, type Column, cell, tableLines } from "../print/table.ts";
import { highlight, highlightRed, highlightYellow } from "../print/terminal.ts";
import { compareUnits, type Filters, printJson, readFilters, typeMatches, wantsJson, wantsLegend } from "./filters.ts";

export async function listUnitsVerb(context: Context, args: readonly string[]): Promise<number> {
  const filters = readFilters(context);
  if (filters === undefined) return 0;
  const all = await listUnits(context, filters.states, args);
  const rows = all.filter((row) => isListed(context, filters, row)).sort((a, b) => compareUnits(a.name, b.name));
  if (wantsJson(context)) printJson(context, rows.map(jsonRow));
  else printTable(context, filters, rows);
  return 0;
}

function isListed({ options }: Context, filters: Filters, row: UnitRow): boolean {
  if (!typeMatches(filters, row.name)) return false;
  if (filters.states.length > 0 || options.all === true) return true;
  if (row.following !== "") return false;
  return row.active !== "inactive" || row.job > 0;
}

function jsonRow({ name, load, active, sub, description, job, jobType }: UnitRow): object {
  return { unit: name, load, active, sub, ...(job > 0 && { job: jobType }), description };
}

function printTable(context: Context, filters: Filters, rows: readonly UnitRow[]): void {
  const { options, out } = context;
  const legend = wantsLegend(context);
  const dots = options.plain !== true;
  const jobs = rows.some((row) => row.job > 0);
  const columns: Column[] = [
    ...(dots ? [{ title: " " }] : []),
    { title: "UNIT", soft: true },
    { title: "LOAD" },
    { title: "ACTIVE" },
    { title: "SUB" },
    ...(jobs ? [{ title: "JOB" }] : []),
    { title: "DESCRIPTION", soft: true },
  ];
  const cells = rows.map((row) => cellsOf(row, dots, jobs));
  for (const line of tableLines(columns, cells, { header: legend, full: options.full === true })) out.line(line);
  if (legend) printLegend(context, filters, rows.length, jobs);
}

function cellsOf(row: UnitRow, dots: boolean, jobs: boolean): Cell[] {
  const bad = ["error", "not-found", "bad-setting", "masked"].includes(row.load);
  const failed = row.active === "failed";
  const paint = bad ? highlightYellow : failed ? highlightRed : undefined;
  const state = failed ? highlightRed : undefined;
  return [
    ...(dots ? [cell(bad || failed ? "●" : " ", paint)] : []),
    cell(row.name, paint),
    cell(row.load, bad ? highlightRed : undefined),
    cell(row.active, state),
    cell(row.sub, state),
    ...(jobs ? [cell(row.job > 0 ? row.jobType : "")] : []),
    cell(row.description),
  ];
}

function printLegend({ options, out }: Context, filters: Filters, count: number, jobs: boolean): void {
  if (count > 0) {
    out.line();
    out.line("LOAD   = Reflects whether the unit definition was properly loaded.");
    out.line("ACTIVE = The high-level unit activation state, i.e. generalization of SUB.");
    out.line("SUB    = The low-level unit activation state, values depend on unit type.");
    if (jobs) out.line("JOB    = Pending job for the unit.\n");
  }
  const listed = (count > 0 ? highlight : highlightRed)(`${count} loaded units listed.`);
  const hint = `To show all installed unit files use '${program} list-unit-files'.`;
  if (options.all === true || filters.states.includes("inactive")) out.line(`${listed}\n${hint}`);
  else if (filters.states.length === 0)
    out.line(`${listed} Pass --all to see loaded but inactive units, too.\n${hint}`);
  else out.line(listed);
}
