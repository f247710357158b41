import type { SignalReason } from "@steward/state-machine";
import { signalName } from "@steward/unit-file";
import { readText } from "@steward/unit-tree";

/** A line about a signal, with its priority: only the shell knows what a process is called. */
export interface SignalLine {
  readonly priority: number;
  readonly message: string;
}

const whom = { "client-main": "main", "client-control": "control", "client-process": "" } as const;

/** What systemd logs when it signals a process: of a kill by itself, and of one that a client asked for. */
export function signalLine(unit: string, pid: number, signal: number, why: SignalReason): SignalLine {
  const name = readText(`/proc/${pid}/comm`).trim() || "n/a";
  const shown = `SIG${signalName(signal)}`;
  if (why === "kill")
    return { priority: 5, message: `${unit}: Killing process ${pid} (${name}) with signal ${shown}.` };
  const role = whom[why];
  return {
    priority: 6,
    message: `${unit}: Sent signal ${shown} to ${role === "" ? "" : `${role} `}process ${pid} (${name}) on client request.`,
  };
}
