/** The pure core: step(state, event) -> state and effects, for jobs and every unit type. */
export { adoptRunning, type FoundProcess, type FoundSockets } from "./adopt.ts";
export { type CreateOptions, createState, type ExportedState, exportState, importState } from "./create.ts";
export { definitionOf } from "./definition/definitions.ts";
export { errnoText } from "./log/errno.ts";
export type { CommandRef, Effect, LogLine, MountDirective, PassedDescriptor, SignalReason } from "./model/effect.ts";
export type {
  ConditionOutcome,
  Event,
  Mishap,
  MountPoint,
  ProcessUsage,
  Resource,
  TimerSlot,
  Token,
} from "./model/event.ts";
export type { DualTimestamp, Now } from "./model/now.ts";
export type { ProcessName } from "./model/scope.ts";
export type { CoreState, JobRecord, UnitRecord } from "./model/state.ts";
export type { TimeFacts, ZoneData } from "./model/time-facts.ts";
export { type MountCommandLine, mountCommandLine } from "./mount/command-line.ts";
export type { Observer } from "./observer.ts";
export { failedUnits, type SystemState, systemState } from "./properties/system.ts";
export { changingProperties, runtimeProperties } from "./properties/unit.ts";
export type { BusValue, Property } from "./properties/value.ts";
export { listUnits, type UnitView, unitView } from "./properties/view.ts";
export { type ArmedTimers, armedTimers, checksPending, knownTokens } from "./recovery.ts";
export type { ValueDifference } from "./replay/difference.ts";
export { type FrozenUnit, freezeUnit, thawUnit } from "./replay/frozen-unit.ts";
export { parseRecordLine, type RecordedSnapshot, recordedInfinity, recordLine } from "./replay/record-text.ts";
export type {
  DefinitionChange,
  RecordedEvent,
  RecordedLoad,
  RecordedStep,
  RecordedUnload,
  UnitSupply,
} from "./replay/recorded.ts";
export { Replay, type ReplayDifference } from "./replay/replay.ts";
export { Kernel, type KernelOptions } from "./simulate/kernel.ts";
export { Play, type PlayOptions } from "./simulate/play.ts";
export type { Process } from "./simulate/processes.ts";
export { type End, exits, forever, type Program, succeeds } from "./simulate/program.ts";
export {
  emptyScenario,
  namedUnits,
  type ProcessAct,
  programOf,
  type Scenario,
  type ScenarioAction,
  type ScenarioStep,
} from "./simulate/scenario.ts";
export { formatAction, formatScenario } from "./simulate/scenario-file/format.ts";
export { parseScenario } from "./simulate/scenario-file/parse.ts";
export { Simulator, type SimulatorOptions } from "./simulate/simulator.ts";
export { standardUnits } from "./simulate/standard-units.ts";
export {
  playTimeline,
  type ShownState,
  type Timeline,
  type TimelineEntry,
  type TimelineUnit,
} from "./simulate/timeline.ts";
export { type Step, step } from "./step.ts";
export type { Changed } from "./turn.ts";
