/**
 * What a unit's processes use, and which they are, for `status` and GetUnitProcesses: from a cgroup, or by descent from
 * the unit's reaper. A number that was not measured is undefined, never a guess.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** How a unit's processes are found. */
export type ProcessSource =
  | { readonly kind: "cgroup"; readonly directory: string }
  | { readonly kind: "reaper"; readonly pid: number }
  /** These and all that descend from them. */
  | { readonly kind: "roots"; readonly pids: readonly number[] }
  | { readonly kind: "pids"; readonly pids: readonly number[] };

/** One process of a unit. */
export interface UnitProcess {
  readonly pid: number;
  /** The command line as `status` shows it; a kernel thread or zombie has its name in brackets. */
  readonly commandLine: string;
  /** Path of the process's cgroup below the unit's, empty for the unit's own. */
  readonly cgroup: string;
}

/** Present use. CPU is of the living processes only, unless a cgroup counted it. */
export interface ResourceUse {
  readonly tasks: number;
  readonly memoryBytes: number | undefined;
  readonly cpuUsec: number | undefined;
  /** Whether the numbers come from the kernel's controllers (else: sums over /proc). */
  readonly counted: { readonly memory: boolean; readonly cpu: boolean };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function numbersIn(text: string | undefined): number[] {
  return text === undefined ? [] : text.split(/\s+/).filter(Boolean).map(Number);
}

/** The children of a process now, /proc/PID/task/TID/children of proc(5). */
export function childProcesses(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      numbersIn(readText(`/proc/${pid}/task/${task}/children`)),
    );
  } catch {
    return [];
  }
}

/** All that descend from a process, without itself. */
function descendants(pid: number): number[] {
  const found: number[] = [];
  const seen = new Set<number>([pid]);
  const queue = childProcesses(pid);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    found.push(next);
    queue.push(...childProcesses(next));
  }
  return found;
}

function cgroupMembers(directory: string, below: string): { pid: number; cgroup: string }[] {
  const here = numbersIn(readText(`${directory}/cgroup.procs`)).map((pid) => ({ pid, cgroup: below }));
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) here.push(...cgroupMembers(`${directory}/${entry.name}`, `${below}/${entry.name}`));
  } catch {
    return here;
  }
  return here;
}

function members(source: ProcessSource): { pid: number; cgroup: string }[] {
  switch (source.kind) {
    case "cgroup":
      return cgroupMembers(source.directory, "");
    case "reaper":
      return descendants(source.pid).map((pid) => ({ pid, cgroup: "" }));
    case "roots":
      return [...new Set(source.pids.flatMap((pid) => [pid, ...descendants(pid)]))].map((pid) => ({ pid, cgroup: "" }));
    case "pids":
      return source.pids.map((pid) => ({ pid, cgroup: "" }));
  }
}

/** Characters that would break a listing are shown as escapes. */
function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function commandLine(pid: number): string | undefined {
  const raw = readText(`/proc/${pid}/cmdline`);
  if (raw === undefined) return undefined;
  const words = raw.replace(/\0+$/, "").split("\0");
  if (raw !== "" && words.some((word) => word !== "")) return printable(words.join(" "));
  const name = readText(`/proc/${pid}/comm`);
  return name === undefined ? undefined : `[${printable(name.replace(/\n$/, ""))}]`;
}

/** The unit's processes in order of pid; those that end meanwhile are left out. */
export function listProcesses(source: ProcessSource): UnitProcess[] {
  return members(source)
    .map(({ pid, cgroup }) => ({ pid, cgroup, commandLine: commandLine(pid) }))
    .filter((one): one is UnitProcess => one.commandLine !== undefined)
    .sort((a, b) => a.pid - b.pid);
}

interface ProcessUse {
  readonly threads: number;
  readonly memoryBytes: number;
  readonly cpuUsec: number;
}

/** proc(5): user and system time are fields 14 to 17, of the process and of the children it waited for; threads 20; ticks of 1/100 s. */
function useOf(pid: number): ProcessUse | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  const status = readText(`/proc/${pid}/status`);
  if (stat === undefined || status === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  return {
    threads: Number(fields[17] ?? 1),
    memoryBytes: (field("RssAnon") + field("RssShmem")) * 1024,
    cpuUsec: [11, 12, 13, 14].reduce((total, at) => total + Number(fields[at] ?? 0), 0) * 10_000,
  };
}

function cgroupNumber(directory: string, file: string): number | undefined {
  const text = readText(`${directory}/${file}`)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function cgroupCpu(directory: string): number | undefined {
  const found = /^usage_usec (\d+)/m.exec(readText(`${directory}/cpu.stat`) ?? "");
  return found === null ? undefined : Number(found[1]);
}

/** Tasks, memory and CPU of a unit now; undefined when it has no process and no cgroup that counts. */
export function measure(source: ProcessSource): ResourceUse | undefined {
  const uses = members(source)
    .map(({ pid }) => useOf(pid))
    .filter((use): use is ProcessUse => use !== undefined);
  const directory = source.kind === "cgroup" ? source.directory : undefined;
  const memory = directory === undefined ? undefined : cgroupNumber(directory, "memory.current");
  const cpu = directory === undefined ? undefined : cgroupCpu(directory);
  if (uses.length === 0 && memory === undefined && cpu === undefined) return undefined;
  const sum = (pick: (use: ProcessUse) => number): number => uses.reduce((total, use) => total + pick(use), 0);
  return {
    tasks: sum((use) => use.threads),
    memoryBytes: memory ?? sum((use) => use.memoryBytes),
    cpuUsec: cpu ?? sum((use) => use.cpuUsec),
    counted: { memory: memory !== undefined, cpu: cpu !== undefined },
  };
}

/** The executable of a process, where this process may read it. */
export function executableOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}
