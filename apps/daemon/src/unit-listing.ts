import type { Value } from "@steward/ipc";
import {
  childProcesses,
  executableOf,
  listProcesses,
  measure,
  type ProcessSource,
  resolveCredentials,
  systemNames,
} from "@steward/process-runtime";
import type { CoreState } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";
import { inheritedLimits, type Limit } from "./limits.ts";
import type { ProcessRow, ProcessTable } from "./process-table.ts";
import type { UnitGroups } from "./unit-groups.ts";

const unmeasured = 0xffff_ffff_ffff_ffffn;
const unset = 0xffff_ffff;

/** Which processes each unit has, and what they use: read when a client asks, from the kernel. */
export class UnitListing implements ProcessTable {
  private readonly core: CoreState;
  private readonly groups: UnitGroups;
  private readonly definition: (name: string) => LoadedUnit | undefined;
  private readonly names = systemNames();
  private readonly limits: Readonly<Record<string, Limit>> = inheritedLimits();

  constructor(parts: {
    readonly core: CoreState;
    readonly groups: UnitGroups;
    readonly definition: (name: string) => LoadedUnit | undefined;
  }) {
    this.core = parts.core;
    this.groups = parts.groups;
    this.definition = parts.definition;
  }

  get rootGroup(): string {
    return "";
  }

  unitOf(pid: number): string | undefined {
    return this.groups.unitOf(pid);
  }

  /** Empty while the unit has no process; a slice's own where one of its units has some. */
  controlGroup(id: string): string {
    if (id === "-.slice") return "/";
    if (id === "init.scope" || this.populated(id)) return this.groups.controlGroup(id);
    return id.endsWith(".slice") && this.membersOf(id).length > 0 ? this.groups.controlGroup(id) : "";
  }

  /** A slice lists what runs in it, as systemd does; init.scope is the keeper with its two processes. */
  list(id: string): readonly ProcessRow[] {
    if (id === "init.scope") return this.rows(id, this.ownSource());
    if (!id.endsWith(".slice")) return this.rows(id, this.source(id));
    const own = id === "-.slice" ? this.list("init.scope") : [];
    return [...own, ...this.membersOf(id).flatMap((unit) => this.rows(unit, this.source(unit)))];
  }

  /** The one process of a unit that is left, for GuessMainPID=; 0 when there are none or several. */
  onlyProcess(unit: string): number {
    const rows = this.list(unit);
    return rows.length === 1 ? (rows[0] as ProcessRow).pid : 0;
  }

  defaultLimit(name: string): Limit {
    return this.limits[name] ?? { soft: unmeasured, hard: unmeasured };
  }

  properties(id: string): { readonly name: string; readonly signature: string; readonly value: Value }[] {
    const source = id.endsWith(".slice") ? this.sliceSource(id) : this.source(id);
    const use = source === undefined ? undefined : measure(source);
    const machine = this.core.units.get(id)?.machine;
    const dead = machine?.type === "service" ? machine.cpuUsec : 0;
    const cpuUsec =
      use?.cpuUsec === undefined ? (dead > 0 ? dead : undefined) : use.counted.cpu ? use.cpuUsec : use.cpuUsec + dead;
    const number = (value: number | undefined): bigint =>
      value === undefined ? unmeasured : BigInt(Math.round(value));
    return [
      { name: "ControlGroup", signature: "s", value: this.controlGroup(id) },
      { name: "ControlGroupId", signature: "t", value: 0n },
      { name: "TasksCurrent", signature: "t", value: number(use?.tasks) },
      { name: "MemoryCurrent", signature: "t", value: number(use?.memoryBytes) },
      { name: "MemoryAvailable", signature: "t", value: unmeasured },
      { name: "UID", signature: "u", value: this.identity(id)?.uid ?? unset },
      { name: "GID", signature: "u", value: this.identity(id)?.gid ?? unset },
      ...uncounted,
      { name: "CPUUsageNSec", signature: "t", value: number(cpuUsec === undefined ? undefined : cpuUsec * 1000) },
    ];
  }

  private populated(id: string): boolean {
    return this.core.units.get(id)?.populated === true;
  }

  private source(id: string): ProcessSource | undefined {
    return this.populated(id) ? this.groups.source(id) : undefined;
  }

  /** Units with processes in a slice or in one below it. */
  private membersOf(slice: string): readonly string[] {
    const prefix = this.groups.controlGroup(slice);
    const inside = (unit: string): boolean =>
      slice === "-.slice" || this.groups.controlGroup(unit).startsWith(`${prefix}/`);
    return [...this.core.units.values()]
      .filter(({ id, populated }) => populated && inside(id))
      .map(({ id }) => id)
      .sort();
  }

  private sliceSource(id: string): ProcessSource | undefined {
    const whole = id === "-.slice" ? undefined : this.groups.source(id);
    if (this.membersOf(id).length === 0) return undefined;
    return whole ?? { kind: "pids", pids: this.list(id).map(({ pid }) => pid) };
  }

  /** The keeper, this process and the journal: the keeper's children that run our own program and are of no unit. */
  private ownSource(): ProcessSource {
    const keeper = process.ppid;
    const own = executableOf(process.pid);
    const ours = childProcesses(keeper).filter((pid) => executableOf(pid) === own);
    return { kind: "pids", pids: [keeper, ...ours.filter((pid) => this.unitOf(pid) === undefined)] };
  }

  private rows(id: string, source: ProcessSource | undefined): readonly ProcessRow[] {
    if (source === undefined) return [];
    const group = this.groups.controlGroup(id);
    return listProcesses(source).map(({ pid, commandLine, cgroup }) => ({
      group: group + cgroup,
      pid,
      command: commandLine,
    }));
  }

  /** Who a unit's processes run as, where User= or Group= says it and it runs. */
  private identity(id: string): { readonly uid: number | undefined; readonly gid: number | undefined } | undefined {
    const unit = this.definition(id);
    if (unit === undefined || !this.populated(id)) return undefined;
    const { User, Group } = unit.settings.Service;
    if (User === "" && Group === "") return undefined;
    const credentials = resolveCredentials({ user: User || undefined, group: Group || undefined }, this.names);
    return "message" in credentials ? undefined : credentials;
  }
}

/** Counters of controllers and BPF programs that steward does not use: not measured, so not a number. */
const uncounted = [
  "IPIngressBytes",
  "IPIngressPackets",
  "IPEgressBytes",
  "IPEgressPackets",
  "IOReadBytes",
  "IOReadOperations",
  "IOWriteBytes",
  "IOWriteOperations",
].map((name) => ({ name, signature: "t", value: unmeasured }));
