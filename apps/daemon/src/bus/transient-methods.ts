import { type CallContext, DBusError, type MethodHandler, type Value } from "@steward/ipc";
import type { Manager } from "../manager.ts";
import type { Holder } from "../transient/references.ts";
import { invalidArgs, noSuchUnit } from "./errors.ts";
import { enqueue, jobKinds, jobModes } from "./job-methods.ts";
import { jobPath } from "./paths.ts";

/** Who holds a reference that this call makes: a name on the bus, or a connection of our own socket. */
export function holderOf({ message, connection }: CallContext): Holder {
  return message.sender ?? connection;
}

export function refUnit(manager: Manager, name: string, context: CallContext): void {
  const id = manager.unitId(name);
  if (id === undefined) throw noSuchUnit(name);
  manager.references.add(id, holderOf(context));
}

export function unrefUnit(manager: Manager, name: string, context: CallContext): void {
  const id = manager.unitId(name);
  if (id === undefined) throw noSuchUnit(name);
  if (!manager.references.remove(id, holderOf(context)))
    throw new DBusError("org.freedesktop.systemd1.NotReferenced", "Unit has not been referenced yet.");
}

async function startTransient(
  manager: Manager,
  [name, mode, properties, auxiliary]: readonly Value[],
  context: CallContext,
): Promise<Value> {
  if (!jobModes.has(mode as string)) throw invalidArgs(`Job mode ${String(mode)} is invalid.`);
  const described = [[name, properties], ...(auxiliary as Value[][])].map(([unit, pairs]) => ({
    name: unit as string,
    properties: pairs as Value[],
  }));
  const [main, ...others] = manager.transient.make(manager, described);
  for (const { name: unit, addRef } of [main!, ...others]) if (addRef) manager.references.add(unit, holderOf(context));
  return jobPath(await enqueue(manager, main!.name, jobKinds.start, mode as string));
}

/** The methods of the Manager object that make units, and keep them. */
export const transientMethods: Readonly<Record<string, MethodHandler<Manager>>> = {
  StartTransientUnit: startTransient,
  RefUnit: (manager, [name], context) => refUnit(manager, name as string, context),
  UnrefUnit: (manager, [name], context) => unrefUnit(manager, name as string, context),
};
