import { condition } from "../values/conditions.ts";
import { optionalExitStatus } from "../values/exit-status.ts";
import type { Kind } from "../values/kind.ts";
import { path, paths } from "../values/paths.ts";
import { boolean, checkedText, choice, jobTimeout, safeText, text, timespan, unsigned } from "../values/scalars.ts";
import { documentation, installNames, unitNames } from "../values/unit-references.ts";
import { gathered, intoEach, legacy, set } from "./table.ts";
import { unitFalseMeansReplace } from "./unit-kinds.ts";

const actions = [
  "none",
  "reboot",
  "reboot-force",
  "reboot-immediate",
  "poweroff",
  "poweroff-force",
  "poweroff-immediate",
  "exit",
  "exit-force",
  "soft-reboot",
  "soft-reboot-force",
  "kexec",
  "kexec-force",
  "halt",
  "halt-force",
  "halt-immediate",
] as const;

/** What reboot(2) is given: ASCII, and short. */
const rebootArgument = checkedText(
  "text",
  (t) => t.length <= 255 && /^[\x01-\x7f]*$/.test(t),
  (t) => `Invalid reboot parameter '${t}', ignoring.`,
);

const jobModes = [
  "fail",
  "replace",
  "replace-irreversibly",
  "isolate",
  "flush",
  "ignore-dependencies",
  "ignore-requirements",
  "triggering",
  "restart-dependencies",
] as const;

/** An action of the manager's (systemd.unit(5), FailureAction=). */
const action: Kind<(typeof actions)[number]> = {
  ...choice("emergency action", actions, "none"),
  assign(previous, a) {
    const known = actions.find((word) => word === a.value);
    if (known === undefined) a.warn(`Failed to parse ${a.directive}=, ignoring: ${a.value}`);
    // A user's manager can end itself, and nothing more.
    if (a.facts.scope === "user" && known !== undefined && known !== "none" && !known.startsWith("exit")) {
      a.warn(`${a.directive}= in user mode specified as "${a.value}", using "exit-force" instead.`);
      return "exit-force";
    }
    return known ?? previous;
  },
};

/** [Unit]: systemd.unit(5). Dependencies keep the order of the file. */
export const unitTable = {
  man: "systemd.unit(5)",
  settings: {
    Description: set(text),
    Documentation: set(documentation),
    SourcePath: set(path()),
    Requires: set(unitNames, { property: null }),
    Requisite: set(unitNames, { property: null }),
    Wants: set(unitNames, { property: null }),
    BindsTo: set(unitNames, { property: null }),
    PartOf: set(unitNames, { property: null }),
    Upholds: set(unitNames, { property: null }),
    Conflicts: set(unitNames, { property: null }),
    Before: set(unitNames, { property: null }),
    After: set(unitNames, { property: null }),
    OnSuccess: set(unitNames, { property: null }),
    OnFailure: set(unitNames, { property: null }),
    PropagatesReloadTo: set(unitNames, { property: null }),
    ReloadPropagatedFrom: set(unitNames, { property: null }),
    PropagatesStopTo: set(unitNames, { property: null }),
    StopPropagatedFrom: set(unitNames, { property: null }),
    JoinsNamespaceOf: set(unitNames, { property: null }),
    RequiresMountsFor: set(paths(), { property: null }),
    WantsMountsFor: set(paths(), { since: 256, property: null }),
    StopWhenUnneeded: set(boolean(false)),
    RefuseManualStart: set(boolean(false)),
    RefuseManualStop: set(boolean(false)),
    AllowIsolate: set(boolean(false)),
    DefaultDependencies: set(boolean(true)),
    SurviveFinalKillSignal: set(boolean(false), { since: 255 }),
    OnSuccessJobMode: set(choice("job mode", jobModes, "fail")),
    OnFailureJobMode: set(choice("job mode", jobModes, "replace")),
    IgnoreOnIsolate: set(boolean(false)),
    JobTimeoutSec: set(jobTimeout(Number.POSITIVE_INFINITY)),
    JobRunningTimeoutSec: set(jobTimeout(Number.POSITIVE_INFINITY)),
    JobTimeoutAction: set(action),
    JobTimeoutRebootArgument: set(rebootArgument),
    StartLimitIntervalSec: set(timespan(10_000_000), { initial: (f) => f.defaults.startLimitIntervalUsec }),
    StartLimitBurst: set(unsigned(5), { initial: (f) => f.defaults.startLimitBurst }),
    StartLimitAction: set(action),
    FailureAction: set(action),
    SuccessAction: set(action),
    FailureActionExitStatus: set(optionalExitStatus),
    SuccessActionExitStatus: set(optionalExitStatus),
    RebootArgument: set(rebootArgument),
    CollectMode: set(choice("garbage collection mode", ["inactive", "inactive-or-failed"], "inactive")),
    /** Every Condition…=, in the order of the files. */
    Conditions: gathered(condition),
    /** Every Assert…=, in the order of the files. */
    Asserts: gathered(condition),
  },
  others: {
    BindTo: legacy("BindsTo"),
    PropagateReloadTo: legacy("PropagatesReloadTo"),
    PropagateReloadFrom: legacy("ReloadPropagatedFrom"),
    RequiresOverridable: legacy("Requires"),
    RequisiteOverridable: legacy("Requisite"),
    StartLimitInterval: legacy("StartLimitIntervalSec"),
    OnFailureIsolate: { sets: ["OnFailureJobMode"], kind: unitFalseMeansReplace, since: 0, legacy: true },
    ...intoEach(
      [
        "ConditionPathExists",
        "ConditionPathExistsGlob",
        "ConditionPathIsDirectory",
        "ConditionPathIsSymbolicLink",
        "ConditionPathIsMountPoint",
        "ConditionPathIsReadWrite",
        "ConditionPathIsEncrypted",
        "ConditionDirectoryNotEmpty",
        "ConditionFileNotEmpty",
        "ConditionFileIsExecutable",
        "ConditionNeedsUpdate",
        "ConditionFirstBoot",
        "ConditionArchitecture",
        "ConditionFirmware",
        "ConditionVirtualization",
        "ConditionHost",
        "ConditionKernelCommandLine",
        "ConditionKernelVersion",
        "ConditionCredential",
        "ConditionSecurity",
        "ConditionCapability",
        "ConditionACPower",
        "ConditionMemory",
        "ConditionCPUFeature",
        "ConditionCPUs",
        "ConditionEnvironment",
        "ConditionUser",
        "ConditionGroup",
        "ConditionControlGroupController",
        "ConditionOSRelease",
        "ConditionMemoryPressure",
        "ConditionCPUPressure",
        "ConditionIOPressure",
      ],
      "Conditions",
    ),
    ...intoEach(["ConditionPathIsSocket", "ConditionVersion", "ConditionKernelModuleLoaded"], "Conditions", 258),
    ...intoEach(
      [
        "AssertPathExists",
        "AssertPathExistsGlob",
        "AssertPathIsDirectory",
        "AssertPathIsSymbolicLink",
        "AssertPathIsMountPoint",
        "AssertPathIsReadWrite",
        "AssertPathIsEncrypted",
        "AssertDirectoryNotEmpty",
        "AssertFileNotEmpty",
        "AssertFileIsExecutable",
        "AssertNeedsUpdate",
        "AssertFirstBoot",
        "AssertArchitecture",
        "AssertVirtualization",
        "AssertHost",
        "AssertKernelCommandLine",
        "AssertKernelVersion",
        "AssertCredential",
        "AssertSecurity",
        "AssertCapability",
        "AssertACPower",
        "AssertMemory",
        "AssertCPUFeature",
        "AssertCPUs",
        "AssertEnvironment",
        "AssertUser",
        "AssertGroup",
        "AssertControlGroupController",
        "AssertOSRelease",
        "AssertMemoryPressure",
        "AssertCPUPressure",
        "AssertIOPressure",
      ],
      "Asserts",
    ),
    ...intoEach(["AssertFirmware"], "Asserts", 253),
    ...intoEach(["AssertPathIsSocket", "AssertVersion", "AssertKernelModuleLoaded"], "Asserts", 258),
  },
} as const;

/** [Install]: systemd.unit(5). Names are kept as they are written: specifiers are resolved when the unit is enabled. */
export const installTable = {
  man: "systemd.unit(5)",
  settings: {
    Alias: set(installNames, { property: null }),
    WantedBy: set(installNames, { property: null }),
    RequiredBy: set(installNames, { property: null }),
    UpheldBy: set(installNames, { since: 253, property: null }),
    Also: set(installNames, { property: null }),
    DefaultInstance: set(safeText, { property: null }),
  },
  others: {},
} as const;
