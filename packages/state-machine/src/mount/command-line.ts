import { unitNameToPath } from "@steward/unit-file";
import { reader } from "../definition/settings.ts";
import type { MountDirective } from "../model/effect.ts";

/** A command that no file writes: program first. */
export type MountCommandLine = readonly [string, ...string[]];

/** fstab's options for systemd itself: mount(8) would not know them all. */
const ours: ReadonlySet<string> = new Set(["nofail", "noauto", "auto"]);

/** How systemd mounts, unmounts and mounts anew: by mount(8) and umount(8), with the settings of systemd.mount(5). */
export function mountCommandLine(
  id: string,
  settings: object,
  directive: MountDirective,
): MountCommandLine | undefined {
  const get = reader(settings, "Mount");
  const where = get.text("Where", "") || unitNameToPath(id) || "/";
  const what = get.text("What", "");
  const options = get.text("Options", "");
  const type = get.text("Type", "");
  const sloppy = get.flag("SloppyOptions", false) ? ["-s"] : [];
  const readWriteOnly = get.flag("ReadWriteOnly", false) ? ["-w"] : [];
  const ofType = type === "" ? [] : ["-t", type];
  if (directive === "ExecMount") {
    const passed = options.split(",").filter((option) => option !== "" && !ours.has(option));
    const withOptions = passed.length === 0 ? [] : ["-o", passed.join(",")];
    return ["/bin/mount", what, where, ...sloppy, ...readWriteOnly, ...ofType, ...withOptions];
  }
  if (directive === "ExecRemount") {
    const anew = options === "" ? "remount" : `remount,${options}`;
    return ["/bin/mount", what, where, "-o", anew, ...sloppy, ...readWriteOnly, ...ofType];
  }
  if (directive === "ExecUnmount") {
    const lazy = get.flag("LazyUnmount", false) ? ["-l"] : [];
    const force = get.flag("ForceUnmount", false) ? ["-f"] : [];
    return ["/bin/umount", where, "-c", ...lazy, ...force];
  }
  return undefined;
}
