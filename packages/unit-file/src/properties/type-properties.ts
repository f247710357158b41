import type { LoadedUnit } from "../load/load-unit.ts";
import { changeType } from "../names.ts";
import { type BusValue, toU64 } from "../values/kind.ts";

type Getters = Readonly<Record<string, (unit: LoadedUnit) => BusValue>>;

/** org.freedesktop.systemd1.Socket. */
export const socketProperties: Getters = {
  Listen: (u) => u.settings.Socket.Listen.map((l) => [l.type, l.address]),
  FileDescriptorName: (u) => u.settings.Socket.FileDescriptorName || u.id,
  TriggerLimitIntervalUSec: (u) => toU64(u.settings.Socket.TriggerLimitIntervalSec),
  TriggerLimitBurst: (u) => u.settings.Socket.TriggerLimitBurst,
};

/** org.freedesktop.systemd1.Timer. The next elapses are the daemon's: they stand as 0 here. */
export const timerProperties: Getters = {
  Unit: (u) => u.settings.Timer.Unit || changeType(u.id, "service"),
  TimersMonotonic: (u) =>
    u.settings.Timer.Timers.flatMap((t) => (t.base === "OnCalendar" ? [] : [[`${t.base}USec`, toU64(t.usec), 0n]])),
  TimersCalendar: (u) =>
    u.settings.Timer.Timers.flatMap((t) => (t.base === "OnCalendar" ? [["OnCalendar", t.expression, 0n]] : [])),
};

/** org.freedesktop.systemd1.Path. */
export const pathProperties: Getters = {
  Unit: (u) => u.settings.Path.Unit || changeType(u.id, "service"),
  Paths: (u) => u.settings.Path.Paths.map((p) => [p.type, p.path]),
};

/** org.freedesktop.systemd1.Mount, as its unit file says; the kernel's table is the daemon's. */
export const mountProperties: Getters = {
  Where: (u) => u.settings.Mount.Where,
};

/** org.freedesktop.systemd1.Automount. */
export const automountProperties: Getters = {
  Where: (u) => u.settings.Automount.Where,
};

/** org.freedesktop.systemd1.Swap. */
export const swapProperties: Getters = {};

/** org.freedesktop.systemd1.Scope. */
export const scopeProperties: Getters = {
  TimeoutStopUSec: (u) => toU64(u.settings.Scope.TimeoutStopSec),
};
