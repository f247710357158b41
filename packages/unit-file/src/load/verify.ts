import type { Diagnostic } from "../diagnostics.ts";
import type { Settings } from "../directives/sections.ts";
import { unitNameFromPath } from "../escape-name.ts";
import type { UnitNameParts } from "../names.ts";
import { isValidSliceName, parentSlice } from "../slice-names.ts";
import type { SettingsBuilder } from "./settings.ts";

/** Calls that a check makes with what it finds: refuse makes the unit bad-setting. */
interface Report {
  refuse(message: string): undefined;
  warn(message: string): undefined;
}

/** Whether the settings of a unit agree with one another, in systemd's words. An error means LoadState=bad-setting. */
export function verifyUnit(parts: UnitNameParts, builder: SettingsBuilder, file: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  let refused = false;
  const report: Report = {
    refuse(message) {
      // systemd stops at the first reason.
      if (!refused) found.push({ severity: "error", file, line: 0, column: 0, message });
      refused = true;
      return undefined;
    },
    warn(message) {
      if (!refused) found.push({ severity: "warning", file, line: 0, column: 0, message });
      return undefined;
    },
  };
  const { settings } = builder;
  switch (parts.type) {
    case "service":
      verifyService(settings.Service, settings.Unit, report);
      break;
    case "socket":
      verifySocket(settings.Socket, report);
      break;
    case "timer":
      if (settings.Timer.Timers.length === 0 && !settings.Timer.OnClockChange && !settings.Timer.OnTimezoneChange) {
        report.refuse("Timer unit lacks value setting. Refusing.");
      }
      break;
    case "path":
      if (settings.Path.Paths.length === 0) report.refuse("Path unit lacks path setting. Refusing.");
      break;
    case "mount":
      verifyMount(parts, settings.Mount, report);
      break;
    case "automount":
      verifyAutomount(parts, settings.Automount, report);
      break;
    case "swap":
      verifySwap(parts, settings.Swap, report);
      break;
    case "slice":
      verifySlice(parts, settings.Slice, report);
      break;
    default:
      break;
  }
  verifyJobMode(settings.Unit, report);
  return found;
}

function verifyService(service: Settings["Service"], unit: Settings["Unit"], report: Report): undefined {
  const { ExecStart: start, Type: type } = service;
  const oneshot = type === "oneshot";
  if (start.length === 0 && service.ExecStop.length === 0 && unit.SuccessAction === "none") {
    // A service that was never loaded has nothing to say (systemd.service(5), ExecStart=).
    return report.refuse("Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.");
  }
  if (!oneshot && start.length === 0) {
    return report.refuse(
      "Service has no ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.",
    );
  }
  if (!service.RemainAfterExit && start.length === 0 && unit.SuccessAction === "none") {
    return report.refuse(
      "Service has no ExecStart= and no SuccessAction= settings and does not have RemainAfterExit=yes set. Refusing.",
    );
  }
  if (!oneshot && start.length > 1) {
    return report.refuse(
      "Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.",
    );
  }
  if (oneshot && (service.Restart === "always" || service.Restart === "on-success")) {
    return report.refuse(
      "Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services. Refusing.",
    );
  }
  const force = service.RestartForceExitStatus;
  if (oneshot && (force.statuses.length > 0 || force.signals.length > 0)) {
    return report.refuse(
      "Service has RestartForceExitStatus= set, which isn't allowed for Type=oneshot services. Refusing.",
    );
  }
  if (oneshot && service.ExitType === "cgroup") {
    return report.refuse("Service has ExitType=cgroup set, which isn't allowed for Type=oneshot services. Refusing.");
  }
  if (type === "dbus" && service.BusName === "") {
    return report.refuse("Service is of type D-Bus but no D-Bus service name has been specified. Refusing.");
  }
  if (service.PAMName !== "" && service.KillMode !== "control-group" && service.KillMode !== "mixed") {
    return report.refuse("Service has PAM enabled. Kill mode must be set to 'control-group' or 'mixed'. Refusing.");
  }
  if (service.USBFunctionDescriptors === "" && service.USBFunctionStrings !== "") {
    report.warn("Service has USBFunctionStrings= setting, but no USBFunctionDescriptors=. Ignoring.");
  }
  if (service.USBFunctionDescriptors !== "" && service.USBFunctionStrings === "") {
    report.warn("Service has USBFunctionDescriptors= setting, but no USBFunctionStrings=. Ignoring.");
  }
  if (service.RuntimeMaxSec !== Number.POSITIVE_INFINITY && oneshot) {
    report.warn("RuntimeMaxSec= has no effect in combination with Type=oneshot. Ignoring.");
  }
  if (service.RuntimeMaxSec === Number.POSITIVE_INFINITY && service.RuntimeRandomizedExtraSec !== 0) {
    report.warn("Service has RuntimeRandomizedExtraSec= setting, but no RuntimeMaxSec=. Ignoring.");
  }
}

function verifySocket(socket: Settings["Socket"], report: Report): undefined {
  if (socket.Listen.length === 0) {
    return report.refuse("Unit has no Listen setting (ListenStream=, ListenDatagram=, ListenFIFO=, ...). Refusing.");
  }
  const accepts = socket.Listen.every((l) => l.type === "Stream" || l.type === "SequentialPacket");
  if (socket.Accept && !accepts) {
    return report.refuse("Unit configured for accepting sockets, but sockets are non-accepting. Refusing.");
  }
  if (socket.Accept && socket.MaxConnections <= 0) return report.refuse("MaxConnection= setting too small. Refusing.");
  if (socket.Accept && socket.Service !== "") {
    return report.refuse("Explicit service configuration for accepting socket units not supported. Refusing.");
  }
  if (socket.PAMName !== "" && socket.KillMode !== "control-group") {
    return report.refuse("Unit has PAM enabled. Kill mode must be set to 'control-group'. Refusing.");
  }
  const nodes = socket.Listen.filter(
    (l) => l.address.startsWith("/") && l.type !== "Special" && l.type !== "MessageQueue",
  );
  if (socket.Symlinks.length > 0 && nodes.length !== 1) {
    report.refuse("Unit has symlinks set but none or more than one node in the file system. Refusing.");
  }
}

/** The kernel's own file systems, which the manager mounts itself (systemd.mount(5)). */
const apiFileSystems = [
  "/proc",
  "/sys",
  "/dev",
  "/dev/pts",
  "/dev/shm",
  "/run",
  "/sys/fs/cgroup",
  "/sys/kernel/security",
];

function verifyMount(parts: UnitNameParts, mount: Settings["Mount"], report: Report): undefined {
  if (unitNameFromPath(mount.Where, "mount") !== parts.name) {
    return report.refuse("Where= setting doesn't match unit name. Refusing.");
  }
  if (apiFileSystems.includes(mount.Where)) {
    return report.refuse(`Cannot create mount unit for API file system ${mount.Where}. Refusing.`);
  }
  if (mount.What === "") return report.refuse("What= setting is missing. Refusing.");
  if (mount.PAMName !== "" && mount.KillMode !== "control-group") {
    report.refuse("Unit has PAM enabled. Kill mode must be set to control-group'. Refusing.");
  }
}

function verifyAutomount(parts: UnitNameParts, automount: Settings["Automount"], report: Report): undefined {
  if (automount.Where === "/") {
    return report.refuse("Cannot have an automount unit for the root directory. Refusing.");
  }
  if (unitNameFromPath(automount.Where, "automount") !== parts.name) {
    report.refuse("Where= setting doesn't match unit name. Refusing.");
  }
}

function verifySwap(parts: UnitNameParts, swap: Settings["Swap"], report: Report): undefined {
  if (swap.What === "") return report.refuse("What= setting is missing. Refusing.");
  if (unitNameFromPath(swap.What, "swap") !== parts.name) {
    return report.refuse("Value of What= and unit name do not match, not loading.");
  }
  if (swap.PAMName !== "" && swap.KillMode !== "control-group") {
    report.refuse("Unit has PAM enabled. Kill mode must be set to 'control-group'. Refusing to load.");
  }
}

/** `a-b.slice` lies in `a.slice`; `-.slice` is the root of all (systemd.slice(5)). */
function verifySlice(parts: UnitNameParts, slice: Settings["Slice"], report: Report): undefined {
  if (!isValidSliceName(parts.name)) return report.refuse(`Slice name ${parts.name} is not valid. Refusing.`);
  const parent = parentSlice(parts.name);
  if (slice.Slice !== "" && slice.Slice !== parent) report.refuse("Located outside of parent slice. Refusing.");
}

function verifyJobMode(unit: Settings["Unit"], report: Report): undefined {
  for (const [mode, kind, list] of [
    [unit.OnSuccessJobMode, "OnSuccess=", unit.OnSuccess],
    [unit.OnFailureJobMode, "OnFailure=", unit.OnFailure],
  ] as const) {
    if (mode === "isolate" && list.length > 1) {
      report.refuse(
        `More than one ${kind} dependencies specified but ${kind.slice(0, -1)}JobMode=isolate set. Refusing.`,
      );
    }
  }
}
