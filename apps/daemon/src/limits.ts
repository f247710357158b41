import { readText } from "@steward/unit-tree";

/** A limit as the bus shows it: infinity is all ones. */
export interface Limit {
  readonly soft: bigint;
  readonly hard: bigint;
}

const infinity = 0xffff_ffff_ffff_ffffn;

/** Names of /proc/PID/limits by systemd's. */
const names: Readonly<Record<string, string>> = {
  CPU: "Max cpu time",
  FSIZE: "Max file size",
  DATA: "Max data size",
  STACK: "Max stack size",
  CORE: "Max core file size",
  RSS: "Max resident set",
  NOFILE: "Max open files",
  AS: "Max address space",
  NPROC: "Max processes",
  MEMLOCK: "Max locked memory",
  LOCKS: "Max file locks",
  SIGPENDING: "Max pending signals",
  MSGQUEUE: "Max msgqueue size",
  NICE: "Max nice priority",
  RTPRIO: "Max realtime priority",
  RTTIME: "Max realtime timeout",
};

/** The limits that services inherit: those of the keeper, which started this process. */
export function inheritedLimits(): Readonly<Record<string, Limit>> {
  const text = readText(`/proc/${process.ppid}/limits`) || readText("/proc/self/limits");
  const limits: Record<string, Limit> = {};
  for (const [name, title] of Object.entries(names)) {
    const match = new RegExp(`^${title}\\s+(\\S+)\\s+(\\S+)`, "m").exec(text);
    const number = (word: string | undefined): bigint =>
      word === undefined || word === "unlimited" ? infinity : BigInt(word);
    limits[name] = { soft: number(match?.[1]), hard: number(match?.[2]) };
  }
  return limits;
}
