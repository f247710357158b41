import { definitionOf } from "../definition/definitions.ts";
import type { ServiceData } from "../model/service.ts";
import type { CoreState } from "../model/state.ts";
import { commandProperties } from "./commands.ts";
import { type Property, timestamp, usec } from "./value.ts";

const directives = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
] as const;

/** ExecStart= and its kin: what the unit file says, with how each command last ran. */
export const serviceCommands = (state: CoreState, id: string, service: ServiceData): readonly Property[] =>
  commandProperties(state, { id, section: "Service", directives, ran: service.commands });

/** org.freedesktop.systemd1.Service, as far as it follows from the run-time state, but for its commands. */
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
  ];
}
