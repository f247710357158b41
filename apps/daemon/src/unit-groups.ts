import { groupMode, type KeeperClient, type ProcessSource, tokenState, unitCgroupPath } from "@steward/process-runtime";
import { readText } from "@steward/unit-tree";
import type { Environment } from "./environment.ts";

/** Where each unit's processes are: its cgroup, or its reaper. Learnt from the inventory and from what is spawned. */
export class UnitGroups {
  private readonly keeper: KeeperClient;
  private readonly environment: Environment;
  private readonly sliceOf: (unit: string) => string | undefined;
  private readonly reapers = new Map<string, number>();
  private readonly created = new Set<string>();
  /** Where there are no cgroups: processes that were given to a unit, and descend from no reaper of ours. */
  private readonly given = new Map<number, string>();

  constructor(keeper: KeeperClient, environment: Environment, sliceOf: (unit: string) => string | undefined) {
    this.keeper = keeper;
    this.environment = environment;
    this.sliceOf = sliceOf;
    for (const row of keeper.recovery.groups) {
      if (row.reaperPid > 0) this.reapers.set(row.group, row.reaperPid);
      this.created.add(row.group);
    }
    const direct = new Set(keeper.recovery.groups.filter(isDirect).map((row) => row.group));
    for (const { group, pid, state } of keeper.recovery.tokens)
      if (direct.has(group) && state === tokenState.alive) this.given.set(pid, group);
  }

  /** Sees to it that the keeper knows a unit's cgroup before the first process goes there. */
  create(unit: string, number: number): void {
    if (this.environment.cgroupBase === undefined || this.created.has(unit)) return;
    this.created.add(unit);
    this.keeper.send({ kind: "groupCreate", group: unit, path: this.relativePath(unit) }, number);
  }

  /** A process of the unit was made: without cgroups its parent is the unit's reaper. */
  spawned(unit: string, pid: number): void {
    if (this.environment.cgroupBase !== undefined || this.reapers.has(unit) || pid === 0) return;
    const parent = parentOf(pid) ?? reaperByTitle(this.keeper.recovery.hello.keeperPid, unit);
    if (parent !== undefined && parent !== process.ppid) this.reapers.set(unit, parent);
  }

  /** A process of others was taken in. */
  attached(unit: string, pid: number): void {
    if (this.environment.cgroupBase === undefined && !this.reapers.has(unit)) this.given.set(pid, unit);
  }

  detached(pid: number | undefined): void {
    if (pid !== undefined) this.given.delete(pid);
  }

  remove(unit: string, number: number): void {
    this.created.delete(unit);
    this.reapers.delete(unit);
    this.keeper.send({ kind: "groupRemove", group: unit }, number);
  }

  source(unit: string): ProcessSource | undefined {
    const { cgroupBase } = this.environment;
    if (cgroupBase !== undefined) return { kind: "cgroup", directory: `${cgroupBase}/${this.relativePath(unit)}` };
    const reaper = this.reapers.get(unit);
    if (reaper !== undefined) return { kind: "reaper", pid: reaper };
    const roots = [...this.given].filter(([, group]) => group === unit).map(([pid]) => pid);
    return roots.length === 0 ? undefined : { kind: "roots", pids: roots };
  }

  /** The unit's control group as systemd names it, also where the kernel has none for it. */
  controlGroup(unit: string): string {
    return `/${this.relativePath(unit)}`;
  }

  /** The unit of a process, by its cgroup or its chain of parents. */
  unitOf(pid: number): string | undefined {
    const { cgroupBase } = this.environment;
    if (cgroupBase !== undefined) {
      const own = /^0::(.*)$/m.exec(readText(`/proc/${pid}/cgroup`))?.[1];
      if (own === undefined) return undefined;
      for (const unit of this.created) {
        const path = `/${this.relativePath(unit)}`;
        if (own.endsWith(path) || own.includes(`${path}/`)) return unit;
      }
      return undefined;
    }
    const byReaper = new Map([...this.reapers].map(([unit, reaper]) => [reaper, unit]));
    for (
      let at: number | undefined = pid, hops = 0;
      at !== undefined && at > 1 && hops < 4096;
      at = parentOf(at), hops++
    ) {
      const unit = byReaper.get(at) ?? this.given.get(at);
      if (unit !== undefined) return unit;
    }
    return undefined;
  }

  private relativePath(unit: string): string {
    return unitCgroupPath(unit, this.sliceOf(unit));
  }
}

const isDirect = (row: { readonly mode: number }): boolean => row.mode === groupMode.direct;

/**
 * A unit's reaper among the keeper's own children, by the title that it gives itself: for a process that had ended before it could be
 * looked at, as the first one of a daemon that forks does.
 */
function reaperByTitle(keeper: number, unit: string): number | undefined {
  const children = readText(`/proc/${keeper}/task/${keeper}/children`).trim().split(" ").map(Number);
  return children.find(
    (pid) => pid > 0 && readText(`/proc/${pid}/cmdline`).replace(/\0+$/, "") === `steward-reaper ${unit}`,
  );
}

/** Field 4 of stat, proc(5). */
function parentOf(pid: number): number | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  return Number.isInteger(parent) && parent > 0 ? parent : undefined;
}
