import { definitionOf } from "../definition/definitions.ts";
import { reader } from "../definition/settings.ts";
import type { ExecStatus } from "../model/controlled.ts";
import type { ServiceData } from "../model/service.ts";
import type { CoreState } from "../model/state.ts";
import { neverRan } from "../unit/blank.ts";
import { type BusValue, type Property, timestamp, usec } from "./value.ts";

const directives = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
] as const;

interface Written {
  readonly path: string;
  readonly argv: readonly string[];
  readonly ignoreFailure: boolean;
  readonly noEnvExpand?: boolean;
  readonly fullPrivileges?: boolean;
  readonly noSetuid?: boolean;
  readonly ambientMagic?: boolean;
}

function flags(command: Written): string[] {
  const all: readonly (readonly [string, boolean | undefined])[] = [
    ["ignore-failure", command.ignoreFailure],
    ["privileged", command.fullPrivileges],
    ["no-setuid", command.noSetuid],
    ["ambient", command.ambientMagic],
    ["no-env-expand", command.noEnvExpand],
  ];
  return all.filter(([, on]) => on === true).map(([name]) => name);
}

function status(of: ExecStatus): BusValue[] {
  return [
    usec(of.start.realtimeUsec),
    usec(of.start.monotonicUsec),
    usec(of.exit.realtimeUsec),
    usec(of.exit.monotonicUsec),
    of.pid,
    of.code,
    of.status,
  ];
}

/** ExecStart= and its kin: what the unit file says, with how each command last ran. */
function commandProperties(state: CoreState, id: string, service: ServiceData): Property[] {
  const unit = state.definitions.loaded.get(id);
  if (unit === undefined) return [];
  const get = reader(unit.settings, "Service");
  return directives.flatMap((directive): Property[] => {
    const commands = get.list(directive) as readonly Written[];
    const ran = (index: number): ExecStatus => service.commands[`${directive}:${index}`] ?? neverRan;
    return [
      {
        name: directive,
        signature: "a(sasbttttuii)",
        value: commands.map((c, i) => [c.path, c.argv, c.ignoreFailure, ...status(ran(i))]),
      },
      {
        name: `${directive}Ex`,
        signature: "a(sasasttttuii)",
        value: commands.map((c, i) => [c.path, c.argv, flags(c), ...status(ran(i))]),
      },
    ];
  });
}

/** org.freedesktop.systemd1.Service, as far as it follows from the run-time state. */
export function serviceProperties(state: CoreState, id: string, service: ServiceData): Property[] {
  const { mainExec, main, state: current } = service;
  const settings = definitionOf(state, id)?.service;
  const control = "control" in current ? current.control : undefined;
  return [
    {
      name: "NotifyAccess",
      signature: "s",
      value: service.notifyAccess ?? settings?.notifyAccess ?? "none",
    },
    { name: "WatchdogUSec", signature: "t", value: usec(service.watchdogOverrideUsec ?? settings?.watchdogUsec ?? 0) },
    ...timestamp("WatchdogTimestamp", service.watchdogAt),
    { name: "MainPID", signature: "u", value: main?.pid ?? 0 },
    { name: "ControlPID", signature: "u", value: control?.pid ?? 0 },
    { name: "NFileDescriptorStore", signature: "u", value: service.fdStore?.length ?? 0 },
    { name: "StatusText", signature: "s", value: service.statusText },
    { name: "StatusErrno", signature: "i", value: service.statusErrno },
    { name: "Result", signature: "s", value: service.result },
    { name: "ReloadResult", signature: "s", value: service.reloadResult },
    { name: "CleanResult", signature: "s", value: service.cleanResult ?? "success" },
    { name: "NRestarts", signature: "u", value: service.nRestarts },
    ...timestamp("ExecMainStartTimestamp", mainExec.start),
    ...timestamp("ExecMainExitTimestamp", mainExec.exit),
    { name: "ExecMainPID", signature: "u", value: mainExec.pid },
    { name: "ExecMainCode", signature: "i", value: mainExec.code },
    { name: "ExecMainStatus", signature: "i", value: mainExec.status },
    ...commandProperties(state, id, service),
  ];
}
