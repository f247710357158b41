/** list-unit-files: what is installed, enabled or not. */
import type { Value } from "@steward/ipc";
import { queryPreset, readPresets, unitFileStates } from "@steward/unit-tree";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { matchesPattern } from "../print/pattern.ts";
import { fileStatePaint, presetMatters } from "../print/states.ts";
import { cell, tableLines } from "../print/table.ts";
import { grey, highlight, highlightRed } from "../print/terminal.ts";
import { compareUnits, type Filters, printJson, readFilters, typeMatches, wantsJson, wantsLegend } from "./filters.ts";
import { installPlace, isOffline } from "./install-place.ts";

interface FileRow {
  readonly name: string;
  readonly state: string;
  readonly preset: string | undefined;
}

export async function listUnitFiles(context: Context, args: readonly string[]): Promise<number> {
  const filters = readFilters(context);
  if (filters === undefined) return 0;
  const all = isOffline(context.options) ? filesOnDisk(context) : await filesOfManager(context, filters, args);
  const rows = all
    .filter(
      ({ name, state }) => typeMatches(filters, name) && matchesPattern(name, args) && stateMatches(filters, state),
    )
    .sort((a, b) => compareUnits(a.name, b.name));
  if (wantsJson(context))
    printJson(
      context,
      rows.map(({ name, state, preset }) => ({ unit_file: name, state, preset: preset ?? null })),
    );
  else printTable(context, rows);
  return rows.length === 0 && args.length > 0 ? 1 : 0;
}

function stateMatches(filters: Filters, state: string): boolean {
  return filters.states.length === 0 || filters.states.includes(state);
}

async function filesOfManager(context: Context, filters: Filters, patterns: readonly string[]): Promise<FileRow[]> {
  const [files] = await context.manager
    .call("ListUnitFilesByPatterns", "asas", [filters.states, patterns])
    .catch((error: unknown) => {
      throw error instanceof Failure ? error : new Failure(`Failed to list unit files: ${(error as Error).message}`);
    });
  const { tree, paths } = installPlace(context.options);
  const rules = readPresets(tree, paths.presets);
  return (files as Value[] as [string, string][]).map(([path, state]) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const preset = presetMatters(state) ? words[queryPreset(rules, name).action] : undefined;
    return { name, state, preset };
  });
}

const words = { enable: "enabled", disable: "disabled", ignore: "ignored" } as const;

function filesOnDisk({ options }: Context): FileRow[] {
  return unitFileStates(installPlace(options))
    .list()
    .map(({ name, state, preset }) => ({ name, state, preset: presetMatters(state) ? preset : undefined }));
}

function printTable(context: Context, rows: readonly FileRow[]): void {
  const { options, out } = context;
  const legend = wantsLegend(context);
  const columns = [{ title: "UNIT FILE", soft: true }, { title: "STATE" }, { title: "PRESET" }];
  const cells = rows.map(({ name, state, preset }) => [
    cell(name),
    cell(state, fileStatePaint(state)),
    preset === undefined ? cell("-", grey) : cell(preset, fileStatePaint(preset)),
  ]);
  for (const line of tableLines(columns, cells, { header: legend, full: options.full === true })) out.line(line);
  if (legend) out.line(`\n${(rows.length > 0 ? highlight : highlightRed)(`${rows.length} unit files listed.`)}`);
}
