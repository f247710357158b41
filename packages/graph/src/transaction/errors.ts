import type { GraphUnit } from "../dependencies/graph-unit.ts";
import { isLoaded } from "../dependencies/unit-types.ts";
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

/** Why a unit in that load state can have no job but stop; undefined when it can. */
export function loadRefusal(name: string, unit: GraphUnit | undefined): TransactionError | undefined {
  if (isLoaded(name, unit)) return undefined;
  switch (unit?.loadState) {
    case "loaded":
      return undefined;
    case undefined:
    case "not-found":
      return refusal("NoSuchUnit", `Unit ${name} not found.`);
    case "bad-setting":
      return refusal("BadUnitSetting", `Unit ${name} has a bad unit file setting.`);
    case "masked":
      return refusal("UnitMasked", `Unit ${name} is masked.`);
    case "error":
      return refusal(
        "LoadFailed",
        `Unit ${name} failed to load properly, please adjust/correct and reload service manager: ${unit.loadError?.message ?? "Input/output error"}`,
      );
    case "stub":
    case "merged":
      return refusal("LoadFailed", `Unit ${name} is not loaded properly.`);
  }
}
