import type { ZoneOptions } from "@steward/time";
import type { Position } from "../diagnostics.ts";
import type { UnitNameParts } from "../names.ts";

/** A value as it goes over D-Bus: structs and arrays are arrays, `t` and `x` are bigints, dictionaries do not occur. */
export type BusValue = string | number | bigint | boolean | readonly BusValue[];

/** What a value may need to know of the manager and the machine to be understood: plain facts, none of them read here. */
export interface Facts {
  readonly scope: "system" | "user";
  /** Bytes of memory, for `MemoryMax=10%`. */
  readonly physicalMemoryBytes: number;
  /** The system's limit on tasks, for `TasksMax=10%`. */
  readonly tasksMax: number;
  /** The highest CPU number plus one, for masks. */
  readonly cpuCount: number;
  /** The time zones that OnCalendar= may name, and the local one; Intl's and UTC unless given. */
  readonly zones?: ZoneOptions;
  /** Microseconds of default time-outs and the like, from system.conf. */
  readonly defaults: ManagerDefaults;
}

/** Resource limits of one kind. Infinity is "infinity". */
export interface Rlimit {
  readonly soft: number;
  readonly hard: number;
}

/** The defaults that systemd-system.conf(5) sets for units, and those that units inherit from the manager's own process. */
export interface ManagerDefaults {
  readonly timeoutStartUsec: number;
  readonly timeoutStopUsec: number;
  /** Undefined: as timeoutStopUsec. */
  readonly timeoutAbortUsec: number | undefined;
  readonly restartUsec: number;
  readonly startLimitIntervalUsec: number;
  readonly startLimitBurst: number;
  readonly deviceTimeoutUsec: number;
  readonly cpuAccounting: boolean;
  readonly ioAccounting: boolean;
  readonly ipAccounting: boolean;
  readonly blockIoAccounting: boolean;
  readonly memoryAccounting: boolean;
  readonly tasksAccounting: boolean;
  readonly tasksMax: number;
  readonly timerAccuracyUsec: number;
  readonly standardOutput: string;
  readonly standardError: string;
  readonly oomPolicy: "continue" | "stop" | "kill";
  readonly environment: readonly string[];
  /** By name without "Limit": NOFILE, CORE … */
  readonly limits: Readonly<Record<string, Rlimit>>;
  /** The manager's own limits, which units show that were not loaded; undefined: as `limits`. */
  readonly processLimits?: Readonly<Record<string, Rlimit>>;
  readonly oomScoreAdjust: number;
  readonly nice: number;
  readonly coredumpFilter: number;
  readonly timerSlackNsec: number;
  readonly ioSchedulingClass: number;
  readonly ioSchedulingPriority: number;
  readonly cpuSchedulingPolicy: number;
  readonly cpuSchedulingPriority: number;
}

/** One `Key=value` as its kind sees it, with what is needed to understand it and to say what is wrong. */
export interface Assignment {
  readonly section: string;
  readonly directive: string;
  readonly value: string;
  readonly position: Position;
  readonly facts: Facts;
  readonly unit: UnitNameParts;
  /** Resolves the specifiers of systemd.unit(5); undefined where one cannot be resolved. */
  expand(text: string): string | undefined;
  /** What went wrong when expand() last gave undefined, in the C library's words. */
  expandError(): string;
  /** Resolves those specifiers that may stand in a unit name. */
  expandName(text: string): string | undefined;
  /** Something is legal and yet probably not meant. */
  notice(message: string): void;
  /** Something is ignored. */
  warn(message: string): void;
  /** The unit must not be started: LoadState=bad-setting. */
  refuse(message: string): void;
}

/** A type of values: how one assignment changes what was there before, and how the result looks on D-Bus. */
export interface Kind<V> {
  /** What a person would call it: "time span", "list of paths". */
  readonly name: string;
  /** The D-Bus signature. */
  readonly signature: string;
  /** How a second assignment meets the first: it replaces it, or adds to it (then an empty one resets, unless `noReset`). */
  readonly repeats: "replaces" | "adds" | "adds-no-reset";
  /** The value where nothing is set, unless the directive says otherwise. */
  readonly initial: V;
  /** The values that may be given, where they are few. */
  readonly choices?: readonly string[];
  /** The new value; `previous` itself where the assignment is to be ignored. Never throws. */
  assign(previous: V, assignment: Assignment): V;
  toBus(value: V): BusValue;
}

/** D-Bus' largest unsigned 64-bit number, systemd's "infinity" and often its "not set". */
export const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** A count or time as `t`: Infinity and NaN become systemd's infinity. */
export function toU64(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.round(value)) : U64_MAX;
}
