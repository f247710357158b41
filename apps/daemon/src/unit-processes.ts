import { hash } from "node:crypto";
import { basename, dirname } from "node:path";
import {
  buildPlan,
  directoryTargets,
  type ExecPlan,
  encodePlan,
  type KeeperClient,
  listProcesses,
  removalPlan,
  resolveCredentials,
  streamMetadata,
  systemNames,
} from "@steward/process-runtime";
import type { CoreState, Effect, SignalReason } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";
import type { Environment } from "./environment.ts";
import { readEnvironmentFiles } from "./environment-files.ts";
import { execContextOf } from "./exec-context.ts";
import { ignoredStepMessage } from "./failed-steps.ts";
import { directoryBases } from "./graph-options.ts";
import { encodeExportEntry } from "./journal-export.ts";
import type { KeeperEffects } from "./performer.ts";
import { numbersPerEffect } from "./record/entry.ts";
import { shellTokens } from "./shell-tokens.ts";
import { signalLine } from "./signal-lines.ts";
import { socketStreamProblem } from "./socket-streams.ts";
import { stampDirectory, touchPlan } from "./stamps.ts";
import { rootOf, startOnly } from "./start-only.ts";
import type { UnitStreams } from "./transient/given-streams.ts";
import { commandOf, execSectionOf, mountPointSteps } from "./unit-commands.ts";
import { UnitGroups } from "./unit-groups.ts";

/** Effects about processes, as commands of the keeper: plans from unit files, signals, groups. What there is: UnitListing. */
export class UnitProcesses implements KeeperEffects {
  private readonly keeper: KeeperClient;
  private readonly environment: Environment;
  private readonly definition: (name: string) => LoadedUnit | undefined;
  private readonly core: CoreState;
  private readonly streams: UnitStreams;
  /** Also what the listing reads. */
  readonly groups: UnitGroups;
  private readonly names = systemNames();
  private readonly said = new Set<string>();
  private readonly pids = new Map<number, number>();
  private number = 0;

  constructor(parts: {
    readonly keeper: KeeperClient;
    readonly environment: Environment;
    readonly definition: (name: string) => LoadedUnit | undefined;
    readonly core: CoreState;
    readonly streams: UnitStreams;
  }) {
    this.keeper = parts.keeper;
    this.environment = parts.environment;
    this.definition = parts.definition;
    this.core = parts.core;
    this.streams = parts.streams;
    for (const row of parts.keeper.recovery.tokens) this.pids.set(row.token, row.pid);
    this.groups = new UnitGroups(parts.keeper, parts.environment, (unit) => sliceOf(this.core, unit));
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

  /** A process that others started is known by a token now. */
  adopted(unit: string, token: number, pid: number): void {
    this.pids.set(token, pid);
    this.groups.attached(unit, pid);
  }

  attach(effect: Extract<Effect, { kind: "attach" }>, number: number): void {
    const { unit: group, token, pid, startTicks } = effect;
    this.groups.create(group, number);
    this.keeper.send({ kind: "attach", token, group, pid, startTicks }, number + 1);
  }

  ended(token: number): void {
    this.groups.detached(this.pids.get(token));
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
      const source = this.groups.source(effect.unit);
      const pids = source === undefined ? [] : listProcesses(source).map(({ pid }) => pid);
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

  freezeGroup({ unit, frozen }: Extract<Effect, { kind: "freezeGroup" }>, number: number): void {
    this.keeper.send({ kind: frozen ? "groupFreeze" : "groupThaw", group: unit }, number);
  }

  /** All that can go goes; what could not is tried once more, and then its failure is the process's. */
  cleanDirectories({ unit, token, what }: Extract<Effect, { kind: "cleanDirectories" }>, number: number): void {
    const definition = this.definition(unit);
    const kinds = what.filter((resource) => resource !== "fdstore");
    const targets = definition === undefined ? [] : directoryTargets(execContextOf(definition), this.bases(), kinds);
    const { steps: first } = removalPlan(targets);
    const { steps: again } = removalPlan(targets, { mayFail: false });
    this.groups.create(unit, number);
    this.keeper.spawn(token, unit, { inputs: [], env: [], steps: [...first, ...again] }, number + 1);
  }

  cleanUp(effect: Extract<Effect, { kind: "cleanUp" }>, number: number): void {
    this.groups.remove(effect.unit, number);
    const unit = this.definition(effect.unit);
    const section = unit === undefined ? undefined : execSectionOf(unit);
    const paths =
      unit === undefined || section === undefined || effect.keepRuntimeDirectory
        ? []
        : unit.settings[section].RuntimeDirectory;
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

  touchStamp({ unit, atUsec }: Extract<Effect, { kind: "touchStamp" }>, number: number): void {
    this.runShellPlan(touchPlan(stampDirectory(this.environment), unit, atUsec), number);
  }

  watchPidFile(unit: string, path: string, number: number): void {
    this.keeper.send({ kind: "watchPath", id: unit, path: dirname(path), mask: watchMask }, number);
  }

  /** A step that may fail has failed: said once, as it changes how the unit runs. */
  stepIgnored(unit: string | undefined, status: number, errno: number): void {
    if (unit !== undefined) this.sayOnce(unit, `step:${status}`, 5, ignoredStepMessage(unit, status, errno));
  }

  // ---- plans ----

  /** The plan, or why there can be none. */
  private plan(effect: Extract<Effect, { kind: "spawn" }>): ExecPlan | string {
    const unit = this.definition(effect.unit);
    const written = unit === undefined ? undefined : commandOf(unit, effect.command);
    const command = unit === undefined || written === undefined ? undefined : startOnly(unit, effect.command, written);
    const section = unit === undefined ? undefined : execSectionOf(unit);
    if (unit === undefined || command === undefined || section === undefined)
      return "its unit file no longer has that command";
    const context = rootOf(unit, effect.command, execContextOf(unit));
    const fds = effect.fds ?? [];
    const wrong = socketStreamProblem(context, fds);
    if (wrong !== undefined) {
      this.say(effect.unit, 3, `${effect.unit}: ${wrong}`);
      return "Invalid argument";
    }
    const files = readEnvironmentFiles(unit.settings[section].EnvironmentFile);
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
      givenStreams: this.streams.of(effect.unit),
      metadata: ({ console }) =>
        streamMetadata({
          unit: effect.unit,
          scope,
          invocationId: record?.invocation || undefined,
          streamId: hash("md5", `${this.environment.bootId}/${process.ppid}/${this.number}`),
          identifier: context.syslogIdentifier ?? basename(command.path),
          context,
          cgroup: this.groups.controlGroup(effect.unit),
          slice: sliceOf(this.core, effect.unit),
          console,
        }),
      passedFds: fds.map(({ id, name, stored }) => ({ name, source: { kind: "fd", fd: id }, stored: stored === true })),
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
    if (unit.type !== "mount") return plan;
    return { ...plan, steps: [...mountPointSteps(unit, effect.command), ...plan.steps] };
  }

  private acceptsNotify(unit: LoadedUnit): boolean {
    const { Type, NotifyAccess, WatchdogSec, FileDescriptorStoreMax } = unit.settings.Service;
    return (
      FileDescriptorStoreMax > 0 ||
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
    this.startShellPlan(plan, shellTokens + number, number);
  }

  /** A plan that is no effect's own command: it may be sent again, and its token is then the same. */
  runPlanAgain(plan: ExecPlan, number: number): number {
    const token = shellTokens + number;
    this.startShellPlan(plan, token, 0);
    return token;
  }

  private startShellPlan(plan: ExecPlan, token: number, number: number): void {
    this.keeper.send({ kind: "spawn", token, group: cleanUpGroup, plan: encodePlan(plan) }, number);
  }

  private bases() {
    return directoryBases(this.environment);
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
}

/** Slice=, as the graph has it. */
function sliceOf(core: CoreState, unit: string): string | undefined {
  for (const slice of core.definitions.graph.dependencies(unit, "InSlice")) return slice;
  return undefined;
}

/** DefaultLimitNOFILE= of systemd-system.conf(5): programs that use select(2) break beyond 1024. */
const systemLimits = { LimitNOFILE: { soft: 1024, hard: 524288 } };

/** inotify(7): a file was made, written and closed, or moved in. */
const watchMask = 0x100 | 0x8 | 0x80;

/** The group of the shell's own plans. */
export const cleanUpGroup = "-.steward";
