import { closeSync, constants, openSync, readSync } from "node:fs";
import { readText } from "@steward/unit-tree";

/** What a PID file said, or why it cannot be used (systemd.service(5), PIDFile=). */
export interface PidFileReading {
  readonly pid: number;
  readonly problem?: string;
}

/**
 * Reads a PID file. It must name a process of the unit: anybody who can write the file, or a link in its place, could otherwise
 * have any process killed. (systemd believes a foreign process where the whole path is root's; the keeper adopts none.)
 */
export function readPidFile(path: string, belongs: (pid: number) => boolean): PidFileReading {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { pid: 0, problem: code === "ENOENT" ? "not there yet" : `cannot be read: ${code}` };
  }
  try {
    const buffer = Buffer.alloc(64);
    const text = buffer.toString("latin1", 0, readSync(fd, buffer, 0, buffer.length, 0)).trim();
    if (!/^[1-9]\d{0,9}$/.test(text)) return { pid: 0, problem: text === "" ? "empty" : "holds no pid" };
    const pid = Number(text);
    if (readText(`/proc/${pid}/stat`) === "") return { pid: 0, problem: `names process ${pid}, which does not exist` };
    if (!belongs(pid)) return { pid: 0, problem: `names process ${pid}, which is not of this unit` };
    return { pid };
  } catch (error) {
    return { pid: 0, problem: `cannot be read: ${(error as NodeJS.ErrnoException).code}` };
  } finally {
    closeSync(fd);
  }
}
