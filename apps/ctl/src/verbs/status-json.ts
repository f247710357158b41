/** status -o json: one object, or a list of them where several units were named. */

import type { Value } from "@steward/ipc";
import { Journal, jsonEntry } from "@steward/journal";
import { managerPath } from "../bus/manager.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { propertyJson } from "../print/property.ts";
import { unitPath } from "../unit-name.ts";
import { printJson } from "./filters.ts";
import { journalDirectories } from "./journal-places.ts";
import { exitCodeOf } from "./status-exit-code.ts";
import { unitEntries } from "./status-logs.ts";
import { Facts } from "./unit-facts.ts";

export async function statusJson(context: Context, names: readonly string[]): Promise<number> {
  if (names.length === 0) {
    printJson(context, propertiesJson(new Facts(await context.manager.getAll(managerPath))));
    return 0;
  }
  let code: number = exitCodes.success;
  const objects: object[] = [];
  for (const name of names) {
    const facts = new Facts(await context.manager.getAll(unitPath(name)));
    code = code || exitCodeOf(facts);
    objects.push(await unitJson(context, facts, name));
  }
  printJson(context, objects.length === 1 ? objects[0] : objects);
  return code;
}

function propertiesJson(facts: Facts): { [name: string]: unknown } {
  return Object.fromEntries([...facts.properties].map(([name, value]) => [name, propertyJson(value)]));
}

/** The unit's properties by their own names, and what they do not hold: processes and log lines. */
async function unitJson({ manager, options }: Context, facts: Facts, name: string): Promise<object> {
  const group = facts.text("ControlGroup");
  const [rows] = group === undefined ? [[]] : await manager.call("GetUnitProcesses", "s", [name]).catch(() => [[]]);
  const processes = (rows as Value[][]).map(([cgroup, pid, command]) => ({ cgroup, pid, command }));
  const journal = Journal.openDirectories(journalDirectories(options));
  try {
    const entries = unitEntries(
      journal,
      name,
      { ...options, output: undefined },
      facts.moment("InactiveExitTimestampMonotonic"),
    );
    return { unit: name, ...propertiesJson(facts), processes, logs: entries.map((entry) => jsonEntry(entry, false)) };
  } finally {
    journal.close();
  }
}
