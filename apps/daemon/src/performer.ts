import type { KeeperClient } from "@steward/process-runtime";
import type { Effect, Event } from "@steward/state-machine";
import type { PromptEffect } from "./answers.ts";
import { encodeExportEntry } from "./journal-export.ts";
import type { UnitSockets } from "./unit-sockets.ts";

/** Commands of the keeper that an effect becomes. */
export interface KeeperEffects {
  /** The reason, where no process can be made. */
  spawn(effect: Extract<Effect, { kind: "spawn" }>, number: number): string | undefined;
  signal(effect: Extract<Effect, { kind: "signal" }>, number: number): void;
  signalGroup(effect: Extract<Effect, { kind: "signalGroup" }>, number: number): void;
  freezeGroup(effect: Extract<Effect, { kind: "freezeGroup" }>, number: number): void;
  cleanDirectories(effect: Extract<Effect, { kind: "cleanDirectories" }>, number: number): void;
  attach(effect: Extract<Effect, { kind: "attach" }>, number: number): void;
  cleanUp(effect: Extract<Effect, { kind: "cleanUp" }>, number: number): void;
  removePidFile(effect: Extract<Effect, { kind: "removePidFile" }>, number: number): void;
  watchPidFile(unit: string, path: string, number: number): void;
  touchStamp(effect: Extract<Effect, { kind: "touchStamp" }>, number: number): void;
}

/** What the performer does with effects that stay inside this process. */
export interface LocalEffects {
  spawnFailed(effect: Extract<Effect, { kind: "spawn" }>, reason: string): void;
  /** Whether lines of this priority are kept. */
  logs(priority: number): boolean;
  answer(effect: PromptEffect): Event;
  /** Begins a look; its answer comes when the keeper has set the watches. */
  lookAtPaths(effect: Extract<Effect, { kind: "lookAtPaths" }>, number: number): void;
  /** Ends one, and takes its watches away: the keeper's work. */
  unwatchPaths(effect: Extract<Effect, { kind: "unwatchPaths" }>, number: number): void;
  reply(effect: Extract<Effect, { kind: "reply" }>): void;
  jobNew(effect: Extract<Effect, { kind: "jobNew" }>): void;
  jobRemoved(effect: Extract<Effect, { kind: "jobRemoved" }>): void;
  unitChanged(unit: string): void;
  requestStop(effect: Extract<Effect, { kind: "requestStop" }>): void;
  systemAction(effect: Extract<Effect, { kind: "systemAction" }>, number: number): void;
}

/** Performs effects in order. Timers need nothing here: they are recorded state, and one real timer follows it. */
export class Performer {
  private readonly keeper: KeeperClient;
  private readonly outside: KeeperEffects;
  private readonly sockets: UnitSockets;
  private readonly inside: LocalEffects;
  private readonly submit: (event: Event, seq: number, answers: number) => void;

  constructor(parts: {
    readonly keeper: KeeperClient;
    readonly outside: KeeperEffects;
    readonly sockets: UnitSockets;
    readonly inside: LocalEffects;
    readonly submit: (event: Event, seq: number, answers: number) => void;
  }) {
    this.keeper = parts.keeper;
    this.outside = parts.outside;
    this.sockets = parts.sockets;
    this.inside = parts.inside;
    this.submit = parts.submit;
  }

  perform(effect: Effect, number: number): void {
    switch (effect.kind) {
      case "spawn": {
        const reason = this.outside.spawn(effect, number);
        if (reason !== undefined) this.inside.spawnFailed(effect, reason);
        return;
      }
      case "signal":
        return this.outside.signal(effect, number);
      case "signalGroup":
        return this.outside.signalGroup(effect, number);
      case "release":
        this.keeper.send({ kind: "release", token: effect.token }, number);
        return;
      case "closeFd":
        this.keeper.send({ kind: "closeFd", fd: effect.fd }, number);
        return;
      case "watchFd":
        this.keeper.send({ kind: "fdWatch", fd: effect.fd, group: effect.unit }, number);
        return;
      case "freezeGroup":
        return this.outside.freezeGroup(effect, number);
      case "cleanDirectories":
        return this.outside.cleanDirectories(effect, number);
      case "cleanUp":
        return this.outside.cleanUp(effect, number);
      case "adopt":
        this.keeper.send(
          { kind: "adopt", token: effect.token, group: effect.unit, pid: effect.pid, force: false },
          number,
        );
        return;
      case "attach":
        return this.outside.attach(effect, number);
      case "requestStop":
        return this.inside.requestStop(effect);
      case "removePidFile":
        return this.outside.removePidFile(effect, number);
      case "readPidFile":
        if (effect.watch) this.outside.watchPidFile(effect.unit, effect.path, number);
        this.submit(this.inside.answer(effect), 0, number);
        return;
      case "unwatchPidFile":
        this.keeper.send({ kind: "unwatchPath", id: effect.unit }, number);
        return;
      case "touchStamp":
        return this.outside.touchStamp(effect, number);
      case "lookAtPaths":
        return this.inside.lookAtPaths(effect, number);
      case "unwatchPaths":
        return this.inside.unwatchPaths(effect, number);
      case "openSockets":
        return this.sockets.open(effect, number);
      case "watchSockets":
        return this.sockets.watch(effect, number);
      case "unwatchSockets":
        return this.sockets.unwatch(effect, number);
      case "closeSockets":
        return this.sockets.close(effect, number);
      case "loadConnection":
      case "checkConditions":
      case "findMainPid":
      case "readStamp":
        this.submit(this.inside.answer(effect), 0, number);
        return;
      case "log":
        if (!this.inside.logs(effect.line.priority)) return;
        this.keeper.send({ kind: "log", entry: encodeExportEntry(this.logFields(effect.line)) }, number);
        return;
      case "reply":
        return this.inside.reply(effect);
      case "jobNew":
        return this.inside.jobNew(effect);
      case "jobRemoved":
        return this.inside.jobRemoved(effect);
      case "unitChanged":
        return this.inside.unitChanged(effect.unit);
      case "systemAction":
        return this.inside.systemAction(effect, number);
      case "armTimer":
      case "disarmTimer":
      case "armJobTimer":
      case "disarmJobTimer":
        return;
    }
  }

  /** Which effects the keeper executes: only these are performed again after a death. */
  static forKeeper(effect: Effect): boolean {
    switch (effect.kind) {
      case "spawn":
      case "signal":
      case "signalGroup":
      case "closeFd":
      case "watchFd":
      case "freezeGroup":
      case "cleanDirectories":
      case "release":
      case "cleanUp":
      case "adopt":
      case "attach":
      case "removePidFile":
      case "unwatchPidFile":
      case "touchStamp":
      case "unwatchPaths":
      case "openSockets":
      case "watchSockets":
      case "unwatchSockets":
      case "closeSockets":
      case "log":
      case "systemAction":
        return true;
      default:
        return false;
    }
  }

  private *logFields(line: Extract<Effect, { kind: "log" }>["line"]): Iterable<readonly [string, string]> {
    yield ["PRIORITY", String(line.priority)];
    yield ["MESSAGE", line.message];
    yield ["SYSLOG_FACILITY", "3"];
    yield* line.fields;
  }
}
