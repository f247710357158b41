/**
 * What steward does with a directive: "acts" on it; "keeps" it, that is reads, checks and shows it while nothing follows from it yet;
 * "legacy": an older name, or a setting of cgroup v1, which systemd itself maps or passes over.
 */
export type Handling = "acts" | "keeps" | "legacy";

const acting: Readonly<Record<string, string>> = {
  Unit: `Description Documentation SourcePath Requires Requisite Wants BindsTo PartOf Upholds Conflicts Before After OnSuccess OnFailure
    PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom RequiresMountsFor StopWhenUnneeded RefuseManualStart
    RefuseManualStop AllowIsolate DefaultDependencies OnSuccessJobMode OnFailureJobMode IgnoreOnIsolate JobTimeoutSec JobRunningTimeoutSec
    StartLimitIntervalSec StartLimitBurst StartLimitAction FailureAction SuccessAction FailureActionExitStatus SuccessActionExitStatus`,
  Install: "Alias WantedBy RequiredBy UpheldBy Also DefaultInstance",
  Service: `Type Restart PIDFile NotifyAccess RestartSec RestartSteps RestartMaxDelaySec TimeoutStartSec TimeoutStopSec TimeoutAbortSec TimeoutSec
    RuntimeMaxSec WatchdogSec RemainAfterExit GuessMainPID RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus ExecCondition
    ExecStartPre ExecStart ExecStartPost ExecReload ExecStop ExecStopPost ReloadSignal`,
  exec: `WorkingDirectory User Group SupplementaryGroups Nice OOMScoreAdjust UMask Environment EnvironmentFile PassEnvironment UnsetEnvironment
    StandardInput StandardOutput StandardError StandardInputText StandardInputData SyslogIdentifier SyslogFacility SyslogLevel SyslogLevelPrefix
    LimitCPU LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitNOFILE LimitAS LimitNPROC LimitMEMLOCK LimitLOCKS LimitSIGPENDING
    LimitMSGQUEUE LimitNICE LimitRTPRIO LimitRTTIME IgnoreSIGPIPE`,
  kill: "KillMode KillSignal RestartKillSignal SendSIGKILL SendSIGHUP FinalKillSignal WatchdogSignal",
  resource: "Slice",
};

const sets = Object.fromEntries(Object.entries(acting).map(([part, names]) => [part, new Set(names.split(/\s+/))]));
const legacyNames = /^(BlockIO|StartupBlockIO|CPUShares$|StartupCPUShares$|MemoryLimit$|PermissionsStartOnly$)/;

/** What steward does with a directive. */
export function handlingOf(section: string, name: string, isLegacy: boolean): Handling {
  if (isLegacy || legacyNames.test(name)) return "legacy";
  if (section === "Unit" && /^(Condition|Assert)[A-Z]/.test(name)) return "acts";
  if (sets[section]?.has(name)) return "acts";
  const isShared = sets.exec?.has(name) || sets.kill?.has(name) || sets.resource?.has(name);
  return section === "Service" && isShared ? "acts" : "keeps";
}
