import { ownSection, type Settings } from "../directives/sections.ts";
import { escapeName, unitNameToPath } from "../escape-name.ts";
import type { UnitNameParts } from "../names.ts";
import { parentSlice } from "../slice-names.ts";
import type { SpecifierContext } from "../specifiers.ts";
import type { Facts } from "../values/kind.ts";
import { capabilityBit } from "../values/masks.ts";
import type { SettingsBuilder } from "./settings.ts";

type ExecSection = "Service" | "Socket" | "Mount" | "Swap";

/**
 * What follows from settings once all files are read: the type of a service that states none, time-outs of oneshots, streams, sandboxing that
 * implies more sandboxing. systemd does the same before it checks a unit.
 */
export function finishUnit(
  parts: UnitNameParts,
  builder: SettingsBuilder,
  facts: Facts,
  specifiers: SpecifierContext,
): void {
  const { settings } = builder;
  switch (parts.type) {
    case "service":
      finishService(builder, settings.Service, facts);
      finishExec("Service", parts, builder, facts, specifiers);
      break;
    case "socket":
      finishSocket(builder, settings.Socket);
      finishExec("Socket", parts, builder, facts, specifiers);
      break;
    case "mount":
      finishWhere("Mount", parts, builder);
      finishExec("Mount", parts, builder, facts, specifiers);
      break;
    case "automount":
      finishWhere("Automount", parts, builder);
      break;
    case "swap":
      finishExec("Swap", parts, builder, facts, specifiers);
      break;
    case "scope": {
      const { OOMPolicy, Delegate } = settings.Scope;
      if (OOMPolicy === "") builder.put("Scope", "OOMPolicy", Delegate.on ? "continue" : facts.defaults.oomPolicy);
      break;
    }
    default:
      break;
  }
  finishSlice(parts, builder, facts);
  if (settings.Unit.Description === "") builder.put("Unit", "Description", defaultDescription(parts, settings));
}

/** Every unit with a control group stands in a slice: its own choice, or the usual one. */
function finishSlice(parts: UnitNameParts, builder: SettingsBuilder, facts: Facts): void {
  const section = ownSection(parts.type);
  if (section === "Slice") builder.put("Slice", "Slice", parentSlice(parts.name) ?? "");
  else if (
    section === "Service" ||
    section === "Socket" ||
    section === "Mount" ||
    section === "Swap" ||
    section === "Scope"
  ) {
    if (builder.settings[section].Slice !== "") return;
    // What is mounted below the kernel's own file systems belongs to no service: it stands in the root slice.
    const below = section === "Mount" && /^\/(dev|proc|sys)(\/|$)/.test(builder.settings.Mount.Where);
    // A user's manager runs no mounts and swaps: it shows them, where they are.
    const isShown = facts.scope === "user" && (section === "Mount" || section === "Swap");
    builder.put(section, "Slice", below || isShown ? "-.slice" : defaultSlice(parts, facts));
  }
}

/** A unit without a Description= bears its name; those that stand for a path show that. */
function defaultDescription(parts: UnitNameParts, settings: Settings): string {
  switch (parts.type) {
    case "mount":
      return settings.Mount.Where || parts.name;
    case "swap":
      return settings.Swap.What || parts.name;
    case "slice": {
      if (parts.name === "-.slice") return "Root Slice";
      if (parts.name === "system.slice") return "System Slice";
      return `Slice ${unitNameToPath(parts.name) ?? parts.name}`;
    }
    default:
      return parts.name;
  }
}

function finishService(builder: SettingsBuilder, service: Settings["Service"], facts: Facts): void {
  if (service.Type === "") {
    const type = service.BusName !== "" ? "dbus" : service.ExecStart.length > 0 ? "simple" : "oneshot";
    builder.put("Service", "Type", type);
  }
  // systemd.service(5), TimeoutStartSec=: off for oneshots unless it is set.
  if (service.Type === "oneshot" && !builder.isSet("Service", "TimeoutStartSec")) {
    builder.put("Service", "TimeoutStartSec", Number.POSITIVE_INFINITY);
  }
  const needsNotify = service.Type === "notify" || service.Type === "notify-reload";
  if (service.NotifyAccess === "none" && (needsNotify || watches(service) || service.FileDescriptorStoreMax > 0)) {
    builder.put("Service", "NotifyAccess", "main");
  }
  if (service.OOMPolicy === "") {
    builder.put("Service", "OOMPolicy", service.Delegate.on ? "continue" : facts.defaults.oomPolicy);
  }
}

/** Whether the service has a watchdog to feed. */
function watches(service: Settings["Service"]): boolean {
  return service.WatchdogSec > 0 && service.WatchdogSec !== Number.POSITIVE_INFINITY;
}

function finishSocket(builder: SettingsBuilder, socket: Settings["Socket"]): void {
  // systemd.socket(5), TriggerLimitIntervalSec=: two seconds, and 200 or 20 times in it.
  if (socket.TriggerLimitIntervalSec === Number.POSITIVE_INFINITY)
    builder.put("Socket", "TriggerLimitIntervalSec", 2_000_000);
  if (socket.TriggerLimitBurst === 0xffff_ffff) builder.put("Socket", "TriggerLimitBurst", socket.Accept ? 200 : 20);
}

function finishWhere(section: "Mount" | "Automount", parts: UnitNameParts, builder: SettingsBuilder): void {
  if (builder.settings[section].Where !== "") return;
  const path = unitNameToPath(parts.name);
  if (path !== undefined) builder.put(section, "Where", path);
}

/** Streams of a service: input data makes itself the input, and what would inherit nothing goes where the manager says (systemd.exec(5)). */
function finishStreams(section: ExecSection, builder: SettingsBuilder, facts: Facts): void {
  const exec = builder.settings[section];
  if (exec.StandardInput.mode === "null" && exec.StandardInputData.length > 0) {
    builder.put(section, "StandardInput", { mode: "data", target: "" });
  }
  if (["tty", "tty-force", "tty-fail", "socket", "fd"].includes(exec.StandardInput.mode)) return;
  const { StandardOutput: output, StandardError: error } = exec;
  if (error.mode === "inherit" && output.mode === "inherit") {
    builder.put(section, "StandardError", { mode: facts.defaults.standardError, target: "" });
  }
  if (output.mode === "inherit")
    builder.put(section, "StandardOutput", { mode: facts.defaults.standardOutput, target: "" });
}

function finishExec(
  section: ExecSection,
  parts: UnitNameParts,
  builder: SettingsBuilder,
  facts: Facts,
  specifiers: SpecifierContext,
): void {
  const exec = builder.settings[section];
  if (section === "Service") finishStreams(section, builder, facts);
  if (facts.scope === "user" && exec.WorkingDirectory === undefined && specifiers.home !== undefined) {
    builder.put(section, "WorkingDirectory", { path: specifiers.home, home: false, missingOk: true });
  }

  // systemd.exec(5): sandboxing takes away the capabilities that would undo it.
  let bounding = exec.CapabilityBoundingSet;
  if (exec.PrivateDevices) bounding &= ~(capabilityBit("cap_mknod") | capabilityBit("cap_sys_rawio"));
  if (exec.ProtectKernelModules) bounding &= ~capabilityBit("cap_sys_module");
  if (exec.ProtectKernelLogs) bounding &= ~capabilityBit("cap_syslog");
  if (exec.ProtectClock) bounding &= ~(capabilityBit("cap_sys_time") | capabilityBit("cap_wake_alarm"));
  if (bounding !== exec.CapabilityBoundingSet) builder.put(section, "CapabilityBoundingSet", bounding);

  for (const name of [
    "RuntimeDirectory",
    "StateDirectory",
    "CacheDirectory",
    "LogsDirectory",
    "ConfigurationDirectory",
  ] as const) {
    if (exec[name].length > 1)
      builder.put(
        section,
        name,
        [...exec[name]].sort((x, y) => comparePaths(x.path, y.path)),
      );
  }
  // A real-time policy needs a priority of at least 1 (sched(7)).
  const { CPUSchedulingPolicy: policy, CPUSchedulingPriority: priority } = exec;
  if ((policy === 1 || policy === 2) && (priority ?? 0) === 0) builder.put(section, "CPUSchedulingPriority", 1);
  else if (policy !== undefined && policy > 6) builder.put(section, "CPUSchedulingPriority", -1);
  if (exec.DynamicUser) finishDynamicUser(section, parts, builder);
  finishDevices(section, builder);
}

/** systemd.exec(5), DynamicUser=: a user that vanishes must leave nothing behind that the next one could find. */
function finishDynamicUser(section: ExecSection, parts: UnitNameParts, builder: SettingsBuilder): void {
  const exec = builder.settings[section];
  if (exec.User === "") builder.put(section, "User", dynamicUserName(parts));
  if (exec.Group === "") builder.put(section, "Group", builder.settings[section].User);
  builder.put(section, "PrivateTmp", true);
  builder.put(section, "RemoveIPC", true);
  builder.put(section, "ProtectSystem", "strict");
  if (exec.ProtectHome === "no") builder.put(section, "ProtectHome", "read-only");
  builder.put(section, "NoNewPrivileges", true);
  builder.put(section, "RestrictSUIDSGID", true);
}

function dynamicUserName(parts: UnitNameParts): string {
  // A prefix that is no user name gets one made of a hash in systemd; here it stays empty and starting refuses it.
  return /^[a-zA-Z_][a-zA-Z0-9_-]{0,30}$/.test(parts.prefix) ? parts.prefix : "";
}

/** systemd.exec(5), PrivateDevices= and its kin: what the device policy then allows. */
function finishDevices(section: ExecSection, builder: SettingsBuilder): void {
  const exec = builder.settings[section];
  if (exec.PrivateDevices && exec.DevicePolicy === "auto") builder.put(section, "DevicePolicy", "closed");
  if (exec.DevicePolicy === "auto" && exec.DeviceAllow.length === 0) return;
  let rules = exec.DeviceAllow;
  const add = (path: string, access: string): void => {
    rules = [{ path, access }, ...rules.filter((r) => r.path !== path)];
  };
  if (exec.RootImage !== "" || exec.MountImages.length > 0) {
    add("/dev/loop-control", "rw");
    add("/dev/mapper/control", "rw");
    add("block-loop", "rwm");
    add("block-blkext", "rwm");
    add("block-device-mapper", "rwm");
  }
  if (exec.ProtectClock) add("char-rtc", "r");
  if (exec.SetCredentialEncrypted.length > 0 || exec.LoadCredentialEncrypted.length > 0) add("/dev/tpmrm0", "rw");
  if (rules !== exec.DeviceAllow) builder.put(section, "DeviceAllow", rules);
}

/** The slice that a unit stands in when it names none (systemd.special(7), system.slice); "" for what stands in none. */
export function defaultSlice(parts: UnitNameParts, facts: Facts): string {
  if (parts.instance !== undefined && parts.instance !== "") {
    const prefix = escapeName(parts.prefix);
    return facts.scope === "system" ? `system-${prefix}.slice` : `app-${prefix}.slice`;
  }
  return facts.scope === "system" ? "system.slice" : "app.slice";
}

/** Parents come before what lies below them. */
function comparePaths(x: string, y: string): number {
  const left = x.split("/");
  const right = y.split("/");
  for (let i = 0; i < left.length && i < right.length; i++) {
    const a = left[i] as string;
    const b = right[i] as string;
    if (a !== b) return a < b ? -1 : 1;
  }
  return left.length - right.length;
}
