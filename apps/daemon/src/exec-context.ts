import { bitNumbers, type DirectorySetting, type ExecContext, notCarriedOutOf } from "@steward/process-runtime";
import type { LoadedUnit } from "@steward/unit-file";
import { personalityNumber } from "./personality.ts";
import { execSectionOf } from "./unit-commands.ts";

const limits = [
  "CPU",
  "FSIZE",
  "DATA",
  "STACK",
  "CORE",
  "RSS",
  "NOFILE",
  "AS",
  "NPROC",
  "MEMLOCK",
  "LOCKS",
  "SIGPENDING",
  "MSGQUEUE",
  "NICE",
  "RTPRIO",
  "RTTIME",
] as const;

const directoryKinds = {
  runtime: "RuntimeDirectory",
  state: "StateDirectory",
  cache: "CacheDirectory",
  logs: "LogsDirectory",
  configuration: "ConfigurationDirectory",
} as const;

/** A loaded unit never changes: a reload makes a new one. */
const known = new WeakMap<LoadedUnit, ExecContext>();

/** What a unit's file says about how its processes run, as packages/process-runtime takes it. */
export function execContextOf(unit: LoadedUnit): ExecContext {
  let context = known.get(unit);
  if (context === undefined) {
    context = makeContext(unit);
    known.set(unit, context);
  }
  return context;
}

function makeContext(unit: LoadedUnit): ExecContext {
  const section = execSectionOf(unit) ?? "Service";
  const s = unit.settings[section];
  const set = (name: string): boolean => unit.origins(section, name as "User").length > 0;
  const limitEntries = limits.flatMap((name) => {
    const limit = s[`Limit${name}`];
    return limit === undefined ? [] : [[`Limit${name}`, limit] as const];
  });
  const directories = Object.entries(directoryKinds).flatMap(([kind, name]) => {
    const paths = s[name];
    return paths.length === 0 ? [] : [[kind, { paths, mode: s[`${name}Mode`] } satisfies DirectorySetting] as const];
  });
  const working = s.WorkingDirectory;
  return {
    user: s.User || undefined,
    group: s.Group || undefined,
    supplementaryGroups: s.SupplementaryGroups,
    workingDirectory:
      working === undefined ? undefined : { path: working.home ? "~" : working.path, missingOk: working.missingOk },
    rootDirectory: s.RootDirectory || undefined,
    umask: s.UMask,
    nice: s.Nice,
    oomScoreAdjust: s.OOMScoreAdjust,
    limits: Object.fromEntries(limitEntries),
    standardInput: s.StandardInput,
    standardOutput: set("StandardOutput") ? s.StandardOutput : undefined,
    standardError: set("StandardError") ? s.StandardError : undefined,
    standardInputData: s.StandardInputData,
    ttyPath: s.TTYPath || undefined,
    syslogIdentifier: s.SyslogIdentifier || undefined,
    syslogFacility: s.SyslogFacility,
    syslogLevel: s.SyslogLevel,
    syslogLevelPrefix: s.SyslogLevelPrefix,
    logExtraFields: s.LogExtraFields,
    noNewPrivileges: s.NoNewPrivileges,
    capabilityBoundingSet: set("CapabilityBoundingSet") ? bitNumbers(s.CapabilityBoundingSet) : undefined,
    ambientCapabilities: bitNumbers(s.AmbientCapabilities),
    secureBits: s.SecureBits,
    cpuSchedulingPolicy: s.CPUSchedulingPolicy,
    cpuSchedulingPriority: s.CPUSchedulingPriority,
    cpuSchedulingResetOnFork: s.CPUSchedulingResetOnFork,
    ioSchedulingClass: s.IOSchedulingClass,
    ioSchedulingPriority: s.IOSchedulingPriority,
    cpuAffinity: [...s.CPUAffinity.numbers],
    personality: personalityNumber(s.Personality),
    ignoreSigpipe: s.IgnoreSIGPIPE,
    nonBlocking: unit.settings.Service.NonBlocking,
    directories: Object.fromEntries(directories),
    environment: s.Environment,
    passEnvironment: s.PassEnvironment,
    unsetEnvironment: s.UnsetEnvironment,
    execSearchPath: s.ExecSearchPath,
    otherSettings: notCarriedOutOf(unit),
  };
}
