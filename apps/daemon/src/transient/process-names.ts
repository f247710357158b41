import { DBusError } from "@steward/ipc";
import type { ProcessName } from "@steward/state-machine";
import { readText } from "@steward/unit-tree";
import { invalidArgs } from "../bus/errors.ts";

/** Who asks for processes to be taken in. */
interface Asker {
  readonly uid: number;
  readonly pid: number;
}

/** PF_KTHREAD in field 9 of stat, proc(5). */
const kernelThread = 0x0020_0000;

/**
 * Holds pids that a client named to be processes that may be taken into a unit, in systemd's words, and gives each the moment at
 * which it began: a number that another process has by the time the keeper acts is then no match. Zero is the caller itself.
 * Whoever is not root gives its own processes only.
 */
export function nameProcesses(pids: readonly number[], asker: Asker): readonly ProcessName[] {
  return [...new Set(pids)].map((given) => nameProcess(given === 0 ? asker.pid : given, asker));
}

function nameProcess(pid: number, asker: Asker): ProcessName {
  if (pid < 1 || pid > 0x7fff_ffff) throw invalidArgs(`Process identifier ${pid} is not valid.`);
  if (pid === 1 || pid === process.pid || pid === process.ppid)
    throw invalidArgs(`Process ${pid} is a manager process, refusing.`);
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [flags, startTicks] = [Number(fields[6]), Number(fields[19])];
  if (stat === "" || !Number.isFinite(startTicks))
    throw new DBusError("org.freedesktop.DBus.Error.UnixProcessIdUnknown", `Process with ID ${pid} does not exist.`);
  if ((flags & kernelThread) !== 0) throw invalidArgs(`Process ${pid} is a kernel thread, refusing.`);
  const owners = /^Uid:\s+(\d+)\s+(\d+)/m.exec(readText(`/proc/${pid}/status`));
  const own = [owners?.[1], owners?.[2]].every((uid) => Number(uid) === asker.uid);
  if (asker.uid !== 0 && !own)
    throw new DBusError(
      "org.freedesktop.DBus.Error.AccessDenied",
      `Process ${pid} not owned by client's UID. Refusing.`,
    );
  return { pid, startTicks };
}
