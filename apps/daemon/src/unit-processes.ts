import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import type { Value } from "@steward/ipc";
import {
  buildPlan,
  type ExecPlan,
  encodePlan,
  type KeeperClient,
  listProcesses,
  measure,
  removalPlan,
  resolveCredentials,
  streamMetadata,
  systemDirectories,
  systemNames,
  userDirectories,
} from "@steward/process-runtime";
import type { CoreState, Effect, SignalReason } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";
import type { Environment } from "./environment.ts";
import { readEnvironmentFiles } from "./environment-files.ts";
import { execContextOf } from "./exec-context.ts";
import { encodeExportEntry } from "./journal-export.ts";
import { inheritedLimits, type Limit } from "./limits.ts";
import type { KeeperEffects } from "./performer.ts";
import type { ProcessRow, ProcessTable } from "./process-table.ts";
import { numbersPerEffect } from "./record/entry.ts";
import { shellTokens } from "./shell-tokens.ts";
import { signalLine } from "./signal-lines.ts";
import { UnitGroups } from "./unit-groups.ts";

const unmeasured = 0xffff_ffff_ffff_ffffn;

/** Everything about processes: plans from unit files, groups, and what they use. */
export class UnitProcesses implements KeeperEffects, ProcessTable {
  private readonly keeper: KeeperClient;
  private readonly environment: Environment;
  private readonly definition: (name: string) => LoadedUnit | undefined;
  private readonly core: CoreState;
  private readonly groups: UnitGroups;
  private readonly names = systemNames();
  private readonly limits: Readonly<Record<string, Limit>> = inheritedLimits();
  private readonly said = new Set<string>();
  private readonly pids = new Map<number, number>();
  private number = 0;

  constructor(parts: {
    readonly keeper: KeeperClient;
    readonly environment: Environment;
    readonly definition: (name: string) => LoadedUnit | undefined;
    readonly core: CoreState;
  }) {
    this.keeper = parts.keeper;
    this.environment = parts.environment;
    this.definition = parts.definition;
    this.core = parts.core;
    for (const row of parts.keeper.recovery.tokens) this.pids.set(row.token, row.pid);
    this.groups = new UnitGroups(parts.keeper, parts.environment, (unit) => this.sliceOf(unit));
  }

  // ---- effects ----

  spawn(effect: Extract<Effect, { kind: "spawn" }>, number: number): string | undefined {
    this.number = number;
    const plan = this.plan(effect);
    if (typeof plan === "string") return plan;
    this.groups.create(effect.unit, number);
    this.keeper.spawn(effect.token, effect.unit, plan, number + 1);
    return undefined;
  }

  spawned(unit: string, token: number, pid: number): void {
    this.pids.set(token, pid);
    this.groups.spawned(unit, pid);
  }

  ended(token: number): void {
    this.pids.delete(token);
  }

  signal(effect: Extract<Effect, { kind: "signal" }>, number: number): void {
    const pid = this.pids.get(effect.token);
    if (effect.why !== undefined && pid !== undefined)
      this.sayOfSignals(effect.unit, [pid], effect.signal, effect.why, number);
    this.keeper.send(
      { kind: "signal", token: effect.token, signo: effect.signal, hasValue: false, value: 0 },
      number + numbersPerEffect - 1,
    );
  }

  signalGroup(effect: Extract<Effect, { kind: "signalGroup" }>, number: number): void {
    const excepted = new Set(effect.except.map((token) => this.pids.get(token)));
    if (effect.why !== undefined) {
      const pids = this.list(effect.unit).map(({ pid }) => pid);
      this.sayOfSignals(
        effect.unit,
        pids.filter((pid) => !excepted.has(pid)),
        effect.signal,
        effect.why,
        number,
      );
    }
    this.keeper.send(
      { kind: "groupSignal", group: effect.unit, signo: effect.signal, exceptTokens: effect.except },
      number + numbersPerEffect - 1,
    );
  }

  /** One line a process, as many as the effect has numbers for. */
  private sayOfSignals(unit: string, pids: readonly number[], signal: number, why: SignalReason, number: number): void {
    for (const [index, pid] of pids.slice(0, numbersPerEffect - 1).entries()) {
      const { priority, message } = signalLine(unit, pid, signal, why);
      this.say(unit, priority, message, number + index);
    }
  }

  cleanUp(effect: Extract<Effect, { kind: "cleanUp" }>, number: number): void {
    this.groups.remove(effect.unit, number);
    const unit = this.definition(effect.unit);
    const paths = unit === undefined || effect.keepRuntimeDirectory ? [] : unit.settings.Service.RuntimeDirectory;
    if (paths.length === 0) return;
    const base = this.bases().runtime;
    this.runShellPlan(
      removalPlan(
        paths.flatMap(({ path, symlinks }) =>
          [path, ...symlinks].map((one) => ({ base, path: one, recursive: one === path })),
        ),
      ),
      number + 1,
    );
  }

  removePidFile(effect: Extract<Effect, { kind: "removePidFile" }>, number: number): void {
    this.runShellPlan(
      removalPlan([{ base: dirname(effect.path), path: basename(effect.path), recursive: false }]),
      number,
    );
  }

  watchPidFile(unit: string, path: string, number: number): void {
    this.keeper.send({ kind: "watchPath", id: unit, path: dirname(path), mask: watchMask }, number);
  }

  /** A step that may fail has failed: said once, as it changes how the unit runs. */
  stepIgnored(unit: string | undefined, status: number, errno: number): void {
    if (unit !== undefined)
      this.sayOnce(
        unit,
        `step:${status}`,
        5,
        `${unit}: a step of starting it failed and was passed over (${status}, errno ${errno}).`,
      );
  }

  // ---- plans ----

  /** The plan, or why there can be none. */
  private plan(effect: Extract<Effect, { kind: "spawn" }>): ExecPlan | string {
    const unit = this.definition(effect.unit);
    const command = unit?.settings.Service[effect.command.directive][effect.command.index];
    if (unit === undefined || command === undefined) return "its unit file no longer has that command";
    const context = execContextOf(unit);
    const files = readEnvironmentFiles(unit.settings.Service.EnvironmentFile);
    if (!files.ok) {
      this.say(effect.unit, 3, `${effect.unit}: Failed to load environment files: ${files.path}: ${files.reason}`);
      return "No such file or directory";
    }
    for (const problem of files.problems) this.sayOnce(effect.unit, problem, 4, `${effect.unit}: ${problem}`);
    const { scope, places } = this.environment;
    const credentials = resolveCredentials(context, this.names);
    if ("message" in credentials) this.say(effect.unit, 3, `${effect.unit}: ${credentials.message}`);
    const record = this.core.units.get(effect.unit);
    const env = new Map(effect.env);
    const watchdog = unit.settings.Service.WatchdogSec;
    const notifies = record?.machine.type === "service" && this.acceptsNotify(unit);
    const { plan, notApplied } = buildPlan({
      context,
      command,
      credentials,
      scope,
      self: { uid: process.getuid?.() ?? 0, home: this.environment.home, isPid1: places.init },
      managerVariables: this.environment.variables,
      inherited: process.env,
      environmentFiles: files.assignments,
      facts: {
        invocationId: record?.invocation || undefined,
        notifySocket: notifies ? places.notifySocket : undefined,
        mainPid: env.has("MAINPID") ? Number(env.get("MAINPID")) : undefined,
        managerPid: scope === "user" ? process.ppid : undefined,
        watchdogUsec: watchdog > 0 && Number.isFinite(watchdog) ? watchdog : undefined,
        extra: effect.env.filter(([name]) => name !== "MAINPID").map(([name, value]) => `${name}=${value}`),
      },
      bases: this.bases(),
      nextStream: () => this.nextStream(),
      metadata: ({ console }) =>
        streamMetadata({
          unit: effect.unit,
          scope,
          invocationId: record?.invocation || undefined,
          streamId: createHash("md5").update(`${this.environment.bootId}/${process.ppid}/${this.number}`).digest("hex"),
          identifier: context.syslogIdentifier ?? basename(command.path),
          context,
          cgroup: this.groups.controlGroup(effect.unit),
          slice: this.sliceOf(effect.unit),
          console,
        }),
      defaultOutput: { mode: "journal", target: "" },
      defaultError: { mode: "inherit", target: "" },
      defaultLimits: scope === "system" ? systemLimits : {},
    });
    if (notApplied.length > 0)
      this.sayOnce(
        effect.unit,
        "not applied",
        5,
        `${effect.unit}: ${notApplied.join("=, ")}= ${notApplied.length === 1 ? "is" : "are"} not carried out by this version of steward; the service runs without.`,
      );
    return plan;
  }

  private acceptsNotify(unit: LoadedUnit): boolean {
    const { Type, NotifyAccess, WatchdogSec } = unit.settings.Service;
    return (
      Type === "notify" ||
      Type === "notify-reload" ||
      NotifyAccess !== "none" ||
      (WatchdogSec > 0 && Number.isFinite(WatchdogSec))
    );
  }

  /** Streams are numbered by the effect that makes them: the same after a death as before. */
  private nextStream(): number {
    return this.number++;
  }

  private runShellPlan(plan: ExecPlan, number: number): void {
    this.keeper.send(
      { kind: "spawn", token: shellTokens + number, group: cleanUpGroup, plan: encodePlan(plan) },
      number,
    );
  }

  private bases() {
    return this.environment.scope === "system"
      ? systemDirectories
      : userDirectories(this.environment.home, {
          ...process.env,
          XDG_RUNTIME_DIR: this.environment.places.runtimeDirectory,
        });
  }

  private sliceOf(unit: string): string | undefined {
    for (const slice of this.core.definitions.graph.dependencies(unit, "InSlice")) return slice;
    return undefined;
  }

  private say(unit: string, priority: number, message: string, number = 0): void {
    const fields: [string, string][] = [
      ["PRIORITY", String(priority)],
      ["MESSAGE", message],
      ["SYSLOG_FACILITY", "3"],
      [this.environment.scope === "system" ? "UNIT" : "USER_UNIT", unit],
    ];
    this.keeper.send({ kind: "log", entry: encodeExportEntry(fields) }, number);
  }

  private sayOnce(unit: string, what: string, priority: number, message: string): void {
    const key = `${unit}\0${what}`;
    if (this.said.has(key)) return;
    this.said.add(key);
    this.say(unit, priority, message);
  }

  // ---- what there is ----

  get rootGroup(): string {
    return "";
  }

  unitOf(pid: number): string | undefined {
    return this.groups.unitOf(pid);
  }

  /** Who a unit's processes run as, where User= or Group= says it and it runs. */
  private identity(id: string): { readonly uid: number | undefined; readonly gid: number | undefined } | undefined {
    const unit = this.definition(id);
    if (unit === undefined || !this.core.units.get(id)?.populated) return undefined;
    const { User, Group } = unit.settings.Service;
    if (User === "" && Group === "") return undefined;
    const credentials = resolveCredentials({ user: User || undefined, group: Group || undefined }, this.names);
    return "message" in credentials ? undefined : credentials;
  }

  /** Empty while the unit has no process. */
  controlGroup(id: string): string {
    return this.core.units.get(id)?.populated ? this.groups.controlGroup(id) : "";
  }

  list(id: string): readonly ProcessRow[] {
    const group = this.groups.controlGroup(id);
    const source = this.core.units.get(id)?.populated ? this.groups.source(id) : undefined;
    if (source === undefined) return [];
    return listProcesses(source).map(({ pid, commandLine, cgroup }) => ({
      group: group + cgroup,
      pid,
      command: commandLine,
    }));
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
    const record = this.core.units.get(id);
    const source = record?.populated ? this.groups.source(id) : undefined;
    const use = source === undefined ? undefined : measure(source);
    const dead = record?.machine.type === "service" ? record.machine.cpuUsec : 0;
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
}

/** DefaultLimitNOFILE= of systemd-system.conf(5): programs that use select(2) break beyond 1024. */
const systemLimits = { LimitNOFILE: { soft: 1024, hard: 524288 } };

const unset = 0xffff_ffff;

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
].map((name) => ({
  name,
  signature: "t",
  value: unmeasured,
}));

/** inotify(7): a file was made, written and closed, or moved in. */
const watchMask = 0x100 | 0x8 | 0x80;

/** The group of the shell's own plans. */
export const cleanUpGroup = "-.steward";
