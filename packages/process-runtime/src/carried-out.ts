import { type Directive, directives, type LoadedUnit } from "@steward/unit-file";

/**
 * What steward does with a directive: carries it out; reads and shows it, and says in the journal of a unit that sets it that it
 * is not carried out; or reads and shows it for a type of unit that does not run yet.
 */
export type Support = "carried out" | "read and shown" | "its units do not run yet";

const sandbox = `RootImage RootImageOptions RootHash RootHashSignature RootVerity RootEphemeral ExtensionDirectories ExtensionImages
  MountImages PrivateTmp PrivateDevices PrivateNetwork PrivateUsers PrivateIPC PrivatePIDs PrivateMounts PrivateBPF ProtectSystem
  ProtectHome ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectControlGroups ProtectClock ProtectHostname
  ProtectProc ProcSubset ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths BindPaths BindReadOnlyPaths BindLogSockets
  TemporaryFileSystem MountFlags MountAPIVFS NetworkNamespacePath IPCNamespacePath UserNamespacePath DelegateNamespaces
  BPFDelegateCommands BPFDelegateMaps BPFDelegatePrograms BPFDelegateAttachments SystemCallFilter SystemCallArchitectures
  SystemCallErrorNumber SystemCallLog RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID
  RestrictFileSystems MemoryDenyWriteExecute LockPersonality DynamicUser RemoveIPC SetLoginEnvironment LoadCredential
  LoadCredentialEncrypted SetCredential SetCredentialEncrypted ImportCredential PAMName UtmpIdentifier UtmpMode AppArmorProfile
  SELinuxContext SmackProcessLabel LogNamespace LogFilterPatterns LogLevelMax LogRateLimitIntervalSec LogRateLimitBurst NUMAPolicy
  NUMAMask CoredumpFilter TimerSlackNSec KeyringMode MemoryKSM TTYReset TTYVHangup TTYVTDisallocate TTYRows TTYColumns
  StateDirectoryAccounting StateDirectoryQuota CacheDirectoryAccounting CacheDirectoryQuota LogsDirectoryAccounting LogsDirectoryQuota`;

/** OOMPolicy= needs the memory controller, whose events say who was killed for want of memory: containers do not delegate it. */
const service = "USBFunctionDescriptors USBFunctionStrings OpenFile RefreshOnReload ExecReloadPost OOMPolicy";

const unit = "WantsMountsFor JoinsNamespaceOf SurviveFinalKillSignal JobTimeoutRebootArgument RebootArgument";

/** Of systemd.resource-control(5): where the process goes is carried out, accounting is measured; limits need controllers that containers rarely delegate. */
const resourceControl = new Set(["Slice", "CPUAccounting", "MemoryAccounting", "TasksAccounting"]);

/** Labels of security modules that no container has for itself, what needs a USB device, and what belongs to later versions. */
const socket =
  "SmackLabel SmackLabelIPIn SmackLabelIPOut SELinuxContextFromNet ListenUSBFunction PassFileDescriptorsToExec DeferTrigger DeferTriggerMaxSec";

/** A container cannot wake the machine that it is on. */
const timer = "WakeSystem";

const notCarriedOut = new Set(`${sandbox} ${service} ${unit} ${socket} ${timer}`.split(/\s+/));

/** Settings that change nothing where they cannot be carried out: a unit that sets them is not told. */
const unsaid = new Set(
  "WantsMountsFor KeyringMode MountFlags Delegate IOAccounting IPAccounting BlockIOAccounting DelegateSubgroup CoredumpReceive RefreshOnReload OOMPolicy".split(
    " ",
  ),
);

const running = new Set(["Unit", "Install", "Service", "Slice", "Scope", "Timer", "Path", "Socket", "Mount"]);

/** What steward does with a directive. */
export function supportOf(directive: Directive): Support {
  if (!running.has(directive.section)) return "its units do not run yet";
  const names =
    directive.sets.length > 0 ? directive.sets.map((name) => name.split(".").at(-1) as string) : [directive.name];
  if (directive.man === "systemd.resource-control(5)")
    return names.every((name) => resourceControl.has(name)) ? "carried out" : "read and shown";
  return [directive.name, ...names].some((name) => notCarriedOut.has(name)) ? "read and shown" : "carried out";
}

/** By section, for the types of unit that run something: what a unit that sets it is told. */
const said = new Map<string, readonly string[]>(
  (["Service", "Socket"] as const).map((section) => [
    section,
    directives()
      .filter(
        (directive) =>
          directive.section === section &&
          directive.sets.length === 0 &&
          supportOf(directive) === "read and shown" &&
          !unsaid.has(directive.name),
      )
      .map((directive) => directive.name),
  ]),
);

/** The settings of a service or socket that are set, and that it runs without. */
export function notCarriedOutOf(loaded: LoadedUnit): readonly string[] {
  const section = loaded.type === "socket" ? "Socket" : "Service";
  return (said.get(section) ?? []).filter((name) => loaded.origins(section, name as "User").length > 0);
}
