import type { UnitDefinition } from "../definition/definition.ts";
import { forever, type Program, succeeds } from "./program.ts";

const READY_USEC = 50_000;

/**
 * What a command does that a scenario says nothing of: what its unit's Type= waits for, soon, and then it runs on. Every other command
 * succeeds at once.
 */
export function typicalProgram(unit: UnitDefinition | undefined, directive: string): Program {
  const service = unit?.service;
  if (directive !== "ExecStart" || service === undefined) return succeeds;
  switch (service.type) {
    case "oneshot":
      return succeeds;
    case "notify":
    case "notify-reload":
      return { notify: [{ atUsec: READY_USEC, fields: [["READY", "1"]] }], letsInUsec: READY_USEC };
    case "forking": {
      const writes = service.pidFile === "" ? {} : { writesPidFile: service.pidFile };
      return { runsUsec: READY_USEC, forks: [{ atUsec: READY_USEC / 2, program: forever, ...writes }] };
    }
    case "dbus":
      return { ownsNameUsec: READY_USEC };
    default:
      // Who is given sockets lets in whoever knocks.
      return { letsInUsec: READY_USEC };
  }
}
