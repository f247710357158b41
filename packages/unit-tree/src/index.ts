/** Unit files on a disk: finding and reading them, generators, and the changes that enable, mask and their like make. */

export {
  type ConditionLine,
  type ConditionOutcome,
  checkConditions,
  conditionTypes,
  isContainer,
} from "./conditions/check.ts";
export {
  type MachineFacts,
  type MountEntry,
  mountPoints,
  mountTable,
  readMachineFacts,
  readText,
} from "./conditions/facts.ts";
export {
  type EnvironmentGeneratorOptions,
  environmentDirectories,
  environmentGeneratorDirectories,
  readEnvironmentDirectories,
  runEnvironmentGenerators,
  type Variables,
} from "./generators/environment.ts";
export { expandVariables } from "./generators/expand-variables.ts";
export {
  type GeneratorOptions,
  type GeneratorOutput,
  generatorDirectories,
  runGenerators,
} from "./generators/run-generators.ts";
export type { ProgramEnd } from "./generators/run-program.ts";
export { applyDiskChanges, type DiskFailure } from "./install/apply-disk.ts";
export type { DiskChange, InstallChange, InstallErrno, InstallNotice, InstallResult } from "./install/changes.ts";
export type { InstallPlace } from "./install/discover.ts";
export {
  busChanges,
  errnoText,
  type InstallBusError,
  type InstallMessage,
  installBusError,
  installMessages,
  isErrorChange,
} from "./install/messages.ts";
export { type PresetMode, presetAllUnitFiles, presetUnitFiles } from "./install/preset-verbs.ts";
export { type PresetRule, parsePresets, queryPreset, readPresets } from "./install/presets.ts";
export type { SpecifierFacts } from "./install/specifiers.ts";
export { type UnitFileRow, type UnitFileState, type UnitFileStates, unitFileStates } from "./install/states.ts";
export {
  globalUnitPaths,
  type InstallScope,
  systemUnitPaths,
  type UnitPaths,
  type UserPlaces,
  userUnitPaths,
} from "./install/unit-paths.ts";
export {
  addDependencyUnitFiles,
  checkUnitFile,
  disableUnitFiles,
  enableUnitFiles,
  getDefaultTarget,
  type InstallFlags,
  linkUnitFiles,
  maskUnitFiles,
  reenableUnitFiles,
  revertUnitFiles,
  setDefaultTarget,
  unmaskUnitFiles,
} from "./install/verbs.ts";
export { hasMountUnit } from "./mount-points.ts";
export { nodeTree } from "./node-tree.ts";
export { specialUnit } from "./special-units.ts";
