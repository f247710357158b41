import type { MethodHandler } from "@steward/ipc";
import type { Manager } from "../manager.ts";

const names = (value: unknown): readonly string[] => value as string[];

/**
 * The methods of the Manager object about unit files on disk. The work is packages/unit-tree's; a change is told by
 * UnitFilesChanged and is seen by the next load.
 */
export const fileMethods: Readonly<Record<string, MethodHandler<Manager>>> = {
  ListUnitFiles: (manager) => manager.files.list([], []),
  ListUnitFilesByPatterns: (manager, [states, patterns]) => manager.files.list(names(states), names(patterns)),
  GetUnitFileState: (manager, [name]) => manager.files.state(name as string),
  EnableUnitFiles: (manager, [files, runtime, force]) =>
    manager.files.enable(names(files), { runtime: runtime === true, force: force === true }),
  EnableUnitFilesWithFlags: (manager, [files, flags]) => manager.files.enable(names(files), flagsOf(flags)),
  DisableUnitFiles: (manager, [files, runtime]) => manager.files.disable(names(files), { runtime: runtime === true }),
  DisableUnitFilesWithFlags: (manager, [files, flags]) => manager.files.disable(names(files), flagsOf(flags)),
  ReenableUnitFiles: (manager, [files, runtime, force]) =>
    manager.files.reenable(names(files), { runtime: runtime === true, force: force === true }),
  LinkUnitFiles: (manager, [files, runtime, force]) =>
    manager.files.link(names(files), { runtime: runtime === true, force: force === true }),
  PresetUnitFiles: (manager, [files, runtime, force]) =>
    manager.files.preset(names(files), "full", { runtime: runtime === true, force: force === true }),
  PresetUnitFilesWithMode: (manager, [files, mode, runtime, force]) =>
    manager.files.preset(names(files), mode as string, { runtime: runtime === true, force: force === true }),
  PresetAllUnitFiles: (manager, [mode, runtime, force]) =>
    manager.files.presetAll(mode as string, { runtime: runtime === true, force: force === true }),
  MaskUnitFiles: (manager, [files, runtime, force]) =>
    manager.files.mask(names(files), { runtime: runtime === true, force: force === true }),
  UnmaskUnitFiles: (manager, [files, runtime]) => manager.files.unmask(names(files), { runtime: runtime === true }),
  RevertUnitFiles: (manager, [files]) => manager.files.revert(names(files)),
  AddDependencyUnitFiles: (manager, [files, target, type, runtime, force]) =>
    manager.files.addDependency(names(files), target as string, type as string, {
      runtime: runtime === true,
      force: force === true,
    }),
  SetDefaultTarget: (manager, [name, force]) => manager.files.setDefault(name as string, { force: force === true }),
  GetDefaultTarget: (manager) => manager.files.getDefault(),
  GetUnitFileLinks: (manager, [name, runtime]) => manager.files.links(name as string, { runtime: runtime === true }),
};

/** Bits of EnableUnitFilesWithFlags: runtime, force, portable. */
function flagsOf(flags: unknown): { readonly runtime: boolean; readonly force: boolean } {
  const bits = Number(flags);
  return { runtime: (bits & 1) !== 0, force: (bits & 2) !== 0 };
}
