import { changeType, unitNameFromPath, unitTypeOf } from "@steward/unit-file";
import { hasExecContext, writesToJournal } from "./exec.ts";
import type { GraphOptions, GraphUnit } from "./graph-unit.ts";
import { impliedByAutomount, impliedByMount, impliedBySwap } from "./implied-by-mounts.ts";
import { type Add, hasDefaults, type ImpliedDependency, type Rule } from "./rule.ts";
import { flag, list, word } from "./settings.ts";
import { sliceOf } from "./slice.ts";
import { isLoaded, sectionOf } from "./unit-types.ts";

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
  if (type) rules[type]?.(unit, scope === "system", add, options);
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

function addEarlyBoot(system: boolean, add: Add): void {
  if (system) add("default", "sysinit.target", "Requires", "After");
}

function addShutdown(add: Add): void {
  add("default", "shutdown.target", "Before", "Conflicts");
}

const rules: Partial<Record<NonNullable<ReturnType<typeof unitTypeOf>>, Rule>> = {
  service(unit, system, add) {
    for (const name of list(unit, "Service", "Sockets"))
      if (typeof name === "string") add("file", name, "Wants", "After", "TriggeredBy");
    const bus = word(unit, "Service", "BusName");
    const type = word(unit, "Service", "Type") ?? (bus ? "dbus" : "simple");
    if (type === "dbus") add("file", "dbus.socket", "Requires", "After");
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
      if (name) add("file", name, system ? "BindsTo" : "Wants", "After");
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
  mount: impliedByMount,
  automount: impliedByAutomount,
  swap: impliedBySwap,
};

function isCalendar(item: unknown): boolean {
  return (item as { base?: unknown } | null)?.base === "OnCalendar";
}

/** Unit= of timers and paths; the service of the same name otherwise. */
function addTriggered(unit: GraphUnit, section: string, add: Add): void {
  const other = word(unit, section, "Unit");
  add(other ? "file" : "implicit", other ?? changeType(unit.id, "service"), "Before", "Triggers");
}
