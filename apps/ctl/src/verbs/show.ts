/** show: properties as NAME=VALUE. */
import { DBusError, Variant } from "@steward/ipc";
import { expandNames } from "../bus/expand-names.ts";
import { errorText, managerPath, type Properties } from "../bus/manager.ts";
import { listOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { isEmptyText, isUnprintable, propertyJson, propertyValues } from "../print/property.ts";
import { Times } from "../print/times.ts";
import { unitPath } from "../unit-name.ts";
import { printJson, wantsJson } from "./filters.ts";

export async function show(context: Context, args: readonly string[]): Promise<number> {
  const paths = args.length === 0 ? [managerPath] : await objectPaths(context, args);
  const objects: unknown[] = [];
  for (const [index, path] of paths.entries()) {
    const properties = await context.manager.getAll(path).catch((error: unknown) => {
      throw error instanceof DBusError ? new Failure(`Failed to get properties: ${errorText(error)}`) : error;
    });
    if (wantsJson(context)) {
      objects.push(jsonObject(context, properties));
      continue;
    }
    if (index > 0) context.out.line();
    print(context, properties);
  }
  if (wantsJson(context)) printJson(context, objects.length === 1 ? objects[0] : objects);
  return 0;
}

/** A number is a job's id, all else is a unit. */
async function objectPaths(context: Context, args: readonly string[]): Promise<string[]> {
  const jobs = args.filter((name) => /^\d+$/.test(name)).map((id) => `${managerPath}/job/${id}`);
  const units = await expandNames(
    context,
    args.filter((name) => !/^\d+$/.test(name)),
  );
  return [...jobs, ...units.map(unitPath)];
}

function wanted({ options }: Context): readonly string[] {
  return [...listOption(options, "property"), ...listOption(options, "property-value")];
}

function print(context: Context, properties: Properties): void {
  const { options, out } = context;
  const names = wanted(context);
  const times = new Times(options);
  const bare = options.value === true || options["property-value"] !== undefined;
  const all = options.all === true;
  const empty = all || names.length > 0;
  for (const [name, variant] of properties) {
    if (names.length > 0 && !names.includes(name)) continue;
    const values =
      propertyValues(name, variant, times) ?? (all && isUnprintable(name, variant.signature) ? ["[unprintable]"] : []);
    for (const text of values) if (empty || !isEmptyText(name, text)) out.line(bare ? text : `${name}=${text}`);
  }
}

function jsonObject(context: Context, properties: Properties): object {
  const names = wanted(context);
  const entries = [...properties].filter(([name]) => names.length === 0 || names.includes(name));
  return Object.fromEntries(
    entries.map(([name, { signature, value }]) => [name, propertyJson(new Variant(signature, value))]),
  );
}
