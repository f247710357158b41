import { DBusError } from "@steward/ipc";
import type { Resource } from "@steward/state-machine";
import type { Manager } from "../manager.ts";
import { invalidArgs, noSuchUnit } from "./errors.ts";

const resources: readonly Resource[] = ["runtime", "state", "cache", "logs", "configuration", "fdstore"];

/** FreezeUnit and ThawUnit: answered when the processes stand still, or run again. */
export async function freezeUnit(manager: Manager, name: string, frozen: boolean): Promise<void> {
  const id = manager.unitId(name);
  if (id === undefined || manager.view(id).loadState === "not-found") throw noSuchUnit(name);
  const result = await manager.request((request, now) => ({ kind: "freeze", now, request, unit: id, frozen }));
  if ("error" in result) throw new DBusError(result.error, result.message);
}

/** CleanUnit: answered when it has begun; the unit is in `maintenance` until it is done. */
export async function cleanUnit(manager: Manager, name: string, what: readonly string[]): Promise<void> {
  const wrong = what.find((word) => word !== "all" && !resources.includes(word as Resource));
  if (wrong !== undefined) throw invalidArgs(`Invalid resource type: ${wrong}`);
  const id = manager.loadUnit(name);
  if (manager.view(id).loadState === "not-found")
    throw new DBusError("org.freedesktop.systemd1.NoSuchUnit", `Unit ${name} not found.`);
  const wanted = what.includes("all") ? resources : resources.filter((resource) => what.includes(resource));
  const result = await manager.request((request, now) => ({ kind: "clean", now, request, unit: id, what: wanted }));
  if ("error" in result) throw new DBusError(result.error, result.message);
}
