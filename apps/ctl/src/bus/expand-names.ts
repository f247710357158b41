/** Names with patterns, made into names of loaded units. */
import type { Value } from "@steward/ipc";
import type { Context } from "../context.ts";
import { isGlob, mangleUnitName } from "../unit-name.ts";

/** A row of Manager.ListUnitsByPatterns. */
export interface UnitRow {
  readonly name: string;
  readonly description: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly following: string;
  readonly path: string;
  readonly job: number;
  readonly jobType: string;
}

/** The loaded units in these states that match these patterns; empty lists select all. */
export async function listUnits(
  { manager }: Context,
  states: readonly string[],
  patterns: readonly string[],
): Promise<UnitRow[]> {
  const [rows] = await manager.call("ListUnitsByPatterns", "asas", [states, patterns]);
  return (rows as Value[][]).map((row) => {
    const [name, description, load, active, sub, following, path, job, jobType] = row as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      number,
      string,
    ];
    return { name, description, load, active, sub, following, path, job, jobType };
  });
}

/** Whole names, patterns resolved among loaded units. */
export async function expandNames(context: Context, args: readonly string[], suffix = ".service"): Promise<string[]> {
  const names = args.map((name) => mangleUnitName(name, suffix));
  const globs = names.filter(isGlob);
  const plain = names.filter((name) => !isGlob(name));
  if (globs.length === 0) return plain;
  const rows = await listUnits(context, [], globs);
  const inactive = context.options.all === true;
  return [...plain, ...rows.filter((row) => inactive || isShown(row)).map((row) => row.name)];
}

/** Whether a unit is shown without --all: not those that are neither active nor have a job. */
export function isShown(row: UnitRow): boolean {
  return !(row.job === 0 && row.active === "inactive") && row.following === "";
}
