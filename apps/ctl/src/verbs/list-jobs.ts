/** list-jobs: what is queued and what runs. */
import type { Value } from "@steward/ipc";
import { busName } from "../bus/manager.ts";
import type { Context } from "../context.ts";
import { matchesPattern } from "../print/pattern.ts";
import { cell, tableLines } from "../print/table.ts";
import { highlight } from "../print/terminal.ts";
import { mangleUnitName } from "../unit-name.ts";
import { printJson, wantsJson, wantsLegend } from "./filters.ts";

type JobRow = [id: number, unit: string, type: string, state: string, path: string, unitPath: string];

export async function listJobs(context: Context, args: readonly string[]): Promise<number> {
  const { manager, out, options } = context;
  const [listed] = await manager.call("ListJobs");
  const patterns = args.map((name) => mangleUnitName(name));
  const rows = (listed as Value[] as JobRow[])
    .filter(([, unit]) => matchesPattern(unit, patterns))
    .sort((a, b) => a[0] - b[0]);
  if (wantsJson(context)) {
    printJson(
      context,
      rows.map(([job, unit, type, state]) => ({ job, unit, type, state })),
    );
    return 0;
  }
  const legend = wantsLegend(context);
  if (rows.length === 0) {
    if (legend) out.line(highlight(args.length > 0 ? "No jobs listed." : "No jobs running."));
    return 0;
  }
  const columns = [{ title: "JOB" }, { title: "UNIT", soft: true }, { title: "TYPE" }, { title: "STATE" }];
  const cells = rows.map(([id, unit, type, state]) => {
    const paint = state === "running" ? highlight : undefined;
    return [cell(String(id)), cell(unit, paint), cell(type), cell(state, paint)];
  });
  const [header, ...lines] = tableLines(columns, cells, { header: true, full: options.full === true });
  if (legend) out.line(header);
  for (const [index, line] of lines.entries()) {
    out.line(line);
    if (options.after === true) await waitsFor(context, rows[index]!, "GetAfter", "\twaiting for job");
    if (options.before === true) await waitsFor(context, rows[index]!, "GetBefore", "\tblocking job");
  }
  if (legend) out.line(`\n${highlight(`${rows.length} jobs listed.`)}`);
  return 0;
}

async function waitsFor({ manager, out }: Context, job: JobRow, method: string, words: string): Promise<void> {
  const [others] = await manager.request(job[4], `${busName}.Job`, method, "", []);
  for (const [id, unit, type] of others as Value[] as JobRow[]) out.line(`${words} ${id} (${unit}/${type})`);
}
