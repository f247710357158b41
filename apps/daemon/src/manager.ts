import { dependencyKinds, type GraphOptions } from "@steward/graph";
import type { Signal, Value } from "@steward/ipc";
import {
  type CoreState,
  type DualTimestamp,
  type Event,
  exportState,
  type Now,
  type ProcessName,
  runtimeProperties,
  step,
  systemState,
  type TimeFacts,
  type UnitView,
  unitView,
} from "@steward/state-machine";
import { isValidUnitName, type LoadContext, type LoadedUnit, unitProperties, unitProperty } from "@steward/unit-file";
import type { MachineFacts } from "@steward/unit-tree";
import { builtinReasons } from "./builtin-units.ts";
import type { Announcer } from "./bus/announcer.ts";
import { invalidUnitName, missingInstance, noSuchJob, noSuchUnit } from "./bus/errors.ts";
import { globPattern } from "./bus/glob-pattern.ts";
import { jobPath, unitPath } from "./bus/paths.ts";
import { reloadingSignal, unitNewSignal } from "./bus/signals.ts";
import type { Clock } from "./clock.ts";
import { type FileState, originProperties, originProperty, type ShownProperty } from "./definition-properties.ts";
import type { Definitions } from "./definitions.ts";
import type { InstallFiles } from "./install-files.ts";
import { LogLevel } from "./log-level.ts";
import type { StepOutcome } from "./loop.ts";
import { BusClients } from "./message-bus/bus-clients.ts";
import type { Places } from "./places.ts";
import type { ProcessTable } from "./process-table.ts";
import type { DefinitionLog } from "./record/definition-log.ts";
import type { Settings } from "./record/entry.ts";
import type { RequestResult, Requests } from "./requests.ts";
import { Collector } from "./transient/collector.ts";
import type { UnitStreams } from "./transient/given-streams.ts";
import { References } from "./transient/references.ts";
import { type ControlDirectories, PropertySetting } from "./transient/set-properties.ts";
import type { TransientFiles } from "./transient/transient-files.ts";
import { TransientUnits } from "./transient/transient-units.ts";

/** What the manager is made of; each part knows nothing of the others. */
export interface ManagerParts {
  readonly core: CoreState;
  readonly announcer: Announcer;
  readonly definitions: Definitions;
  readonly definitionLog: DefinitionLog;
  readonly requests: Requests;
  readonly places: Places;
  readonly facts: MachineFacts;
  readonly clock: Clock;
  readonly files: InstallFiles;
  readonly processes: ProcessTable;
  readonly transientFiles: TransientFiles;
  readonly controls: ControlDirectories;
  readonly streams: UnitStreams;
  readonly loadContext: LoadContext;
  readonly environment: Map<string, string>;
  readonly version: string;
  readonly searchPath: () => readonly string[];
  readonly graphOptions: GraphOptions;
  readonly timeFacts: () => TimeFacts;
  /** Queues an event for the loop; `seq` is the keeper event's that it came from. */
  readonly submit: (event: Event, seq?: number) => void;
  /** Works off what is queued, so that the caller sees its outcome. */
  readonly settle: () => void;
  readonly emit: (signal: Signal) => void;
  /** Units were loaded. */
  readonly loaded: (units: readonly LoadedUnit[]) => void;
  /** Says what is wrong in the files of units that were loaded. */
  readonly logDiagnostics: (units: readonly LoadedUnit[]) => void;
  /** Runs generators anew before a reload. */
  readonly runGenerators: () => Promise<void>;
  /** Records the settings anew. */
  readonly settingsChanged: () => void;
  /** Ends this process, so that the keeper starts the next one: what an upgrade is. */
  readonly reexecute: () => void;
}

/** What a unit wants and requires by its files. */
function pulledIn(unit: LoadedUnit | undefined): readonly string[] {
  return (unit?.dependencies ?? [])
    .filter(({ kind }) => kind === "Wants" || kind === "Requires")
    .map(({ name }) => name);
}

/** What the install state of a unit without a file is. */
const noFile = { state: "", preset: "" };

/** The moments that `systemd-analyze time` shows. */
export type MomentName =
  | "UserspaceTimestamp"
  | "FinishTimestamp"
  | "GeneratorsStartTimestamp"
  | "GeneratorsFinishTimestamp"
  | "UnitsLoadStartTimestamp"
  | "UnitsLoadFinishTimestamp"
  | "UnitsLoadTimestamp";

/** What the bus and the loop see of the whole: the core's state with the questions that clients ask of it. */
export class Manager {
  readonly core: CoreState;
  readonly facts: MachineFacts;
  readonly files: InstallFiles;
  readonly moments: Partial<Record<MomentName, DualTimestamp>> = {};
  readonly logLevel = new LogLevel();
  readonly references: References;
  readonly busClients: BusClients;
  readonly transient: TransientUnits;
  readonly setting: PropertySetting;
  readonly streams: UnitStreams;
  installedJobs = 0;
  failedJobs = 0;
  private readonly parts: ManagerParts;
  private code = 0;
  private readonly collector: Collector;

  constructor(parts: ManagerParts) {
    this.parts = parts;
    this.core = parts.core;
    this.facts = parts.facts;
    this.files = parts.files;
    this.references = new References({
      released: () => this.collector.soon(),
      changed: () => this.parts.settingsChanged(),
    });
    this.busClients = new BusClients(this.references, () => this.parts.settingsChanged());
    this.streams = parts.streams;
    this.transient = new TransientUnits(parts.transientFiles, parts.loadContext);
    this.collector = new Collector({
      manager: this,
      definitions: parts.definitions,
      files: parts.transientFiles,
      streams: parts.streams,
      unload: (units) => {
        parts.submit({ kind: "unload", now: parts.clock.now(), units });
        parts.settle();
      },
      load: (names) => {
        this.submitLoad(parts.definitions.load(names), false);
        parts.settle();
      },
      emit: parts.emit,
    });
    this.setting = new PropertySetting(parts.controls, parts.transientFiles, parts.loadContext);
  }

  // ---- the core ----

  /** One step of the core, with the records that it changed. */
  step(event: Event): StepOutcome {
    const { effects, changed } = step(this.core, event, this.parts.announcer);
    const units: Record<string, unknown> = {};
    const jobs: Record<string, unknown> = {};
    for (const id of changed.units) units[id] = this.core.units.get(id) ?? null;
    for (const id of changed.jobs) jobs[id] = this.core.jobs.get(id) ?? null;
    this.collector.changed(changed.units);
    const counters = changed.counters ? this.core.counters : undefined;
    const recorded = this.parts.definitionLog.recorded(event);
    return { effects, units, jobs, counters, recorded, signals: this.parts.announcer.take() };
  }

  /** Asks the core for something and waits for its one answer. */
  request(make: (request: number, now: Now) => Event): Promise<RequestResult> {
    return new Promise((resolve) => {
      const request = this.parts.requests.open(resolve);
      this.parts.submit(make(request, this.parts.clock.now()));
    });
  }

  systemState(): string {
    return systemState(this.core);
  }

  // ---- units ----

  /** The id of a loaded unit by any of its names. */
  unitId(name: string): string | undefined {
    return this.parts.definitions.get(name)?.id;
  }

  definition(name: string): LoadedUnit | undefined {
    return this.parts.definitions.get(name);
  }

  /** Loads a unit where it is not loaded, whatever that gives, and returns its id. */
  loadUnit(name: string): string {
    if (!isValidUnitName(name)) throw invalidUnitName(name);
    if (/@\.[a-z]+$/.test(name)) throw missingInstance(name);
    const known = this.unitId(name);
    const stale = known !== undefined && this.definition(name)?.loadState === "not-found";
    if (known !== undefined && !stale) return known;
    if (stale) this.parts.definitions.forget(new Set([known as string]));
    if (stale || known === undefined) this.parts.definitions.rescan();
    const loaded = this.parts.definitions.load([name]);
    this.parts.logDiagnostics(loaded);
    this.submitLoad(loaded, false);
    this.parts.settle();
    return this.unitId(name) ?? name;
  }

  /** Loads units from the disk as it is now, whatever was known of them. */
  loadAnew(names: readonly string[]): void {
    const { definitions, logDiagnostics } = this.parts;
    definitions.forget(new Set(names.map((name) => this.unitId(name) ?? name)));
    definitions.rescan();
    const loaded = definitions.load(names);
    logDiagnostics(loaded);
    this.submitLoad(loaded, false);
    this.parts.settle();
  }

  /** Gives processes to a unit, or to a scope that is about to start. */
  join(unit: string, processes: readonly ProcessName[], controller?: string): void {
    const now = this.parts.clock.now();
    this.parts.submit({ kind: "join", now, unit, processes, ...(controller === undefined ? {} : { controller }) });
  }

  loadedUnits(): readonly LoadedUnit[] {
    return this.parts.definitions.all();
  }

  isTransient(id: string): boolean {
    return this.parts.transientFiles.owns(this.definition(id)?.fragmentPath);
  }

  /** Loads the service of a connection from its template, as that was when the units were looked for last. */
  loadConnection(name: string): void {
    const loaded = this.parts.definitions.load([name]);
    this.parts.logDiagnostics(loaded);
    this.submitLoad(loaded, false);
  }

  /** Looks for units that nobody needs any more, when what is under way has been told. */
  collectSoon(): void {
    this.collector.soon();
  }

  /** Loads units of mount points that nobody knew. */
  loadMounts(names: readonly string[]): void {
    const { definitions } = this.parts;
    const known = (name: string): LoadedUnit | undefined => definitions.get(name);
    const fresh = names.filter((name) => (known(name)?.loadState ?? "not-found") === "not-found");
    if (fresh.length === 0) return;
    definitions.forget(new Set(fresh.flatMap((name) => known(name)?.id ?? [])));
    this.submitLoad(definitions.load(fresh), false);
  }

  /** The id for a job: an unknown name is loaded first, as StartUnit does. */
  loadForJob(name: string): string {
    return this.loadUnit(name);
  }

  submitLoad(units: readonly LoadedUnit[], replaceAll: boolean, reloaded = false): void {
    if (units.length === 0 && !replaceAll) return;
    const { places, definitions } = this.parts;
    const builtin = builtinReasons({
      bootedElsewhere: places.scope === "system" && !places.init,
      dependencies: (target) => pulledIn(definitions.get(target)),
    });
    this.parts.submit({
      kind: "load",
      now: this.parts.clock.now(),
      units,
      replaceAll,
      reloaded,
      builtin,
      time: this.parts.timeFacts(),
      graph: this.parts.graphOptions,
    });
    this.parts.loaded(units);
    if (!replaceAll) for (const { id } of units) this.parts.emit(unitNewSignal(id));
  }

  view(id: string): UnitView {
    return unitView(this.core, id);
  }

  namesOf(id: string): readonly string[] {
    return this.definition(id)?.names ?? [id];
  }

  nameCount(): number {
    return this.referencedUnits().reduce((sum, id) => sum + this.namesOf(id).length, 0);
  }

  /**
   * Units that systemd would keep: those that are not at rest or have a job, and whatever these refer to. The others were
   * loaded only to be looked at.
   */
  referencedUnits(): readonly string[] {
    const kept = new Set<string>();
    const queue: string[] = [];
    const keep = (id: string): void => {
      if (kept.has(id)) return;
      kept.add(id);
      queue.push(id);
    };
    for (const unit of this.parts.definitions.all()) {
      const record = this.core.units.get(unit.id);
      if (record?.job !== undefined || this.references.has(unit.id) || this.activeState(unit.id) !== "inactive")
        keep(unit.id);
    }
    for (let id = queue.pop(); id !== undefined; id = queue.pop())
      for (const kind of dependencyKinds)
        for (const other of this.core.definitions.graph.dependencies(id, kind))
          if (this.definition(other) !== undefined) keep(other);
    return [...kept].sort();
  }

  activeState(id: string): string {
    return this.view(id).activeState;
  }

  failedUnits(): readonly string[] {
    return this.parts.definitions
      .all()
      .map((unit) => unit.id)
      .filter((id) => this.activeState(id) === "failed");
  }

  dependencies(id: string, kind: string): Iterable<string> {
    return this.core.definitions.graph.dependencies(id, kind as "After");
  }

  /** Jobs that the given one waits for (After), or that wait for it (Before): a(usssoo). */
  jobsAround(id: number, kind: "After" | "Before"): Value[][] {
    const job = this.core.jobs.get(id);
    if (job === undefined) throw noSuchJob(id);
    const around = new Set(this.dependencies(job.unit, kind));
    return [...this.core.jobs.values()]
      .filter((other) => around.has(other.unit))
      .map((other) => [other.id, other.unit, other.type, other.state, jobPath(other.id), unitPath(other.unit)]);
  }

  unitOfInvocation(invocation: string): string | undefined {
    for (const record of this.core.units.values()) if (record.invocation === invocation) return record.id;
    return undefined;
  }

  unitOfPid(pid: number): string | undefined {
    return this.parts.processes.unitOf(pid);
  }

  unitOfControlGroup(path: string): string | undefined {
    for (const unit of this.parts.definitions.all())
      if (this.parts.processes.controlGroup(unit.id) === path) return unit.id;
    return undefined;
  }

  /** GetUnitProcesses: control group, pid, command line. */
  processes(id: string): Value[][] {
    return this.parts.processes.list(id).map(({ group, pid, command }) => [group, pid, command]);
  }

  // ---- requests about the manager itself ----

  /** What the manager ends with (systemctl exit CODE, SuccessActionExitStatus= and kin). */
  get exitCode(): number {
    return this.code;
  }

  setExitCode(code: number): void {
    this.code = code;
    this.parts.settingsChanged();
  }

  setLogLevel(level: string): boolean {
    const known = this.logLevel.set(level);
    if (known) this.parts.settingsChanged();
    return known;
  }

  /** What is to survive this process besides the core's state. */
  settings(): Settings {
    return {
      exitCode: this.code,
      logLevel: this.logLevel.name,
      variables: [...this.parts.environment],
      subscribers: this.busClients.subscribers,
      references: this.references.export(),
      streams: this.streams.export(),
    };
  }

  restoreSettings(settings: Settings): void {
    this.code = settings.exitCode;
    this.logLevel.set(settings.logLevel);
    this.busClients.restore(settings.subscribers ?? []);
    this.references.restore(settings.references ?? []);
    this.streams.restore(settings.streams ?? []);
    this.parts.environment.clear();
    for (const [name, value] of settings.variables) this.parts.environment.set(name, value);
  }

  /** daemon-reload: the disk is read anew, running processes stay. */
  async reload(): Promise<void> {
    this.parts.emit(reloadingSignal(true));
    this.moment("GeneratorsStartTimestamp");
    await this.parts.runGenerators();
    this.moment("GeneratorsFinishTimestamp");
    this.moment("UnitsLoadStartTimestamp");
    this.files.forget();
    const loaded = this.parts.definitions.reload(this.referencedUnits());
    this.parts.logDiagnostics(loaded);
    this.submitLoad(loaded, true, true);
    this.parts.settle();
    this.moment("UnitsLoadFinishTimestamp");
    this.moment("UnitsLoadTimestamp");
    this.parts.emit(reloadingSignal(false));
  }

  reexecute(): void {
    this.parts.reexecute();
  }

  /** Starts a target in the way of a shut-down; nothing may cancel it. */
  shutDown(target: string, seq = 0): void {
    this.loadUnit(target);
    this.parts.submit({ kind: "shutdown", now: this.parts.clock.now(), target, mode: "replace-irreversibly" }, seq);
  }

  setEnvironment(set: readonly string[], unset: readonly string[]): void {
    for (const name of unset) {
      const at = name.indexOf("=");
      if (at < 0) this.parts.environment.delete(name);
      else if (this.parts.environment.get(name.slice(0, at)) === name.slice(at + 1))
        this.parts.environment.delete(name.slice(0, at));
    }
    for (const entry of set)
      this.parts.environment.set(entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1));
    this.parts.settingsChanged();
  }

  environmentList(): readonly string[] {
    return [...this.parts.environment].map(([name, value]) => `${name}=${value}`);
  }

  /** `systemctl`'s dump: one paragraph a unit. */
  dump(patterns: readonly string[]): string {
    const accepted = patterns.map(globPattern);
    return this.referencedUnits()
      .filter((id) => accepted.length === 0 || accepted.some((pattern) => pattern.test(id)))
      .map((id) => {
        const view = this.view(id);
        return `-> Unit ${id}:\n\tDescription: ${view.description}\n\tUnit Load State: ${view.loadState}\n\tUnit Active State: ${view.activeState}\n\tState: ${view.subState}\n`;
      })
      .join("");
  }

  moment(name: MomentName, now: Now = this.parts.clock.now()): void {
    this.moments[name] = { realtimeUsec: now.realtimeUsec, monotonicUsec: now.monotonicUsec };
  }

  get version(): string {
    return this.parts.version;
  }

  get controlGroup(): string {
    return this.parts.processes.rootGroup;
  }

  searchPath(): readonly string[] {
    return this.parts.searchPath();
  }

  progress(): number {
    return this.installedJobs === 0 ? 1 : 1 - this.core.jobs.size / Math.max(this.installedJobs, this.core.jobs.size);
  }

  defaultLimit(name: string): { readonly soft: bigint; readonly hard: bigint } {
    return this.parts.processes.defaultLimit(name);
  }

  /** All properties of a unit: those of its file, and those of its state. */
  properties(id: string): readonly ShownProperty[] {
    const unit = this.definition(id);
    if (unit === undefined) throw noSuchUnit(id);
    return [
      ...originProperties(unit, this.core.definitions.graph, this.fileState(unit)),
      { name: "Transient", signature: "b", value: this.isTransient(unit.id) },
      { name: "Refs", signature: "as", value: this.references.names(id) },
      ...(unitProperties(unit) as ShownProperty[]),
      ...(runtimeProperties(this.core, id) as ShownProperty[]),
      ...this.parts.processes.properties(id),
    ];
  }

  /** One of them, without gathering the others: clients ask one by one while they wait for a job. */
  property(id: string, name: string): Value | undefined {
    const unit = this.definition(id);
    if (unit === undefined) throw noSuchUnit(id);
    if (name === "Transient") return this.isTransient(unit.id);
    if (name === "Refs") return this.references.names(id);
    const named = (each: { readonly name: string }): boolean => each.name === name;
    return (
      (runtimeProperties(this.core, id) as ShownProperty[]).find(named)?.value ??
      (unitProperty(unit, name) as ShownProperty | undefined)?.value ??
      originProperty(unit, this.core.definitions.graph, this.fileState(unit), name) ??
      this.parts.processes.properties(id).find(named)?.value
    );
  }

  /** Both of a unit's file states are shown, or neither: they are looked up once. */
  private fileState(unit: LoadedUnit): FileState {
    let found: ReturnType<FileState> | undefined;
    return () => {
      if (unit.fragmentPath === undefined) return noFile;
      found ??= this.isTransient(unit.id) ? { state: "transient", preset: "" } : this.files.shown(unit.id);
      return found;
    };
  }

  exportCore(): unknown {
    return exportState(this.core);
  }
}
