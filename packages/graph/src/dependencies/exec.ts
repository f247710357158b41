import { unitTypeOf } from "@steward/unit-file";
import type { GraphUnit } from "./graph-unit.ts";
import { list, setting, word } from "./settings.ts";

const socketCommands = ["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"];

/** Whether a unit runs processes of its own: every service, mount and swap; sockets that have commands. */
export function hasExecContext(unit: GraphUnit): boolean {
  switch (unitTypeOf(unit.id)) {
    case "service":
    case "mount":
    case "swap":
      return true;
    case "socket":
      return socketCommands.some((directive) => list(unit, "Socket", directive).length > 0);
    default:
      return false;
  }
}

const journaled = new Set(["journal", "journal+console", "kmsg", "kmsg+console", "syslog", "syslog+console"]);

/** Whether standard output or error goes to the journal, as it does by default (systemd.exec(5), StandardOutput=). */
export function writesToJournal(unit: GraphUnit, section: string): boolean {
  const output = streamWord(unit, section, "StandardOutput") ?? "inherit";
  const error = streamWord(unit, section, "StandardError") ?? "inherit";
  const input = streamWord(unit, section, "StandardInput") ?? "null";
  const outputs = output === "inherit" && (input === "null" || section !== "Service") ? "journal" : output;
  return journaled.has(outputs) || journaled.has(error);
}

/** Streams are words, or a StandardStream of unit-file. */
function streamWord(unit: GraphUnit, section: string, directive: string): string | undefined {
  const text = word(unit, section, directive);
  if (text !== undefined) return text.split(":")[0];
  const value = setting(unit, section, directive);
  const mode = (value as { mode?: unknown } | null | undefined)?.mode;
  return typeof mode === "string" ? mode : undefined;
}
