import { readFileSync, readlinkSync } from "node:fs";

/**
 * A name for the keeper that lives now: its stream and datagram numbers start anew with it, so positions of an earlier one
 * must not be taken for its own. Its pid alone says nothing (it is 1 in every container), its start time does.
 */
export function keeperInstance(keeperPid: number): string {
  try {
    const stat = readFileSync(`/proc/${keeperPid}/stat`, "latin1");
    // Field 22, counted behind the name, which may hold spaces and parentheses (proc(5)).
    const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}.${keeperPid}.${startTicks}`;
  } catch {
    return `pid.${keeperPid}`;
  }
}
