import type { ExecSettings, KillSettings, ResourceSettings, SectionName } from "../directives/sections.ts";
import type { LoadedUnit } from "../load/load-unit.ts";
import { type BusValue, toU64 } from "../values/kind.ts";
import { limitNames } from "../values/limits.ts";
import type { ManagedDirectory } from "../values/paths.ts";

type Getter = (unit: LoadedUnit) => BusValue;
type Shared = ExecSettings & KillSettings & ResourceSettings;

/** Properties of systemd.exec(5), .kill(5) and .resource-control(5) that are more than one setting's value. */
export function execProperties(section: SectionName): Readonly<Record<string, Getter>> {
  const of = (unit: LoadedUnit): Shared => unit.settings[section] as unknown as Shared;
  const getters: Record<string, Getter> = {
    Slice: (u) => of(u).Slice,
    TasksMax: (u) => toU64(of(u).TasksMax ?? Number.POSITIVE_INFINITY),
    DelegateControllers: (u) => of(u).Delegate.controllers,
    RestartKillSignal: (u) => of(u).RestartKillSignal || of(u).KillSignal,
    Nice: (u) => of(u).Nice ?? u.facts.defaults.nice,
    OOMScoreAdjust: (u) => of(u).OOMScoreAdjust ?? u.facts.defaults.oomScoreAdjust,
    CoredumpFilter: (u) => of(u).CoredumpFilter ?? BigInt(u.facts.defaults.coredumpFilter),
    TimerSlackNSec: (u) => toU64(of(u).TimerSlackNSec ?? u.facts.defaults.timerSlackNsec),
    IOSchedulingClass: (u) => ioPriority(of(u), u)[0],
    IOSchedulingPriority: (u) => ioPriority(of(u), u)[1],
    CPUSchedulingPolicy: (u) => of(u).CPUSchedulingPolicy ?? u.facts.defaults.cpuSchedulingPolicy,
    CPUSchedulingPriority: (u) => {
      const { CPUSchedulingPolicy: policy, CPUSchedulingPriority: priority } = of(u);
      const least = policy === 1 || policy === 2 ? 1 : u.facts.defaults.cpuSchedulingPriority;
      return priority ?? least;
    },
    CPUAffinityFromNUMA: (u) => of(u).CPUAffinity.numa,
    // Nodes without a policy are preferred ones (set_mempolicy(2), MPOL_PREFERRED).
    NUMAPolicy: (u) => of(u).NUMAPolicy ?? (of(u).NUMAMask.numbers.size > 0 ? 1 : -1),
    StandardInput: (u) => of(u).StandardInput.mode,
    StandardOutput: (u) => of(u).StandardOutput.mode,
    StandardError: (u) => of(u).StandardError.mode,
    StandardInputFileDescriptorName: (u) => descriptorName(of(u).StandardInput, "stdin"),
    StandardOutputFileDescriptorName: (u) => descriptorName(of(u).StandardOutput, "stdout"),
    StandardErrorFileDescriptorName: (u) => descriptorName(of(u).StandardError, "stderr"),
    // Only services have the directive; every section with processes has the property.
    NonBlocking: (u) => section === "Service" && u.settings.Service.NonBlocking,
    SyslogPriority: (u) => (of(u).SyslogFacility << 3) | of(u).SyslogLevel,
    RootHash: (u) => of(u).RootHash.bytes,
    RootHashPath: (u) => of(u).RootHash.path,
    RootHashSignature: (u) => of(u).RootHashSignature.bytes,
    RootHashSignaturePath: (u) => of(u).RootHashSignature.path,
    // The kernel's file systems are mounted into a root of the unit's own (systemd.exec(5), MountAPIVFS=).
    MountAPIVFS: (u) => of(u).MountAPIVFS ?? (of(u).RootDirectory !== "" || of(u).RootImage !== ""),
    // mount(8) must be known to the automounter as one of the manager's own.
    SameProcessGroup: () => section === "Mount",
    RuntimeDirectorySymlink: (u) => symlinks(of(u).RuntimeDirectory),
    StateDirectorySymlink: (u) => symlinks(of(u).StateDirectory),
    CacheDirectorySymlink: (u) => symlinks(of(u).CacheDirectory),
    LogsDirectorySymlink: (u) => symlinks(of(u).LogsDirectory),
  };
  for (const name of limitNames) {
    const limit = (u: LoadedUnit) => {
      const { processLimits, limits } = u.facts.defaults;
      return of(u)[`Limit${name}` as "LimitCPU"] ?? (u.isFinished ? limits[name] : (processLimits ?? limits)[name]);
    };
    getters[`Limit${name}`] = (u) => toU64(limit(u)?.hard ?? Number.POSITIVE_INFINITY);
    getters[`Limit${name}Soft`] = (u) => toU64(limit(u)?.soft ?? Number.POSITIVE_INFINITY);
  }
  return getters;
}

/** Without a class of its own a unit has the manager's; without a priority it is the middle one. */
function ioPriority(exec: Shared, unit: LoadedUnit): [number, number] {
  const { IOSchedulingClass: given, IOSchedulingPriority: priority } = exec;
  if (given === undefined && priority === undefined) {
    return [unit.facts.defaults.ioSchedulingClass, unit.facts.defaults.ioSchedulingPriority];
  }
  // "none" is what the kernel makes of it: best effort.
  return [given || 2, priority ?? 4];
}

function descriptorName(stream: { mode: string; target: string }, standard: string): string {
  if (stream.mode !== "fd") return "";
  return stream.target === "" ? standard : stream.target;
}

function symlinks(directories: readonly ManagedDirectory[]): BusValue {
  return directories.flatMap((d) => d.symlinks.map((link) => [d.path, link, 0n]));
}
