import { type CallContext, DBusError, type MethodHandler, type Value } from "@steward/ipc";
import type { ProcessName } from "@steward/state-machine";
import type { Manager } from "../manager.ts";
import type { GivenStreams } from "../transient/given-streams.ts";
import { nameProcesses } from "../transient/process-names.ts";
import type { Holder } from "../transient/references.ts";
import type { Made } from "../transient/transient-units.ts";
import { invalidArgs, noSuchUnit } from "./errors.ts";
import { enqueue, jobKinds, jobModes } from "./job-methods.ts";
import { jobPath } from "./paths.ts";

/** Who holds a reference that this call makes: a name on the bus, or a connection of our own socket. */
function holderOf({ message, connection }: CallContext): Holder {
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

/** systemd refuses to load such a scope, in these words. */
function noProcesses(unit: string): DBusError {
  return new DBusError(
    "org.freedesktop.DBus.Error.FileNotFound",
    `Unit ${unit} failed to load properly, please adjust/correct and reload service manager: No such file or directory`,
  );
}

/** The descriptors that the streams of a unit name, out of those that came with the message. */
function streamsOf({ name, streams }: Made, fds: readonly number[]): GivenStreams {
  return Object.fromEntries(
    Object.entries(streams).map(([stream, index]) => {
      const fd = fds[index];
      if (fd === undefined) throw invalidArgs(`A descriptor for ${stream} of ${name} did not come with the message.`);
      return [stream, fd];
    }),
  );
}

/** StartTransientUnit. Descriptors that no stream took are closed, whatever comes of the call. */
async function startTransient(manager: Manager, args: readonly Value[], context: CallContext): Promise<Value> {
  const { fds = [] } = context.message;
  const taken = new Set<number>();
  try {
    return await makeAndStart(manager, args, context, (made) => {
      const streams = streamsOf(made, fds);
      for (const fd of Object.values(streams)) taken.add(fd);
      if (Object.keys(streams).length > 0) manager.streams.give(made.name, streams);
    });
  } finally {
    // A unit that was made and could not be started is of no use to anybody.
    manager.collectSoon();
    manager.streams.close(fds.filter((fd) => !taken.has(fd)));
  }
}

async function makeAndStart(
  manager: Manager,
  [name, mode, properties, auxiliary]: readonly Value[],
  context: CallContext,
  giveStreams: (made: Made) => void,
): Promise<Value> {
  if (!jobModes.has(mode as string)) throw invalidArgs(`Job mode ${String(mode)} is invalid.`);
  const described = [[name, properties], ...(auxiliary as Value[][])].map(([unit, pairs]) => ({
    name: unit as string,
    properties: pairs as Value[],
  }));
  let processes: readonly ProcessName[] = [];
  const [main, ...others] = manager.transient.make(manager, described, ({ name: unit, type, pids }) => {
    processes = nameProcesses(pids, context.peer);
    if (type === "scope" && processes.length === 0) throw noProcesses(unit);
  }) as [Made, ...Made[]];
  for (const made of [main, ...others]) giveStreams(made);
  if (main.type === "scope") manager.join(main.name, processes, main.controller);
  for (const { name: unit, addRef } of [main, ...others]) if (addRef) manager.references.add(unit, holderOf(context));
  return jobPath(await enqueue(manager, main.name, jobKinds.start, mode as string));
}

/** Whether processes may be given to a unit that runs: only where its file says that it looks after them itself. */
function checkDelegated(manager: Manager, id: string): void {
  const { settings, type } = manager.definition(id)!;
  const delegate =
    type === "scope" ? settings.Scope.Delegate : type === "service" ? settings.Service.Delegate : undefined;
  if (delegate?.on !== true) throw invalidArgs("Process migration not available on non-delegated units.");
  const state = manager.activeState(id);
  if (state === "inactive" || state === "failed") throw invalidArgs("Unit is not active, refusing.");
}

/** AttachProcessesToUnit. Groups below a unit's own are its own business: processes come into the unit's. */
export function attachProcesses(
  manager: Manager,
  name: string,
  [path, pids]: readonly Value[],
  { peer }: CallContext,
): void {
  const id = manager.unitId(name);
  if (id === undefined) throw noSuchUnit(name);
  checkDelegated(manager, id);
  if (path !== "" && path !== "/")
    throw invalidArgs(`Control group ${String(path)} of ${id} cannot be entered from here.`);
  manager.join(id, nameProcesses(pids as readonly number[], peer));
}

export async function abandonScope(manager: Manager, name: string): Promise<void> {
  const id = manager.unitId(name);
  if (id === undefined) throw noSuchUnit(name);
  if (!id.endsWith(".scope")) throw invalidArgs(`Unit '${id}' is not a scope.`);
  const result = await manager.request((request, now) => ({ kind: "abandon", now, request, unit: id }));
  if ("error" in result) throw new DBusError(result.error, result.message);
}

/** The methods of the Manager object that make units, and keep them. */
export const transientMethods: Readonly<Record<string, MethodHandler<Manager>>> = {
  StartTransientUnit: startTransient,
  AbandonScope: (manager, [name]) => abandonScope(manager, name as string),
  AttachProcessesToUnit: (manager, [name, ...what], context) => attachProcesses(manager, name as string, what, context),
  RefUnit: (manager, [name], context) => refUnit(manager, name as string, context),
  UnrefUnit: (manager, [name], context) => unrefUnit(manager, name as string, context),
};
