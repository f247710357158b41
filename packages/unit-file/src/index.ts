/** systemd's unit files: grammar, directives, value types, names, specifiers, loading. No I/O: the disk is an interface. */
export { type Diagnostic, formatDiagnostic, type Position } from "./diagnostics.ts";
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
export {
  LONG_LINE_MAX,
  parseUnitFile,
  serializeUnitFile,
  type UnitFile,
  type UnitFileEntry,
  type UnitFileSection,
} from "./grammar/parse.ts";
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
export { decodeUtf8, encodeUtf8 } from "./text.ts";
export { splitCommandLine } from "./words.ts";
