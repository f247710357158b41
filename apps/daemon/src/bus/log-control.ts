import type { Interface, Value } from "@steward/ipc";
import type { Manager } from "../manager.ts";
import { invalidArgs } from "./errors.ts";
import { logControl1Interface } from "./interfaces/index.ts";

/** Sets the level, or refuses a word that is none. */
export function setLogLevel(manager: Manager, value: Value): void {
  if (!manager.setLogLevel(String(value))) throw invalidArgs(`Invalid log level '${String(value)}'`);
}

/** Steward's lines always go to its journal. */
export function setLogTarget(_manager: Manager, value: Value): void {
  if (value !== "journal" && value !== "auto" && value !== "journal-or-kmsg")
    throw invalidArgs(`Log target '${String(value)}' is not supported: steward writes to its journal`);
}

/** org.freedesktop.LogControl1 (systemctl log-level, log-target). */
export const logControl: Interface<Manager> = {
  declaration: logControl1Interface,
  get: { LogLevel: (manager) => manager.logLevel.name, LogTarget: () => "journal", SyslogIdentifier: () => "systemd" },
  set: { LogLevel: setLogLevel, LogTarget: setLogTarget },
};
