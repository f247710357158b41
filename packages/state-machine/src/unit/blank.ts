import type { UnitType } from "@steward/unit-file";
import type { UnitDefinition } from "../definition/definition.ts";
import type { ExecStatus } from "../model/controlled.ts";
import type { MountData } from "../model/mount.ts";
import type { DualTimestamp } from "../model/now.ts";
import type { PathData } from "../model/path.ts";
import type { ScopeData } from "../model/scope.ts";
import type { ServiceData } from "../model/service.ts";
import type { SocketData } from "../model/socket.ts";
import { type MachineData, type PlainData, type RateLimit, SCHEMA, type UnitRecord } from "../model/state.ts";
import type { TimerData } from "../model/timer.ts";

export const never: DualTimestamp = { realtimeUsec: 0, monotonicUsec: 0 };
export const neverRan: ExecStatus = { pid: 0, start: never, exit: never, code: 0, status: 0 };
export const unlimited: RateLimit = { beginUsec: 0, count: 0 };

const blankService: ServiceData = {
  type: "service",
  state: { kind: "dead" },
  result: "success",
  reloadResult: "success",
  main: undefined,
  mainKnown: false,
  adopting: undefined,
  heldExit: undefined,
  mainExec: neverRan,
  mainCommand: undefined,
  commands: {},
  nRestarts: 0,
  flushRestarts: false,
  forbidRestart: false,
  statusText: "",
  statusErrno: 0,
  notifyState: "unknown",
  notifyAccess: undefined,
  watchdogOverrideUsec: undefined,
  watchdogAt: never,
  pidFileWatched: false,
  cpuUsec: 0,
  oomKilled: false,
  busName: false,
};

export const blankSocket: SocketData = {
  type: "socket",
  state: "dead",
  result: "success",
  control: undefined,
  commands: {},
  sockets: undefined,
  nAccepted: 0,
  nRefused: 0,
  nConnections: 0,
  sources: {},
  pending: [],
  triggerLimit: unlimited,
  pollLimit: unlimited,
};

export const blankScope: ScopeData = {
  type: "scope",
  state: "dead",
  result: "success",
  given: [],
  joining: [],
  abandoned: false,
  controller: "",
};

const blankTimer: TimerData = {
  type: "timer",
  state: "dead",
  result: "success",
  nextMonotonicUsec: undefined,
  nextRealtimeUsec: undefined,
  lastTrigger: never,
  values: [],
  stamp: undefined,
};

const blankPath: PathData = {
  type: "path",
  state: "dead",
  result: "success",
  looks: [],
  looking: undefined,
  touched: undefined,
  existed: [],
  triggerLimit: unlimited,
};

export const blankMount: MountData = {
  type: "mount",
  state: "dead",
  result: "success",
  reloadResult: "success",
  control: undefined,
  commands: {},
  found: undefined,
  retries: 0,
};

/** The state that a unit of a type has before anything happened to it. */
function blankMachine(type: UnitType, perpetual: boolean): MachineData {
  if (type === "service") return blankService;
  if (type === "socket") return blankSocket;
  if (type === "scope") return { ...blankScope, state: perpetual ? "running" : "dead" };
  if (type === "mount") return { ...blankMount, state: perpetual ? "mounted" : "dead" };
  const resting: Partial<Record<UnitType, string>> = { slice: "active" };
  if (type === "timer") return blankTimer;
  if (type === "path") return blankPath;
  return { type, state: (perpetual && resting[type]) || "dead" } satisfies PlainData;
}

/** The type that a name's suffix says; used only for records whose unit is no longer defined. */
export function typeOfName(id: string): UnitType {
  return id.slice(id.lastIndexOf(".") + 1) as UnitType;
}

export function blankUnit(definition: UnitDefinition | undefined, id: string): UnitRecord {
  return {
    schema: SCHEMA,
    id,
    machine: blankMachine(definition?.type ?? typeOfName(id), definition?.perpetual ?? false),
    job: undefined,
    nopJob: undefined,
    stateChange: never,
    inactiveExit: never,
    activeEnter: never,
    activeExit: never,
    inactiveEnter: never,
    conditionResult: false,
    conditionAt: never,
    assertResult: false,
    assertAt: never,
    conditions: [],
    asserts: [],
    invocation: "",
    startLimit: unlimited,
    startLimitHit: false,
    autoLimit: unlimited,
    populated: false,
    timers: {},
    trigger: undefined,
    strays: [],
  };
}
