import { basename, join } from "node:path";
import type { IncomingCall, Signal } from "@steward/ipc";
import type { KeeperClient, KeeperEvent } from "@steward/process-runtime";
import type { Effect, Event } from "@steward/state-machine";
import { answer, type PromptEffect } from "./answers.ts";
import { withoutBootWants } from "./builtin-units.ts";
import { Announcer } from "./bus/announcer.ts";
import { Connections } from "./bus/connections.ts";
import { serveBus } from "./bus/serve.ts";
import { requestStopSignal, startupFinishedSignal, unitFilesChangedSignal } from "./bus/signals.ts";
import { provideClientNames } from "./client-names.ts";
import { say } from "./console.ts";
import type { LoadedCore } from "./core.ts";
import { Definitions } from "./definitions.ts";
import { Ending } from "./ending.ts";
import type { Environment } from "./environment.ts";
import { generateEnvironment, generateUnits } from "./generators.ts";
import { graphOptions } from "./graph-options.ts";
import { InstallFiles } from "./install-files.ts";
import { type IntakeParts, takeIn } from "./keeper-intake.ts";
import { LocalZone } from "./local-zone.ts";
import { Loop } from "./loop.ts";
import { Manager } from "./manager.ts";
import { ManagerLog } from "./manager-log.ts";
import { OnTheBus } from "./message-bus/on-the-bus.ts";
import { Mounts } from "./mounts.ts";
import type { Options } from "./options.ts";
import { PathLooks } from "./path-looks.ts";
import { Performer } from "./performer.ts";
import { PidFiles } from "./pid-files.ts";
import { reconcile } from "./reconcile.ts";
import { DefinitionLog } from "./record/definition-log.ts";
import { numbersPerEffect, recordVersion } from "./record/entry.ts";
import { exportShell, type ShellState } from "./record/shell-state.ts";
import type { RecordStore } from "./record/store.ts";
import { Requests } from "./requests.ts";
import { signalAction } from "./signals.ts";
import { stampDirectory } from "./stamps.ts";
import { timeFacts } from "./time-facts.ts";
import { Timers } from "./timers.ts";
import { UnitStreams } from "./transient/given-streams.ts";
import { TransientFiles } from "./transient/transient-files.ts";
import { UnitListing } from "./unit-listing.ts";
import { UnitPaths } from "./unit-paths.ts";
import { cleanUpGroup, UnitProcesses } from "./unit-processes.ts";
import { UnitSockets } from "./unit-sockets.ts";
import { wakeUpSpot } from "./wake-up.ts";

/** What a generation is made of. */
export interface StewardParts {
  readonly options: Options;
  readonly keeper: KeeperClient;
  readonly environment: Environment;
  readonly store: RecordStore;
  readonly instance: string;
  readonly core: LoadedCore;
}

/** Clients compare the number before it with systemd's. */
const version = "0.1.0";

/** Of the same build, beside the daemon. */
const stewardctl = join(import.meta.dirname, "../../ctl/bin/stewardctl");

/** One generation of the manager: the parts, and the wires between them. */
export class Steward {
  private readonly parts: StewardParts;
  private readonly shell: ShellState;
  private readonly loop: Loop;
  private readonly manager: Manager;
  private readonly performer: Performer;
  private readonly connections: Connections;
  private readonly onTheBus: OnTheBus;
  private readonly timers: Timers;
  private readonly processes: UnitProcesses;
  private readonly streams: UnitStreams;
  private readonly listing: UnitListing;
  private readonly requests = new Requests();
  private readonly ending: Ending;
  private readonly definitions: Definitions;
  private readonly definitionLog: DefinitionLog;
  private readonly paths: UnitPaths;
  private readonly transientFiles: TransientFiles;
  private readonly pidFiles: PidFiles;
  private readonly zone: LocalZone;
  private readonly looks: PathLooks;
  private readonly sockets: UnitSockets;
  private readonly log: ManagerLog;
  private readonly mounts: Mounts;
  private readonly intake: IntakeParts;
  private acknowledge = 0;
  /** Events that come before the definitions are loaded wait here. */
  private readonly early: KeeperEvent[] = [];
  private flowing = false;

  constructor(parts: StewardParts) {
    this.parts = parts;
    const { keeper, environment, core } = parts;
    this.shell = core.shell;
    this.log = new ManagerLog(keeper, environment.scope);
    this.paths = new UnitPaths(environment);
    this.transientFiles = new TransientFiles(this.paths.transient);
    this.definitions = new Definitions(
      graphOptions(environment),
      environment.tree,
      () => this.paths.list(),
      this.paths.loadContext(),
      environment.scope === "system" && !environment.places.init ? withoutBootWants : undefined,
    );
    this.streams = new UnitStreams(keeper, () => this.recordSettings());
    this.definitionLog = new DefinitionLog({
      full: parts.options.fullRecord,
      core: core.state,
      searchPath: () => this.paths.list(),
    });
    this.processes = new UnitProcesses({
      streams: this.streams,
      keeper,
      environment,
      definition: (name) => this.definitions.get(name),
      core: core.state,
    });
    this.listing = new UnitListing({
      core: core.state,
      groups: this.processes.groups,
      definition: (name) => this.definitions.get(name),
    });
    this.pidFiles = new PidFiles({
      watched: this.shell.pidFiles,
      unitOf: (pid) => this.listing.unitOf(pid),
      clock: environment.clock,
      submit: (event) => this.loop.submit(event),
      watch: (unit, path) => this.processes.watchPidFile(unit, path, 0),
    });
    this.zone = new LocalZone(
      keeper,
      () => this.shell.zone,
      (zone) => this.loop.submit({ kind: "timezoneChanged", now: environment.clock.now(), zone }),
    );
    this.sockets = new UnitSockets({
      keeper,
      definition: (name) => this.definitions.get(name),
      warn: (unit, message) => this.log.unit(unit, "5", message),
    });
    this.looks = new PathLooks({
      keeper,
      clock: environment.clock,
      definition: (name) => this.definitions.get(name),
      submit: (event, answers) => this.loop.submit(event, 0, answers),
      runPlan: (plan, number) => this.processes.runPlanAgain(plan, number),
      warn: (unit, message) => this.log.unit(unit, "4", message),
    });
    this.manager = new Manager({
      core: core.state,
      announcer: new Announcer(core.state, () => this.connections.size > 0 || this.onTheBus.isWanted),
      definitions: this.definitions,
      definitionLog: this.definitionLog,
      requests: this.requests,
      places: environment.places,
      facts: environment.facts,
      clock: environment.clock,
      files: new InstallFiles(
        () => this.paths.installPlace(),
        () => this.emit(unitFilesChangedSignal()),
      ),
      processes: this.listing,
      transientFiles: this.transientFiles,
      controls: this.paths.controls,
      streams: this.streams,
      loadContext: this.paths.loadContext(),
      environment: environment.variables,
      version: `252 (steward ${version})`,
      searchPath: () => this.paths.list(),
      graphOptions: graphOptions(environment),
      timeFacts: () => timeFacts(environment, this.zone.current()),
      loaded: (units) => this.onTheBus.loaded(units),
      submit: (event, seq) => this.loop.submit(event, seq),
      settle: () => this.loop.run(),
      emit: (signal) => this.emit(signal),
      logDiagnostics: (units) => this.log.diagnostics(units),
      runGenerators: () => generateUnits(environment, this.log.generator),
      settingsChanged: () => this.recordSettings(),
      reexecute: () => setImmediate(() => process.exit(0)),
    });
    this.ending = new Ending({ keeper, environment, manager: this.manager, unit: parts.options.unit });
    const serve = serveBus(this.manager, environment);
    const onCall = (call: IncomingCall): void => {
      // Whoever wants descriptors holds them; the others' are closed.
      if (call.message.fds !== undefined && call.message.member !== "StartTransientUnit")
        this.closeFds(call.message.fds);
      serve(call);
    };
    this.onTheBus = new OnTheBus({
      keeper,
      environment,
      manager: this.manager,
      onCall,
      submit: (event) => this.loop.submit(event),
    });
    this.connections = new Connections({
      transport: {
        send: (connection, bytes) => keeper.connSend(connection, bytes),
        close: (connection) => keeper.send({ kind: "connClose", conn: connection }),
      },
      guid: environment.bootId,
      allow: (uid) => uid === 0 || uid === process.getuid?.(),
      onCall,
      onUnusedFds: (fds) => this.closeFds(fds),
      onLeave: (client) => this.manager.references.leave(client),
      onDrop: (reason, pid, uid) => say(`dropped a client (process ${pid}, user ${uid}): ${reason}`, "warning"),
    });
    this.performer = new Performer({
      keeper,
      outside: this.processes,
      sockets: this.sockets,
      inside: {
        spawnFailed: ({ unit, token }, reason) => {
          const lastOfGroup = this.listing.list(unit).length === 0;
          this.loop.submit({ kind: "spawnFailed", now: environment.clock.now(), unit, token, reason, lastOfGroup });
        },
        logs: (priority) => this.manager.logLevel.allows(priority),
        answer: (effect) => this.answer(effect),
        lookAtPaths: (effect, number) => this.looks.begin(effect, number),
        unwatchPaths: (effect, number) => this.looks.end(effect, number),
        reply: ({ request, result }) => this.requests.settle(request, result),
        jobNew: () => this.manager.installedJobs++,
        jobRemoved: ({ job, result }) => {
          if (result !== "done" && result !== "skipped") this.manager.failedJobs++;
          this.manager.busClients.jobEnded(job.id);
          this.ending.jobRemoved(job, result);
        },
        unitChanged: (unit) => {
          this.ending.unitChanged(unit);
          this.onTheBus.unitChanged(unit);
        },
        requestStop: ({ unit }) => this.emit(requestStopSignal(unit)),
        systemAction: (effect, number) => this.ending.act(effect, number),
      },
      submit: (event, seq, answers) => this.loop.submit(event, seq, answers),
    });
    this.loop = new Loop(
      {
        step: (event) => this.manager.step(event),
        store: parts.store,
        shell: this.shell,
        perform: (effect, number) => this.performer.perform(effect, number),
        announce: (signals) => {
          for (const signal of signals) this.emit(signal);
        },
        endOfTurn: () => this.endOfTurn(),
        // What has not left this process yet would be lost with it: then the long record stays for another turn.
        compact: () => keeper.drained && this.compact([]),
        batch: (work) => keeper.batch(work),
      },
      core.next,
    );
    this.mounts = new Mounts({
      keeper,
      clock: environment.clock,
      load: (names) => this.manager.loadMounts(names),
      submit: (event) => this.loop.submit(event),
      collect: () => this.manager.collectSoon(),
    });
    this.timers = new Timers(environment.clock, wakeUpSpot(environment.bootId), (key) => this.timerFired(key));
    const { connections, onTheBus, zone, looks, pidFiles, processes, mounts, sockets, definitions } = this;
    this.intake = {
      ...{ keeper, connections, onTheBus, zone, looks, pidFiles, processes, mounts, sockets, definitions },
      unitOfToken: (token) => this.unitOfToken(token),
      signalled: (signal, seq) => this.signalled(signal, seq),
      shellPlanEnded: (token) => this.shellPlanEnded(token),
    };
  }

  /** Recovers, or boots; resolves when that is done. */
  async begin(): Promise<void> {
    const { core, keeper } = this.parts;
    if (core.settings !== undefined) this.manager.restoreSettings(core.settings);
    this.manager.moment("UserspaceTimestamp");
    const last = keeper.recovery.hello.lastCommand;
    // The keeper may have executed some commands of the last effect and not the others: it knows the ones that it has.
    const again = core.effects.filter(
      ({ number, effect }) => number + numbersPerEffect > last + 1 && Performer.forKeeper(effect),
    );
    this.compact(again);
    if (!core.recovered) {
      // The first line of a boot: a reader of the journal sees from it that nothing before is missing.
      const { scope, facts } = this.parts.environment;
      const place = facts.virtualization === "none" ? "" : `, in ${facts.virtualization}`;
      this.log.line("6", `steward ${version} running in ${scope} mode${place}.`);
      if (this.parts.environment.places.init)
        for (const path of provideClientNames(stewardctl))
          this.log.line("6", `There was no ${basename(path)} here: ${path} is stewardctl now.`);
      this.manager.moment("GeneratorsStartTimestamp");
      await generateEnvironment(this.parts.environment, this.log.generator);
      await generateUnits(this.parts.environment, this.log.generator);
      this.manager.moment("GeneratorsFinishTimestamp");
    }
    this.start(again);
  }

  private start(again: readonly { readonly number: number; readonly effect: Effect }[]): void {
    this.manager.moment("UnitsLoadStartTimestamp");
    this.loadDefinitions();
    this.manager.moment("UnitsLoadFinishTimestamp");
    this.parts.keeper.batch(() => {
      for (const { number, effect } of again) this.performer.perform(effect, number);
    });
    for (const [number, effect] of [...this.shell.unanswered]) {
      if (effect.kind === "readPidFile" && effect.watch) this.processes.watchPidFile(effect.unit, effect.path, 0);
      if (effect.kind === "lookAtPaths") this.looks.begin(effect, number);
      else this.loop.submit(this.answer(effect), 0, number);
    }
    this.mounts.look();
    this.pidFiles.resume();
    this.zone.look();
    this.zone.watch();
    reconcile({
      keeper: this.parts.keeper,
      recorded: this.shell.processes,
      again: again.map(({ effect }) => effect),
      perform: (effect) => this.performer.perform(effect, this.loop.reserve()),
      forgetShellPlan: (token) => this.forgetShellPlan(token),
    });
    if (!this.shell.booted) this.bootUp();
    this.ending.resume();
    this.loop.run();
    this.onTheBus.start();
    this.manager.collectSoon();
    this.flowing = true;
    for (const event of this.early.splice(0)) this.take(event);
  }

  /** Takes a keeper event. */
  take(event: KeeperEvent): void {
    if (!this.flowing) {
      this.early.push(event);
      return;
    }
    if (event.seq > 0 && event.seq <= this.shell.lastSeq) return;
    this.parts.environment.clock.learn(event.monotonicUsec, event.boottimeUsec);
    const core = takeIn(this.intake, event);
    if (core !== undefined) this.loop.submit(core, event.seq);
    // Only now: a turn that ran while it was handled must not acknowledge what is not recorded yet.
    this.acknowledge = Math.max(this.acknowledge, event.seq);
    this.loop.wake();
  }

  /** Tells all clients, on our own socket and on the bus. */
  private emit(signal: Signal): void {
    this.connections.emit(signal);
    this.onTheBus.emit(signal);
  }

  private closeFds(fds: readonly number[]): void {
    this.streams.close(fds);
  }

  private recordSettings(): void {
    this.parts.store.append([{ v: recordVersion, settings: this.manager.settings() }]);
  }

  /** A clean-up has been done; its group goes as soon as no other is at work. */
  private forgetShellPlan(token: number): void {
    this.parts.keeper.send({ kind: "release", token }, 0);
    this.parts.keeper.send({ kind: "groupRemove", group: cleanUpGroup }, 0);
  }

  private shellPlanEnded(token: number): void {
    this.forgetShellPlan(token);
    this.looks.planEnded(token);
  }

  private answer(effect: PromptEffect): Event {
    const { facts, clock } = this.parts.environment;
    const { definitions, pidFiles } = this;
    return answer(
      {
        definitions,
        facts,
        clock,
        pidFiles,
        stamps: stampDirectory(this.parts.environment),
        onlyProcess: (unit) => this.listing.onlyProcess(unit),
        load: (name) => this.manager.loadConnection(name),
      },
      effect,
    );
  }

  private unitOfToken(token: number): string | undefined {
    return this.shell.processes.get(token)?.unit;
  }

  private signalled(signal: number, seq: number): void {
    const action = signalAction(signal, { stopping: this.manager.systemState() === "stopping" });
    if (action.kind === "target") {
      if (action.mode === "replace-irreversibly") this.manager.shutDown(action.target, seq);
      else
        this.loop.submit(
          {
            kind: "enqueue",
            now: this.parts.environment.clock.now(),
            request: 0,
            unit: this.manager.loadUnit(action.target),
            job: "start",
            mode: action.mode,
          },
          seq,
        );
    } else if (action.kind === "reload") void this.manager.reload();
    else if (action.kind === "reexecute") this.manager.reexecute();
    else if (action.kind === "hasten") this.ending.hasten();
  }

  private timerFired(key: string): void {
    const now = this.parts.environment.clock.now();
    const [kind, name, slot] = key.split("\0") as [string, string, string];
    if (kind === "job") this.loop.submit({ kind: "jobTimer", now, job: Number(name), slot: slot as "timeout" });
    else this.loop.submit({ kind: "timer", now, unit: name, slot: slot as "state" });
  }

  private endOfTurn(): void {
    this.timers.refresh(this.shell.timers);
    if (this.parts.core.state.counters.startup === "finished" && this.manager.moments.FinishTimestamp === undefined)
      this.startupFinished();
    if (this.acknowledge > 0) this.parts.keeper.ack(this.acknowledge);
    this.acknowledge = 0;
  }

  private startupFinished(): void {
    this.manager.moment("FinishTimestamp");
    const { UserspaceTimestamp: began, FinishTimestamp: ended } = this.manager.moments;
    const usec = Math.max(0, (ended?.monotonicUsec ?? 0) - (began?.monotonicUsec ?? 0));
    this.emit(startupFinishedSignal(usec, usec));
  }

  private compact(pending: readonly { readonly number: number; readonly effect: Effect }[]): void {
    this.parts.store.reset({
      v: recordVersion,
      snapshot: true,
      instance: this.parts.instance,
      next: this.loop.next,
      core: this.manager.exportCore(),
      definitions: this.definitionLog.snapshot(this.parts.environment.clock.now()),
      shell: exportShell(this.shell),
      settings: this.manager.settings(),
      pending,
    });
  }

  /** Loads what the record knows of, or the units of the boot. */
  private loadDefinitions(): void {
    const names = new Set<string>(this.parts.core.state.units.keys());
    for (const { unit } of this.shell.processes.values()) names.add(unit);
    for (const name of this.transientFiles.names()) names.add(name);
    this.manager.submitLoad(this.definitions.load(names), true);
  }

  private bootUp(): void {
    const { options, environment } = this.parts;
    const now = environment.clock.now();
    const target =
      options.unit ?? (environment.places.init || environment.scope === "user" ? "default.target" : "basic.target");
    const unit = this.manager.loadUnit(target);
    const allowsIsolate = this.definitions.get(unit)?.settings.Unit.AllowIsolate === true;
    const request = this.requests.open((result) => {
      if ("error" in result) this.ending.bootFailed(target, result.message);
    });
    this.loop.submit({
      kind: "enqueue",
      now,
      request,
      unit,
      job: "start",
      // As systemd boots: whatever else runs is stopped, unless the target does not allow that.
      mode: target === "default.target" && allowsIsolate ? "isolate" : "replace",
    });
    this.loop.submit({ kind: "startupFinished", now });
  }
}
