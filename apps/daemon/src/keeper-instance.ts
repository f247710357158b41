import { readFileSync, readlinkSync } from "node:fs";

/**
 * Names one life of one keeper. A record of another life is not continued, and positions in another's streams are not taken for this
 * one's. The pid says nothing (it is 1 in every container, and again when a container is started anew with its old /run), nor does the boot
 * of the machine; the keeper's start time in its boot and its PID namespace do.
 */
export function keeperInstance(keeperPid: number): string {
  const stat = read(`/proc/${keeperPid}/stat`);
  // Field 22, counted behind the name, which may hold spaces and parentheses (proc(5)).
  const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return `${read("/proc/sys/kernel/random/boot_id")}.${pidNamespace()}.${keeperPid}.${startTicks}`;
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1").trim();
  } catch {
    return "";
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    return "";
  }
}
