import type { Effect, Event, TimerSlot, ZoneData } from "@steward/state-machine";

/** A timer that the core asked for: an absolute moment on a named clock, in microseconds. */
export interface RecordedTimer {
  readonly clock: "monotonic" | "boottime" | "realtime";
  readonly atUsec: number;
  /** It may fire so much later (AccuracySec=). */
  readonly accuracyUsec?: number;
}

/** A process that the core asked for and has not released yet. */
export interface RecordedProcess {
  readonly unit: string;
  /** The effect that asked for it, to ask again after a death in between. */
  readonly effect: Extract<Effect, { kind: "spawn" | "adopt" | "attach" | "cleanDirectories" }>;
}

/** An effect that this process answers itself and has not answered yet. */
export type LocalEffect = Extract<
  Effect,
  { kind: "checkConditions" | "readPidFile" | "findMainPid" | "readStamp" | "lookAtPaths" | "loadConnection" }
>;

/**
 * What the shell must know after a death beside the core's own state. It is a fold over events and effects, so the record
 * needs no second truth: whatever was appended gives it back.
 */
export interface ShellState {
  /** The default target (or `--unit=`) was asked for. */
  booted: boolean;
  /** The last keeper event that was recorded. */
  lastSeq: number;
  /** Timers by `unit\0slot` and by `job\0slot`. */
  readonly timers: Map<string, RecordedTimer>;
  readonly processes: Map<number, RecordedProcess>;
  /** Unanswered local effects, by the number of the effect. */
  readonly unanswered: Map<number, LocalEffect>;
  /** PID files being watched, by unit. */
  readonly pidFiles: Map<string, string>;
  /** The local time zone that timers were last told of. */
  zone: ZoneData | undefined;
}

/** The shell of a machine on which nothing has happened. */
export function emptyShellState(): ShellState {
  return {
    booted: false,
    lastSeq: 0,
    timers: new Map(),
    processes: new Map(),
    unanswered: new Map(),
    pidFiles: new Map(),
    zone: undefined,
  };
}

function unitTimerKey(unit: string, slot: TimerSlot): string {
  return `unit\0${unit}\0${slot}`;
}

function jobTimerKey(job: number, slot: string): string {
  return `job\0${job}\0${slot}`;
}

/** Takes an event in: what it answers or uses up is no longer waited for. */
export function foldEvent(state: ShellState, event: Event, answers: number | undefined, seq: number): void {
  if (seq > 0) state.lastSeq = seq;
  if (answers !== undefined) state.unanswered.delete(answers);
  if (event.kind === "timer") state.timers.delete(unitTimerKey(event.unit, event.slot));
  else if (event.kind === "jobTimer") state.timers.delete(jobTimerKey(event.job, event.slot));
  else if (event.kind === "spawnFailed") state.processes.delete(event.token);
  else if (event.kind === "startupFinished") state.booted = true;
  else if (event.kind === "timezoneChanged") state.zone = event.zone;
}

/** Takes an effect in: `number` is the first command number that belongs to it. */
export function foldEffect(state: ShellState, effect: Effect, number: number): void {
  switch (effect.kind) {
    case "armTimer":
      state.timers.set(unitTimerKey(effect.unit, effect.slot), timerOf(effect));
      break;
    case "disarmTimer":
      state.timers.delete(unitTimerKey(effect.unit, effect.slot));
      break;
    case "armJobTimer":
      state.timers.set(jobTimerKey(effect.job, effect.slot), { clock: "monotonic", atUsec: effect.atUsec });
      break;
    case "disarmJobTimer":
      state.timers.delete(jobTimerKey(effect.job, effect.slot));
      break;
    case "spawn":
    case "adopt":
    case "cleanDirectories":
    case "attach":
      state.processes.set(effect.token, { unit: effect.unit, effect });
      break;
    case "release":
      state.processes.delete(effect.token);
      break;
    case "readPidFile":
      if (effect.watch) state.pidFiles.set(effect.unit, effect.path);
      state.unanswered.set(number, effect);
      break;
    case "unwatchPidFile":
      state.pidFiles.delete(effect.unit);
      break;
    case "unwatchPaths":
      for (const [asked, other] of state.unanswered)
        if (other.kind === "lookAtPaths" && other.unit === effect.unit && other.look === effect.look)
          state.unanswered.delete(asked);
      break;
    case "loadConnection":
    case "checkConditions":
    case "findMainPid":
    case "readStamp":
    case "lookAtPaths":
      state.unanswered.set(number, effect);
      break;
    default:
      break;
  }
}

function timerOf({ clock, atUsec, accuracyUsec }: Extract<Effect, { kind: "armTimer" }>): RecordedTimer {
  return accuracyUsec === undefined ? { clock, atUsec } : { clock, atUsec, accuracyUsec };
}

/** The shell state as JSON. */
export interface ShellSnapshot {
  readonly booted: boolean;
  readonly lastSeq: number;
  readonly timers: readonly (readonly [string, RecordedTimer])[];
  readonly processes: readonly (readonly [number, RecordedProcess])[];
  readonly unanswered: readonly (readonly [number, LocalEffect])[];
  readonly pidFiles: readonly (readonly [string, string])[];
  /** Absent in what older builds recorded. */
  readonly zone?: ZoneData | undefined;
}

export function exportShell(state: ShellState): ShellSnapshot {
  return {
    booted: state.booted,
    lastSeq: state.lastSeq,
    timers: [...state.timers],
    processes: [...state.processes],
    unanswered: [...state.unanswered],
    pidFiles: [...state.pidFiles],
    zone: state.zone,
  };
}

export function importShell(snapshot: ShellSnapshot): ShellState {
  return {
    booted: snapshot.booted,
    lastSeq: snapshot.lastSeq,
    timers: new Map(snapshot.timers),
    processes: new Map(snapshot.processes),
    unanswered: new Map(snapshot.unanswered),
    pidFiles: new Map(snapshot.pidFiles),
    zone: snapshot.zone,
  };
}
