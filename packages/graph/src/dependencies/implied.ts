import { changeType, unitNameFromPath, unitNameToPath, unitTypeOf } from "@steward/unit-file";
import { hasExecContext, writesToJournal } from "./exec.ts";
import type { GraphOptions, GraphUnit } from "./graph-unit.ts";
import type { DependencyKind } from "./kind.ts";
import type { DependencyOrigin } from "./origin.ts";
import { flag, list, setting, word } from "./settings.ts";
import { sliceOf } from "./slice.ts";
import { isExtrinsicMount, isLoaded, isPerpetual, sectionOf } from "./unit-types.ts";

/** A dependency that no file spells out. */
export interface ImpliedDependency {
  readonly kind: DependencyKind;
  readonly name: string;
  readonly origin: DependencyOrigin;
}

type Add = (origin: DependencyOrigin, name: string, ...kinds: readonly DependencyKind[]) => void;

/**
 * "Implicit Dependencies" and "Default Dependencies" of systemd.service(5), .socket(5), .mount(5) and so on: what a unit's type and directives mean
 * without saying. What needs two units to be known (mounts under a path, targets after their members) is the graph's own work.
 */
export function impliedDependencies(unit: GraphUnit, options: GraphOptions): readonly ImpliedDependency[] {
  const out: ImpliedDependency[] = [];
  if (!isLoaded(unit.id, unit)) return out;
  const add: Add = (origin, name, ...kinds) => {
    for (const kind of kinds) out.push({ kind, name, origin });
  };
  const scope = options.scope ?? "system";
  const slice = sliceOf(unit, scope);
  if (slice) {
    const origin = unitTypeOf(unit.id) === "slice" ? "implicit" : "file";
    add(origin === "file" ? "slice-property" : origin, slice, "InSlice");
    add(origin, slice, "After", "Requires");
  }
  if (hasExecContext(unit)) addExec(unit, scope === "system", add);
  const type = unitTypeOf(unit.id);
  if (type) rules[type]?.(unit, scope === "system", add);
  return out;
}

function addExec(unit: GraphUnit, system: boolean, add: Add): void {
  if (!system) return;
  const section = sectionOf(unit.id);
  const writes = ["StateDirectory", "CacheDirectory", "LogsDirectory"];
  if (writes.some((directive) => list(unit, section, directive).length > 0))
    add("file", "systemd-remount-fs.service", "After");
  if (flag(unit, section, "PrivateTmp", false)) {
    add("file", "tmp.mount", "After", "Wants");
    add("file", "systemd-tmpfiles-setup.service", "After");
  }
  if (word(unit, section, "RootImage")) add("file", "systemd-udevd.service", "After");
  const space = word(unit, section, "LogNamespace");
  if (space) {
    add("file", `systemd-journald@${space}.socket`, "After", "Requires");
    add("file", `systemd-journald-varlink@${space}.socket`, "After", "Requires");
  } else if (writesToJournal(unit, section)) add("file", "systemd-journald.socket", "After");
}

/** DefaultDependencies= (systemd.unit(5)); units that never go have none. */
export function hasDefaults(unit: GraphUnit): boolean {
  return !isPerpetual(unit.id) && flag(unit, "Unit", "DefaultDependencies", true);
}

function addEarlyBoot(system: boolean, add: Add): void {
  if (system) add("default", "sysinit.target", "Requires", "After");
}

function addShutdown(add: Add): void {
  add("default", "shutdown.target", "Before", "Conflicts");
}

type Rule = (unit: GraphUnit, system: boolean, add: Add) => void;

const rules: Partial<Record<NonNullable<ReturnType<typeof unitTypeOf>>, Rule>> = {
  service(unit, system, add) {
    for (const name of list(unit, "Service", "Sockets"))
      if (typeof name === "string") add("file", name, "Wants", "After", "TriggeredBy");
    const bus = word(unit, "Service", "BusName");
    const type = word(unit, "Service", "Type") ?? (bus ? "dbus" : "simple");
    if (bus || type === "dbus") add("file", "dbus.socket", "After");
    if (type === "dbus") add("file", "dbus.socket", "Requires");
    if (!hasDefaults(unit)) return;
    addEarlyBoot(system, add);
    if (!system) add("default", "basic.target", "Requires");
    add("default", "basic.target", "After");
    addShutdown(add);
  },
  socket(unit, system, add) {
    if (!flag(unit, "Socket", "Accept", false)) {
      const service = word(unit, "Socket", "Service");
      add("implicit", service ?? changeType(unit.id, "service"), "Before", "Triggers");
    }
    const device = word(unit, "Socket", "BindToDevice");
    if (device && device !== "lo") {
      const name = unitNameFromPath(`/sys/subsystem/net/devices/${device}`, "device");
      if (name) add("implicit", name, "BindsTo", "After");
    }
    if (!hasDefaults(unit)) return;
    add("default", "sockets.target", "Before");
    addEarlyBoot(system, add);
    addShutdown(add);
  },
  timer(unit, system, add) {
    addTriggered(unit, "Timer", add);
    if (!hasDefaults(unit)) return;
    add("default", "timers.target", "Before");
    addEarlyBoot(system, add);
    if (system && list(unit, "Timer", "Timers").some(isCalendar)) {
      add("default", "time-sync.target", "After");
      add("default", "time-set.target", "After");
    }
    addShutdown(add);
  },
  path(unit, system, add) {
    addTriggered(unit, "Path", add);
    if (!hasDefaults(unit)) return;
    add("default", "paths.target", "Before");
    addEarlyBoot(system, add);
    addShutdown(add);
  },
  target(unit, _system, add) {
    if (hasDefaults(unit) && unit.id !== "shutdown.target") addShutdown(add);
  },
  slice(unit, _system, add) {
    if (hasDefaults(unit)) addShutdown(add);
  },
  scope(unit, _system, add) {
    if (hasDefaults(unit)) addShutdown(add);
  },
  mount(unit, system, add) {
    const where = word(unit, "Mount", "Where") ?? unitNameToPath(unit.id) ?? "/";
    const what = word(unit, "Mount", "What");
    const options = optionList(setting(unit, "Mount", "Options"));
    if (what?.startsWith("/dev/") && !options.some((option) => option === "bind" || option === "rbind")) {
      const device = unitNameFromPath(what, "device");
      if (device) {
        add(
          "implicit",
          device,
          options.includes("x-systemd.device-bound") ? "BindsTo" : "Requires",
          "StopPropagatedFrom",
        );
        add("implicit", device, "After");
        add("implicit", changeBlockdev(device), "After");
      }
    }
    if (!system || !hasDefaults(unit) || isExtrinsicMount(where)) return;
    const origin = unit.fragmentPath === undefined ? "mountinfo" : "default";
    const network = options.includes("_netdev") || networkTypes.has(word(unit, "Mount", "Type") ?? "");
    const side = network ? "remote" : "local";
    if (!options.includes("nofail")) add(origin, `${side}-fs.target`, "Before");
    add(origin, `${side}-fs-pre.target`, "After");
    if (network) {
      add(origin, "network-online.target", "Wants", "After");
      add(origin, "network.target", "After");
    }
    add(origin, "umount.target", "Before", "Conflicts");
    if (word(unit, "Mount", "Type") === "tmpfs") add(origin, "swap.target", "After");
  },
  automount(unit, system, add) {
    add("implicit", changeType(unit.id, "mount"), "Before", "Triggers");
    if (!system || !hasDefaults(unit)) return;
    add("default", "local-fs.target", "Before");
    add("default", "local-fs-pre.target", "After");
    add("default", "umount.target", "Before", "Conflicts");
  },
  swap(unit, system, add) {
    const what = word(unit, "Swap", "What");
    if (what?.startsWith("/dev/")) {
      const device = unitNameFromPath(what, "device");
      if (device) {
        add("implicit", device, "BindsTo", "After");
        add("implicit", changeBlockdev(device), "After");
      }
    }
    if (!system || !hasDefaults(unit)) return;
    if (!optionList(setting(unit, "Swap", "Options")).includes("nofail")) add("default", "swap.target", "Before");
    add("default", "umount.target", "Before", "Conflicts");
  },
};

const networkTypes = new Set([
  "nfs",
  "nfs4",
  "cifs",
  "smb3",
  "smbfs",
  "sshfs",
  "ceph",
  "glusterfs",
  "gfs",
  "gfs2",
  "ocfs2",
  "orangefs",
  "pvfs2",
  "davfs",
  "ncpfs",
  "afs",
  "ncp",
  "lustre",
]);

function isCalendar(item: unknown): boolean {
  return (item as { base?: unknown } | null)?.base === "OnCalendar";
}

/** Unit= of timers and paths; the service of the same name otherwise. */
function addTriggered(unit: GraphUnit, section: string, add: Add): void {
  const other = word(unit, section, "Unit");
  add(other ? "file" : "implicit", other ?? changeType(unit.id, "service"), "Before", "Triggers");
}

function optionList(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(",");
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** `dev-sda1.device` to `blockdev@dev-sda1.target`. */
function changeBlockdev(device: string): string {
  return `blockdev@${device.slice(0, -".device".length)}.target`;
}
