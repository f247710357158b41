import type { Settings } from "../directives/sections.ts";
import type { LoadedUnit } from "../load/load-unit.ts";
import { execToBusEx } from "../values/exec-command.ts";
import { type BusValue, toU64, U64_MAX } from "../values/kind.ts";

type Getter = (unit: LoadedUnit) => BusValue;
type ExecName =
  | "ExecCondition"
  | "ExecStartPre"
  | "ExecStart"
  | "ExecStartPost"
  | "ExecReload"
  | "ExecStop"
  | "ExecStopPost";

const ex =
  (name: ExecName): Getter =>
  (unit) =>
    (unit.settings.Service as Settings["Service"])[name].map(execToBusEx);

/** Properties of org.freedesktop.systemd1.Service that are more than one setting's value. */
export const serviceProperties: Readonly<Record<string, Getter>> = {
  TimeoutAbortUSec: (u) => toU64(u.settings.Service.TimeoutAbortSec ?? u.settings.Service.TimeoutStopSec),
  // What the service runs with: infinity until it was started once, then WatchdogSec= or what the service asked for.
  WatchdogUSec: () => U64_MAX,
  ExecConditionEx: ex("ExecCondition"),
  ExecStartPreEx: ex("ExecStartPre"),
  ExecStartEx: ex("ExecStart"),
  ExecStartPostEx: ex("ExecStartPost"),
  ExecReloadEx: ex("ExecReload"),
  ExecStopEx: ex("ExecStop"),
  ExecStopPostEx: ex("ExecStopPost"),
};
