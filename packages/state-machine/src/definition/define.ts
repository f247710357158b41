import type { GraphUnit } from "@steward/graph";
import type { UnitType } from "@steward/unit-file";
import type { Resource } from "../model/event.ts";
import { typeOfName } from "../unit/blank.ts";
import { defineMount } from "./define-mount.ts";
import { definePath } from "./define-path.ts";
import { defineScope } from "./define-scope.ts";
import { defineService } from "./define-service.ts";
import { defineSocket } from "./define-socket.ts";
import { defineTimer } from "./define-timer.ts";
import type { EmergencyAction, UnitDefinition } from "./definition.ts";
import { type Reader, reader } from "./settings.ts";

/** Units that are there before anything is started and cannot be stopped. */
const perpetualUnits: ReadonlySet<string> = new Set(["-.slice", "system.slice", "init.scope", "-.mount"]);

/** What newer versions added (253 to 256), as far as there is a way to do it. A soft reboot is no less than a restart of all. */
const newerActions: Readonly<Record<string, EmergencyAction>> = {
  "soft-reboot": "reboot",
  "soft-reboot-force": "reboot-force",
  "kexec-force": "kexec",
  "halt-force": "halt",
  "halt-immediate": "halt",
};

function action(get: Reader, name: string): EmergencyAction {
  const said = get.word(name, "none");
  return newerActions[said] ?? (said as EmergencyAction);
}

const directories: readonly (readonly [Resource, string])[] = [
  ["runtime", "RuntimeDirectory"],
  ["state", "StateDirectory"],
  ["cache", "CacheDirectory"],
  ["logs", "LogsDirectory"],
  ["configuration", "ConfigurationDirectory"],
];
const sections: Partial<Record<UnitType, string>> = { service: "Service" };

/** The directories that a unit says are its own (systemd.exec(5), RuntimeDirectory= and kin). */
function cleanable(unit: GraphUnit, type: UnitType): readonly Resource[] {
  const section = sections[type];
  if (section === undefined) return [];
  const get = reader(unit.settings, section);
  const kept =
    get.text("FileDescriptorStorePreserve", "restart") === "yes" && get.number("FileDescriptorStoreMax", 0) > 0;
  return [
    ...directories.filter(([, name]) => get.list(name).length > 0).map(([resource]) => resource),
    // What outlasts a stop can be cleaned (254); in systemd 252 nothing does.
    ...(kept ? (["fdstore"] as const) : []),
  ];
}

/** Which settings of a unit the core reads, with systemd's defaults (systemd.unit(5)) where nothing is said. */
export function defineUnit(unit: GraphUnit): UnitDefinition {
  const get = reader(unit.settings, "Unit");
  const type: UnitType = typeOfName(unit.id);
  return {
    id: unit.id,
    type,
    description: get.text("Description", ""),
    loadState: unit.loadState,
    hasConditions: get.list("Conditions").length > 0 || get.list("Asserts").length > 0,
    stopWhenUnneeded: get.flag("StopWhenUnneeded", false),
    allowIsolate: get.flag("AllowIsolate", false),
    refuseManualStart: get.flag("RefuseManualStart", false),
    refuseManualStop: get.flag("RefuseManualStop", false),
    onFailureJobMode: get.word("OnFailureJobMode", "replace"),
    onSuccessJobMode: get.word("OnSuccessJobMode", "fail"),
    jobTimeoutUsec: get.number("JobTimeoutSec", Number.POSITIVE_INFINITY),
    jobRunningTimeoutUsec: get.number("JobRunningTimeoutSec", Number.POSITIVE_INFINITY),
    jobTimeoutAction: action(get, "JobTimeoutAction"),
    startLimitIntervalUsec: get.number("StartLimitIntervalSec", 10_000_000),
    startLimitBurst: get.number("StartLimitBurst", 5),
    startLimitAction: action(get, "StartLimitAction"),
    successAction: action(get, "SuccessAction"),
    failureAction: action(get, "FailureAction"),
    successActionExitStatus: get.maybeNumber("SuccessActionExitStatus"),
    failureActionExitStatus: get.maybeNumber("FailureActionExitStatus"),
    perpetual: perpetualUnits.has(unit.id),
    found: type === "mount" && get.text("SourcePath", "") === "/proc/self/mountinfo",
    cleanable: cleanable(unit, type),
    mount: type === "mount" ? defineMount(unit) : undefined,
    service: type === "service" ? defineService(unit) : undefined,
    scope: type === "scope" ? defineScope(unit) : undefined,
    timer: type === "timer" ? defineTimer(unit) : undefined,
    path: type === "path" ? definePath(unit) : undefined,
    socket: type === "socket" ? defineSocket(unit) : undefined,
  };
}
