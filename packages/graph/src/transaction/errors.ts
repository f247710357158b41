import type { GraphUnit } from "../dependencies/graph-unit.ts";
import { isLoaded } from "../dependencies/unit-types.ts";
import type { JobType } from "../jobs/job.ts";
import type { TransactionError } from "./types.ts";

const SYSTEMD = "org.freedesktop.systemd1.";
const DBUS = "org.freedesktop.DBus.Error.";

/** A refusal, made from systemd's error name (org.freedesktop.systemd1.NAME). */
export function refusal(name: string, message: string): TransactionError {
  return { name: SYSTEMD + name, message };
}

/** org.freedesktop.DBus.Error.InvalidArgs. */
export function invalid(message: string): TransactionError {
  return { name: `${DBUS}InvalidArgs`, message };
}

/** Masked and missing units, and jobs that mean nothing for a type, are no news where they were only wanted. */
export function isQuiet(error: TransactionError): boolean {
  return isNotApplicable(error) || error.name === `${SYSTEMD}NoSuchUnit` || error.name === `${SYSTEMD}UnitMasked`;
}

export function isNotApplicable(error: TransactionError): boolean {
  return error.name === `${SYSTEMD}JobTypeNotApplicable`;
}

/** Why a unit can have no job of that type, by how it was loaded; undefined when it can. Whatever is wrong with a unit, it can be stopped. */
export function loadRefusal(name: string, unit: GraphUnit | undefined, type: JobType): TransactionError | undefined {
  const state = unit?.loadState;
  if (state === "stub" || state === "merged") return refusal("LoadFailed", `Unit ${name} is not loaded properly.`);
  if (type === "stop" || isLoaded(name, unit)) return undefined;
  switch (state) {
    case "bad-setting":
      return refusal("BadUnitSetting", `Unit ${name} has a bad unit file setting.`);
    case "masked":
      return refusal("UnitMasked", `Unit ${name} is masked.`);
    case "error":
      return (
        unit?.loadError ??
        refusal("LoadFailed", `Unit ${name} failed to load properly, please adjust/correct and reload service manager.`)
      );
    default:
      return refusal("NoSuchUnit", `Unit ${name} not found.`);
  }
}
