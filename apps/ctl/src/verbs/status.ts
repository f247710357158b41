/** status: how units are, their processes and last log lines; without a name, how the whole is. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { DBusError, type Value } from "@steward/ipc";
import { expandNames, isShown, listUnits } from "../bus/expand-names.ts";
import { errorText, managerPath } from "../bus/manager.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { type ProcessRow, processTree } from "../print/process-tree.ts";
import { systemStatePaint } from "../print/states.ts";
import { highlight, highlightRed, terminalColumns } from "../print/terminal.ts";
import { Times } from "../print/times.ts";
import { type Neighbour, unitStatusLines } from "../print/unit-status.ts";
import { unitPath } from "../unit-name.ts";
import { compareUnits, readFilters, typeMatches, wantsJson } from "./filters.ts";
import { warnOfChangedFiles } from "./jobs.ts";
import { exitCodeOf } from "./status-exit-code.ts";
import { statusJson } from "./status-json.ts";
import { linesOption, statusLogs } from "./status-logs.ts";
import { Facts } from "./unit-facts.ts";

export async function status(context: Context, args: readonly string[]): Promise<number> {
  linesOption(context.options);
  if (wantsJson(context)) return statusJson(context, args.length > 0 ? await unitNames(context, args) : []);
  if (args.length === 0 && !isFiltered(context)) {
    await systemStatus(context);
    if (context.options.all !== true) return 0;
    context.out.line();
  }
  const names = args.length > 0 ? await unitNames(context, args) : await loadedUnits(context);
  let code: number = exitCodes.success;
  let printed = false;
  for (const name of names) {
    const facts = new Facts(await context.manager.getAll(unitPath(name)));
    const one = exitCodeOf(facts);
    if (code === exitCodes.success) code = one;
    if (one === exitCodes.noSuchUnit) {
      context.out.error(`Unit ${name} could not be found.`);
      continue;
    }
    if (printed) context.out.line();
    printed = true;
    await unitStatus(context, facts);
  }
  return code;
}

function isFiltered({ options }: Context): boolean {
  return options.type !== undefined || options.state !== undefined || options.failed === true;
}

async function loadedUnits(context: Context): Promise<string[]> {
  const filters = readFilters(context) ?? { types: [], states: [] };
  const rows = await listUnits(context, filters.states, []);
  return rows
    .filter(
      (row) =>
        typeMatches(filters, row.name) && (filters.states.length > 0 || context.options.all === true || isShown(row)),
    )
    .map((row) => row.name)
    .sort(compareUnits);
}

/** Names, and numbers: processes whose unit is meant. */
async function unitNames(context: Context, args: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const arg of args) {
    if (!/^\d+$/.test(arg)) {
      names.push(...(await expandNames(context, [arg])));
      continue;
    }
    try {
      const [path] = await context.manager.call("GetUnitByPID", "u", [Number(arg)]);
      names.push(String(await context.manager.get(String(path), "org.freedesktop.systemd1.Unit", "Id")));
    } catch (error) {
      if (!(error instanceof DBusError)) throw error;
      throw new Failure(`Failed to get unit for PID ${arg}: ${errorText(error)}`);
    }
  }
  return names;
}

async function neighbours({ manager }: Context, names: readonly string[]): Promise<Neighbour[]> {
  return Promise.all(
    names.map(async (name) => ({
      name,
      state: String(await manager.getUnit(name, "ActiveState").catch(() => "inactive")),
    })),
  );
}

async function unitStatus(context: Context, facts: Facts): Promise<void> {
  const { out, options } = context;
  const id = facts.text("Id") ?? "";
  const times = new Times(options);
  const [triggeredBy, triggers] = await Promise.all([
    neighbours(context, facts.list("TriggeredBy")),
    neighbours(context, facts.list("Triggers")),
  ]);
  for (const line of unitStatusLines({ facts, times, triggeredBy, triggers, commandOf })) out.line(line);
  const group = facts.text("ControlGroup");
  if (group !== undefined) await printGroup(context, id, group, 13, id);
  out.write(statusLogs(id, options, facts.moment("InactiveExitTimestampMonotonic")));
  if (facts.flag("NeedDaemonReload")) await warnOfChangedFiles(context, id);
}

function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").replace(/\n$/, "");
  } catch {
    return undefined;
  }
}

async function printGroup(context: Context, unit: string, group: string, indent: number, title: string): Promise<void> {
  const { manager, out, options } = context;
  out.line(`${"CGroup".padStart(indent - 2)}: ${group}`);
  const rows = await manager.call("GetUnitProcesses", "s", [unit]).then(
    ([list]) => list as Value[],
    (error: unknown) => {
      if (!(error instanceof DBusError)) throw error;
      out.error(`Failed to dump process list for '${title}', ignoring: ${errorText(error)}`);
      return [];
    },
  );
  const columns = options.full === true ? undefined : terminalColumns();
  for (const line of processTree(rows as unknown as ProcessRow[], group, " ".repeat(indent), columns)) out.line(line);
}

/** The manager's own state. */
async function systemStatus(context: Context): Promise<void> {
  const { manager, out, options } = context;
  const facts = new Facts(await manager.getAll(managerPath));
  const times = new Times(options);
  const state = facts.text("SystemState") ?? "n/a";
  const paint = systemStatePaint(state);
  const [jobs, failed] = [facts.number("NJobs"), facts.number("NFailedUnits")];
  out.line(`${paint("●")} ${hostname()}`);
  out.line(`    State: ${paint(state)}`);
  out.line(`    Units: ${facts.number("NNames")} loaded (incl. loaded aliases)`);
  out.line(`     Jobs: ${(jobs > 0 ? highlight : String)(`${jobs} queued`)}`);
  out.line(`   Failed: ${(failed > 0 ? highlightRed : String)(`${failed} units`)}`);
  out.line(`    Since: ${times.both(facts.moment("UserspaceTimestamp"))}`);
  out.line(`  systemd: ${facts.text("Version") ?? "n/a"}`);
  const tainted = facts.text("Tainted");
  if (tainted !== undefined) out.line(`  Tainted: ${highlight(tainted)}`);
  const group = facts.text("ControlGroup");
  if (group !== undefined || facts.properties.has("ControlGroup"))
    await printGroup(context, "-.slice", group ?? "/", 11, hostname());
}
