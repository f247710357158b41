/** list-sockets: each listening address with the unit it starts. */
import { listUnits } from "../bus/expand-names.ts";
import type { Context } from "../context.ts";
import { cell, tableLines } from "../print/table.ts";
import { highlight, highlightRed } from "../print/terminal.ts";
import { mangleUnitName } from "../unit-name.ts";
import { compareText, printJson, readFilters, wantsJson, wantsLegend } from "./filters.ts";

interface SocketRow {
  readonly listen: string;
  readonly type: string;
  readonly unit: string;
  readonly activates: readonly string[];
}

export async function listSockets(context: Context, args: readonly string[]): Promise<number> {
  const filters = readFilters(context);
  if (filters === undefined) return 0;
  const patterns = args.map((name) => mangleUnitName(name, ".socket"));
  const shown = (await listUnits(context, filters.states, patterns)).filter(
    ({ name, active, job }) =>
      name.endsWith(".socket") &&
      (context.options.all === true || filters.states.length > 0 || active !== "inactive" || job > 0),
  );
  const rows = (await Promise.all(shown.map(({ name }) => socketRows(context, name)))).flat();
  rows.sort((a, b) => compareText(a.listen, b.listen) || compareText(a.type, b.type));
  if (wantsJson(context))
    printJson(
      context,
      rows.map((row) => jsonRow(context, row)),
    );
  else printTable(context, rows);
  return 0;
}

async function socketRows({ manager }: Context, unit: string): Promise<SocketRow[]> {
  const [triggers, listen] = await Promise.all([
    manager.getUnit(unit, "Triggers"),
    manager.getUnit(unit, "Listen", "Socket"),
  ]);
  return (listen as [string, string][]).map(([type, address]) => ({
    unit,
    type,
    listen: address,
    activates: triggers as string[],
  }));
}

function jsonRow({ options }: Context, { listen, type, unit, activates }: SocketRow): object {
  return { listen, ...(options["show-types"] === true && { type }), unit, activates: activates.join(", ") || null };
}

function printTable(context: Context, rows: readonly SocketRow[]): void {
  const { options, out } = context;
  const legend = wantsLegend(context);
  const types = options["show-types"] === true;
  const columns = [
    { title: "LISTEN" },
    ...(types ? [{ title: "TYPE" }] : []),
    { title: "UNIT" },
    { title: "ACTIVATES" },
  ];
  const cells = rows.map((row) => [
    cell(row.listen),
    ...(types ? [cell(row.type)] : []),
    cell(row.unit),
    cell(row.activates.join(", ") || "-"),
  ]);
  for (const line of tableLines(columns, cells, { header: legend, full: options.full === true })) out.line(line);
  if (!legend) return;
  out.line(`\n${(rows.length > 0 ? highlight : highlightRed)(`${rows.length} sockets listed.`)}`);
  if (options.all !== true) out.line("Pass --all to see loaded but inactive sockets, too.");
}
