import { DBusError, type MethodHandler, type Value } from "@steward/ipc";
import type { Manager } from "../manager.ts";
import { cleanUnit, freezeUnit } from "./care-methods.ts";
import { invalidArgs, noSuchUnit, notSupported } from "./errors.ts";
import { globPattern } from "./glob-pattern.ts";
import { jobPath, unitPath } from "./paths.ts";

/** One row of ListUnits, a(ssssssouso). */
function unitRow(manager: Manager, id: string): Value[] {
  const view = manager.view(id);
  const job = view.job;
  return [
    id,
    view.description,
    view.loadState,
    view.activeState,
    view.subState,
    "",
    unitPath(id),
    job?.id ?? 0,
    job?.type ?? "",
    job === undefined ? "/" : jobPath(job.id),
  ];
}

function listUnits(manager: Manager, states: readonly string[], patterns: readonly string[]): Value[][] {
  const accepted = patterns.map(globPattern);
  return manager
    .referencedUnits()
    .filter((id) => {
      const view = manager.view(id);
      if (
        states.length > 0 &&
        ![view.loadState, view.subState, view.activeState].some((state) => states.includes(state))
      )
        return false;
      return (
        accepted.length === 0 || manager.namesOf(id).some((name) => accepted.some((pattern) => pattern.test(name)))
      );
    })
    .map((id) => unitRow(manager, id));
}

const whoms = new Set(["main", "control", "all", "main-fail", "control-fail", "all-fail"]);

export async function killUnit(manager: Manager, name: string, whom: string, signal: number): Promise<void> {
  const id = manager.unitId(name);
  if (id === undefined) throw noSuchUnit(name);
  const wanted = whom === "" ? "all" : whom;
  if (!whoms.has(wanted)) throw invalidArgs(`Invalid who argument ${whom}`);
  if (signal < 1 || signal > 64) throw invalidArgs("Signal number out of range.");
  const result = await manager.request((request, now) => ({
    kind: "kill",
    now,
    request,
    unit: id,
    whom: wanted as "main",
    signal,
  }));
  if ("error" in result) throw new DBusError(result.error, result.message);
}

/** The methods of the Manager object about units that are loaded. */
export const unitMethods: Readonly<Record<string, MethodHandler<Manager>>> = {
  GetUnit: (manager, [name]) => {
    const id = manager.unitId(name as string);
    if (id === undefined) throw noSuchUnit(name as string);
    return unitPath(id);
  },
  LoadUnit: (manager, [name]) => unitPath(manager.loadUnit(name as string)),
  GetUnitByPID: (manager, [pid], { peer }) => {
    const wanted = pid === 0 ? peer.pid : (pid as number);
    const id = manager.unitOfPid(wanted);
    if (id === undefined)
      throw new DBusError("org.freedesktop.systemd1.NoUnitForPID", `PID ${wanted} does not belong to any loaded unit.`);
    return unitPath(id);
  },
  GetUnitByInvocationID: (manager, [bytes], { peer }) => {
    const wanted = Buffer.from(bytes as Uint8Array).toString("hex");
    const id = wanted === "" ? manager.unitOfPid(peer.pid) : manager.unitOfInvocation(wanted);
    if (id === undefined)
      throw new DBusError(
        "org.freedesktop.systemd1.NoUnitForInvocationID",
        `No unit with the specified invocation ID ${wanted} known.`,
      );
    return unitPath(id);
  },
  GetUnitByControlGroup: (manager, [path]) => {
    const id = manager.unitOfControlGroup(path as string);
    if (id === undefined)
      throw new DBusError(
        "org.freedesktop.systemd1.NoSuchUnit",
        `Control group '${String(path)}' is not valid or not managed by this instance`,
      );
    return unitPath(id);
  },
  ListUnits: (manager) => listUnits(manager, [], []),
  ListUnitsFiltered: (manager, [states]) => listUnits(manager, states as string[], []),
  ListUnitsByPatterns: (manager, [states, patterns]) => listUnits(manager, states as string[], patterns as string[]),
  ListUnitsByNames: (manager, [names]) => (names as string[]).map((name) => unitRow(manager, manager.loadUnit(name))),
  KillUnit: (manager, [name, whom, signal]) => killUnit(manager, name as string, whom as string, signal as number),
  ResetFailedUnit: async (manager, [name]) => {
    const id = manager.loadUnit(name as string);
    await manager.request((request, now) => ({ kind: "resetFailed", now, request, unit: id }));
  },
  ResetFailed: async (manager) => {
    await manager.request((request, now) => ({ kind: "resetFailed", now, request }));
  },
  GetUnitProcesses: (manager, [name]) => {
    const id = manager.unitId(name as string);
    if (id === undefined) throw noSuchUnit(name as string);
    return manager.processes(id);
  },
  SetUnitProperties: (manager, [name, runtime, properties]) =>
    manager.setting.set(manager, name as string, runtime === true, properties as Value[]),
  FreezeUnit: (manager, [name]) => freezeUnit(manager, name as string, true),
  ThawUnit: (manager, [name]) => freezeUnit(manager, name as string, false),
  CleanUnit: (manager, [name, what]) => cleanUnit(manager, name as string, what as string[]),
  BindMountUnit: () => notSupported("BindMountUnit"),
  MountImageUnit: () => notSupported("MountImageUnit"),
};
