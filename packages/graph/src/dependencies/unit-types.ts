import { type UnitType, unitTypeOf } from "@steward/unit-file";
import type { GraphUnit } from "./graph-unit.ts";

const sections: Readonly<Record<UnitType, string>> = {
  service: "Service",
  socket: "Socket",
  mount: "Mount",
  automount: "Automount",
  swap: "Swap",
  target: "Target",
  timer: "Timer",
  path: "Path",
  slice: "Slice",
  scope: "Scope",
  device: "Device",
};

/** The section of a unit file that its type names. */
export function sectionOf(name: string): string {
  const type = unitTypeOf(name);
  return type ? sections[type] : "Unit";
}

const virtual = ["/proc", "/sys", "/dev", "/run/initramfs", "/run/nextroot"];

/** Mount points that stand as long as the machine runs: nothing has to be ordered around them (systemd.mount(5)). */
export function isExtrinsicMount(where: string): boolean {
  return where === "/" || where === "/usr" || virtual.some((top) => where === top || where.startsWith(`${top}/`));
}

/** Units that are always there and cannot be stopped. */
export function isPerpetual(name: string): boolean {
  return name === "-.slice" || name === "system.slice" || name === "-.mount" || name === "init.scope";
}

/** Slices need no file to be loaded (systemd.slice(5)), and devices have none. */
export function needsNoFile(name: string): boolean {
  const type = unitTypeOf(name);
  return type === "slice" || type === "device";
}

/** Whether a unit can be worked with; the few types that need no file always can. */
export function isLoaded(name: string, unit: GraphUnit | undefined): boolean {
  if (unit === undefined || unit.loadState === "not-found") return needsNoFile(name);
  return unit.loadState === "loaded";
}
