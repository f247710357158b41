import { basename } from "node:path";
import { DBusError, type Value } from "@steward/ipc";
import {
  addDependencyUnitFiles,
  applyDiskChanges,
  busChanges,
  disableUnitFiles,
  enableUnitFiles,
  getDefaultTarget,
  type InstallFlags,
  type InstallPlace,
  type InstallResult,
  installBusError,
  linkUnitFiles,
  maskUnitFiles,
  type PresetMode,
  presetAllUnitFiles,
  presetUnitFiles,
  reenableUnitFiles,
  revertUnitFiles,
  setDefaultTarget,
  type UnitFileStates,
  unitFileStates,
  unmaskUnitFiles,
} from "@steward/unit-tree";
import { globPattern } from "./bus/glob-pattern.ts";

const presetModes: ReadonlySet<string> = new Set<PresetMode>(["full", "enable-only", "disable-only"]);

/** The install verbs of the bus: packages/unit-tree decides, the disk is changed here, and errors become D-Bus errors. */
export class InstallFiles {
  private readonly place: () => InstallPlace;
  private readonly changed: () => void;
  private cached: UnitFileStates | undefined;

  /** `changed` is told after every change of the disk. */
  constructor(place: () => InstallPlace, changed: () => void) {
    this.place = place;
    this.changed = changed;
  }

  /** Forgets what was seen of the disk: at a reload, and after every change. */
  forget(): void {
    this.cached = undefined;
  }

  state(name: string): string {
    const found = unitFileStates(this.place()).stateOf(name);
    if ("state" in found) return found.state;
    const error = installBusError({ changes: [], error: found.error });
    throw new DBusError(
      error?.name ?? "org.freedesktop.DBus.Error.Failed",
      found.error === "ENOENT" ? "No such file or directory" : (error?.message ?? found.error),
    );
  }

  /** UnitFileState and UnitFilePreset of a loaded unit; empty where there is no file. */
  shown(name: string): { readonly state: string; readonly preset: string } {
    this.cached ??= unitFileStates(this.place());
    const found = this.cached.stateOf(name);
    if ("error" in found) return { state: "", preset: "" };
    return { state: found.state, preset: this.cached.presetOf(name) };
  }

  /** a(ss): path and state. */
  list(states: readonly string[], patterns: readonly string[]): Value[][] {
    const accepted = patterns.map(globPattern);
    return unitFileStates(this.place())
      .list()
      .filter((row) => states.length === 0 || states.includes(row.state))
      .filter((row) => accepted.length === 0 || accepted.some((pattern) => pattern.test(basename(row.path))))
      .map((row) => [row.path, row.state]);
  }

  enable(names: readonly string[], flags: InstallFlags): Value[] {
    const result = enableUnitFiles(this.place(), names, flags);
    return [result.carriesInstallInfo, this.carryOut(result)];
  }

  disable(names: readonly string[], flags: InstallFlags): Value {
    return this.carryOut(disableUnitFiles(this.place(), names, flags));
  }

  reenable(names: readonly string[], flags: InstallFlags): Value[] {
    const result = reenableUnitFiles(this.place(), names, flags);
    return [result.carriesInstallInfo, this.carryOut(result)];
  }

  link(paths: readonly string[], flags: InstallFlags): Value {
    return this.carryOut(linkUnitFiles(this.place(), paths, flags));
  }

  preset(names: readonly string[], mode: string, flags: InstallFlags): Value[] {
    const result = presetUnitFiles(this.place(), names, presetMode(mode), flags);
    return [result.carriesInstallInfo, this.carryOut(result)];
  }

  presetAll(mode: string, flags: InstallFlags): Value {
    return this.carryOut(presetAllUnitFiles(this.place(), presetMode(mode), flags));
  }

  mask(names: readonly string[], flags: InstallFlags): Value {
    return this.carryOut(maskUnitFiles(this.place(), names, flags));
  }

  unmask(names: readonly string[], flags: InstallFlags): Value {
    return this.carryOut(unmaskUnitFiles(this.place(), names, flags));
  }

  revert(names: readonly string[]): Value {
    return this.carryOut(revertUnitFiles(this.place(), names));
  }

  addDependency(names: readonly string[], target: string, kind: string, flags: InstallFlags): Value {
    if (kind !== "Wants" && kind !== "Requires")
      throw new DBusError("org.freedesktop.DBus.Error.InvalidArgs", "Invalid dependency type");
    return this.carryOut(addDependencyUnitFiles(this.place(), names, target, kind, flags));
  }

  setDefault(name: string, flags: InstallFlags): Value {
    return this.carryOut(setDefaultTarget(this.place(), name, flags));
  }

  getDefault(): string {
    const found = getDefaultTarget(this.place());
    if ("name" in found) return found.name;
    const error = installBusError({ changes: [], error: found.error });
    throw new DBusError(error?.name ?? "org.freedesktop.DBus.Error.Failed", error?.message ?? found.error);
  }

  /** The links that `disable` would remove, as paths. */
  links(name: string, flags: InstallFlags): Value {
    return disableUnitFiles(this.place(), [name], flags)
      .changes.filter((change) => change.type === "unlink")
      .map((change) => change.path);
  }

  private carryOut(result: InstallResult): Value {
    const failures = applyDiskChanges(result.disk, this.place().root);
    if (result.disk.length > 0) {
      this.forget();
      this.changed();
    }
    const [failure] = failures;
    if (failure !== undefined)
      throw new DBusError(
        "org.freedesktop.DBus.Error.AccessDenied",
        `Cannot change ${failure.change.path}: ${failure.error}. Is the file system writable?`,
      );
    const error = installBusError(result);
    if (error !== undefined) throw new DBusError(error.name, error.message);
    return busChanges(result);
  }
}

function presetMode(mode: string): PresetMode {
  if (mode === "") return "full";
  if (!presetModes.has(mode))
    throw new DBusError("org.freedesktop.DBus.Error.InvalidArgs", `Invalid preset mode ${mode}`);
  return mode as PresetMode;
}
