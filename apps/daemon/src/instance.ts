import type { KeeperRecovery } from "@steward/process-runtime";
import { readText } from "@steward/unit-tree";

/** Names one life of one keeper: a record of another life is not continued. Field 22 of stat is the start time (proc(5)). */
export function keeperInstance(hello: KeeperRecovery["hello"]): string {
  const stat = readText(`/proc/${process.ppid}/stat`);
  const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
  return `${hello.bootId}/${hello.keeperPid}/${hello.isPid1 ? "init" : started}`;
}
