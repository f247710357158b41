import { changeType, unitNameFromPath } from "@steward/unit-file";
import { hasMountOption, isBindMount, isNetworkMount, mountPoint } from "./mounts.ts";
import { type Add, hasDefaults, type Rule } from "./rule.ts";
import { setting, word } from "./settings.ts";
import { isExtrinsicMount } from "./unit-types.ts";

/** systemd.mount(5), "Implicit Dependencies" and "Default Dependencies". */
export const impliedByMount: Rule = (unit, system, add) => {
  const where = mountPoint(unit);
  const what = word(unit, "Mount", "What");
  const origin = unit.fragmentPath === undefined ? "mountinfo" : "mount-file";
  const isBind = isBindMount(unit);
  if (what && !isBind) {
    const isBound = hasMountOption(unit, "x-systemd.device-bound");
    addDevice(
      add,
      what,
      origin,
      system,
      ...(isBound ? (["BindsTo"] as const) : (["Requires", "StopPropagatedFrom"] as const)),
    );
  }
  if (!system) return;
  if (!isBind && !isNetworkMount(unit) && quotaOptions.some((option) => hasMountOption(unit, option)))
    for (const name of ["systemd-quotacheck.service", "quotaon.service"]) add("file", name, "Before", "Wants");
  if (!hasDefaults(unit) || isExtrinsicMount(where)) return;
  const isNetwork = isNetworkMount(unit);
  const side = isNetwork ? "remote" : "local";
  if (!hasMountOption(unit, "nofail")) add(origin, `${side}-fs.target`, "Before");
  add(origin, `${side}-fs-pre.target`, "After");
  if (isNetwork) {
    add(origin, "network-online.target", "Wants", "After");
    add(origin, "network.target", "After");
  }
  add(origin, "umount.target", "Before", "Conflicts");
  if (word(unit, "Mount", "Type") === "tmpfs") add(origin, "swap.target", "After");
};

const quotaOptions = ["usrquota", "grpquota", "quota", "usrjquota", "grpjquota"];

/** systemd.automount(5). */
export const impliedByAutomount: Rule = (unit, system, add) => {
  add("implicit", changeType(unit.id, "mount"), "Before", "Triggers");
  if (!system || !hasDefaults(unit)) return;
  add("default", "local-fs.target", "Before");
  add("default", "local-fs-pre.target", "After");
  add("default", "umount.target", "Before", "Conflicts");
};

/** systemd.swap(5). */
export const impliedBySwap: Rule = (unit, system, add, options) => {
  const what = word(unit, "Swap", "What");
  if (what) addDevice(add, what, "file", system, "Requires");
  if (what?.startsWith("/") && !isDevice(what)) add("file", "systemd-remount-fs.service", "After");
  if (!system || !hasDefaults(unit) || options.isContainer) return;
  if (!listOf(setting(unit, "Swap", "Options")).includes("nofail")) add("default", "swap.target", "Before");
  add("default", "umount.target", "Before", "Conflicts");
};

function isDevice(path: string): boolean {
  return path.startsWith("/dev/") || path.startsWith("/sys/");
}

/** What is on a device needs it (a user's manager, which may know of no devices, only wishes for it), and its file system checked and grown: `blockdev@dev-sda1.target`. */
function addDevice(
  add: Add,
  what: string,
  origin: "file" | "mount-file" | "mountinfo",
  system: boolean,
  ...kinds: readonly ("BindsTo" | "Requires" | "StopPropagatedFrom")[]
): void {
  const device = isDevice(what) ? unitNameFromPath(what, "device") : undefined;
  if (!device) return;
  add(origin, device, "After", ...(system ? kinds : (["Wants"] as const)));
  add(origin, `blockdev@${device.slice(0, -".device".length)}.target`, "After");
}

function listOf(value: unknown): readonly string[] {
  return typeof value === "string" ? value.split(",") : [];
}
