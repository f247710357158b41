/** systemd's unit files: grammar, directives, value types, names, specifiers, loading. No I/O: the disk is an interface. */
export { type Diagnostic, formatDiagnostic, type Position } from "./diagnostics.ts";
export {
  type Directive,
  directives,
  type ExecSettings,
  type KillSettings,
  ownSection,
  type ResourceSettings,
  type SectionName,
  type Settings,
  sectionsOf,
} from "./directives/sections.ts";
export { nearestWord, suggestDirective } from "./directives/suggest.ts";
export type { ManPage } from "./directives/table.ts";
export {
  escapeName,
  escapePath,
  mangleUnitName,
  simplifyPath,
  unescapeName,
  unescapePath,
  unitNameFromPath,
  unitNameToPath,
} from "./escape-name.ts";
export { defaultFacts, defaultSpecifiers, managerDefaults } from "./facts.ts";
export { getValues, setValues } from "./grammar/edit.ts";
export {
  LONG_LINE_MAX,
  parseUnitFile,
  serializeUnitFile,
  type UnitFile,
  type UnitFileEntry,
  type UnitFileSection,
} from "./grammar/parse.ts";
export { type CatalogEntry, catalogNames, scanUnitPaths, type UnitCatalog } from "./load/catalog.ts";
export { isUnitCurrent } from "./load/current.ts";
export { type DependencyKind, dependencyKinds, type UnitDependency } from "./load/dependencies.ts";
export { defaultSlice } from "./load/finish.ts";
export {
  type GivenFile,
  type LoadContext,
  type LoadedUnit,
  type LoadState,
  loadUnit,
  loadUnitFromFiles,
  type UnitSource,
} from "./load/load-unit.ts";
export { type SearchPathOptions, unitSearchPath } from "./load/search-path.ts";
export type { DirEntry, FileKind, ReadResult, StatResult, UnitTree } from "./load/unit-tree.ts";
export {
  changeType,
  instantiate,
  isValidInstance,
  isValidPrefix,
  isValidUnitName,
  parseUnitName,
  templateOf,
  UNIT_NAME_MAX,
  type UnitNameParts,
  type UnitType,
  unitTypeOf,
  unitTypes,
} from "./names.ts";
export {
  type PropertySlot,
  propertySlots,
  type UnitProperty,
  unitProperties,
  unitProperty,
} from "./properties/properties.ts";
export { type TransientProperty, type TransientUnit, transientUnitText } from "./properties/transient.ts";
export { isValidSliceName, parentSlice } from "./slice-names.ts";
export { expandSpecifiers, type SpecifierContext, type SpecifierUnit } from "./specifiers.ts";
export { decodeUtf8, encodeUtf8 } from "./text.ts";
export {
  formatIpv6,
  type ListenSpec,
  normalizeSocketAddress,
  type PathSpec,
  type TimerBase,
  type TimerSpec,
} from "./values/activation.ts";
export { decodeBase64 } from "./values/base64.ts";
export { capabilityNames } from "./values/capability-names.ts";
export type { Condition } from "./values/conditions.ts";
export type { Delegate } from "./values/controllers.ts";
export type { Credential } from "./values/credentials.ts";
export type { DeviceNumber, DeviceRule } from "./values/devices.ts";
export { type EnvironmentFile, isEnvironmentAssignment, isEnvironmentName } from "./values/environment.ts";
export { type EnvironmentEntry, parseEnvironmentFile } from "./values/environment-file.ts";
export { errnoNames } from "./values/errno-names.ts";
export type { ExecCommand } from "./values/exec-command.ts";
export { type ExitStatusSet, parseExitStatus } from "./values/exit-status.ts";
export { exitStatusName, exitStatusNames } from "./values/exit-status-names.ts";
export { addressFamilies, type NameFilter } from "./values/filters.ts";
export type { ImageMount, RootHash } from "./values/images.ts";
export { type IpPrefix, parseIpv4, parseIpv6 } from "./values/ip.ts";
export type { BusValue, Facts, ManagerDefaults, Rlimit } from "./values/kind.ts";
export { limitNames, parseRlimit } from "./values/limits.ts";
export { allCapabilities, allNamespaces, type NumberSet, namespaceFlags, parseCapability } from "./values/masks.ts";
export { parseBoolean, parseInteger, parseMode, parsePermyriad, parseSize, parseUnsigned } from "./values/numbers.ts";
export type { BindMount, ManagedDirectory, WorkingDirectory } from "./values/paths.ts";
export type { SocketBindRule } from "./values/programs.ts";
export { parseSignal, signalName } from "./values/signals.ts";
export type { StandardStream } from "./values/streams.ts";
export {
  ERRNO_KILL,
  errnoName,
  isSyscall,
  isSyscallOf,
  type SyscallFilter,
  syscallSetMembers,
  syscallsOf,
} from "./values/syscalls.ts";
export { splitCommandLine } from "./words.ts";
