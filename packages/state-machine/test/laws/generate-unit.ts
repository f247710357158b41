import type { Random } from "./random.ts";

/** Every kind of dependency that a unit file can state. */
const kinds = [
  "After",
  "After",
  "Before",
  "Requires",
  "Requires",
  "Requisite",
  "Wants",
  "BindsTo",
  "PartOf",
  "Upholds",
  "Conflicts",
  "OnFailure",
  "OnSuccess",
  "PropagatesReloadTo",
  "ReloadPropagatedFrom",
  "PropagatesStopTo",
  "StopPropagatedFrom",
  "JoinsNamespaceOf",
] as const;

function dependencies(random: Random, name: string, names: readonly string[]): string[] {
  const lines: string[] = [];
  for (let n = random.between(0, 4); n > 0; n--) {
    const other = random.pick(names);
    const kind = random.pick(kinds);
    // What a unit says of itself systemd drops.
    if (other === name) continue;
    lines.push(`${kind}=${other}`);
    // BindsTo= is nearly always written with After=.
    if (kind === "BindsTo" && random.chance(0.6)) lines.push(`After=${other}`);
  }
  return lines;
}

function common(random: Random): string[] {
  return [
    ...(random.chance(0.15) ? ["StopWhenUnneeded=yes"] : []),
    ...(random.chance(0.1) ? ["AllowIsolate=yes"] : []),
    ...(random.chance(0.1) ? ["IgnoreOnIsolate=yes"] : []),
    ...(random.chance(0.08) ? [`JobTimeoutSec=${random.pick(["1", "4"])}`] : []),
    ...(random.chance(0.08) ? [`JobRunningTimeoutSec=${random.pick(["1", "4"])}`] : []),
    ...(random.chance(0.1) ? ["ConditionPathExists=/there"] : []),
    ...(random.chance(0.05) ? ["AssertPathExists=/there"] : []),
    ...(random.chance(0.15) ? [random.pick(["StartLimitBurst=2", "StartLimitIntervalSec=0"])] : []),
    ...(random.chance(0.1) ? [`OnFailureJobMode=${random.pick(["fail", "replace-irreversibly", "isolate"])}`] : []),
  ];
}

const serviceTypes = ["simple", "exec", "oneshot", "notify", "notify-reload", "forking", "idle", "dbus"] as const;

function serviceLines(random: Random, name: string): string[] {
  const type = random.pick(serviceTypes);
  const restart = random.pick([
    "no",
    "no",
    "on-failure",
    "on-abnormal",
    "on-success",
    "on-watchdog",
    "on-abort",
    "always",
  ]);
  // systemd.service(5), Restart=: "always" and "on-success" are not for Type=oneshot.
  const allowed = type === "oneshot" && (restart === "always" || restart === "on-success") ? "no" : restart;
  const extra = [
    "ExecCondition=/condition",
    "ExecStartPre=/pre",
    "ExecStartPre=-/pre-too",
    "ExecStartPost=/post",
    "ExecReload=/reload",
    "ExecStop=/stop",
    "ExecStopPost=/stop-post",
    "WatchdogSec=2",
    "RuntimeMaxSec=5",
    "RemainAfterExit=yes",
    "GuessMainPID=no",
    "ExitType=cgroup",
    "SendSIGHUP=yes",
    "SuccessExitStatus=3 SIGKILL",
    "RestartPreventExitStatus=1",
    "RestartForceExitStatus=3",
    "TimeoutStopFailureMode=abort",
    "TimeoutStartFailureMode=kill",
    "OOMPolicy=kill",
    "NotifyAccess=all",
    "RestartMode=direct",
    "RestartSteps=3\nRestartMaxDelaySec=2",
  ];
  return [
    `Type=${type}`,
    ...(type === "dbus" ? ["BusName=org.example.Name"] : []),
    "ExecStart=/main",
    ...(type === "oneshot" && random.chance(0.4) ? ["ExecStart=/main-too"] : []),
    `Restart=${allowed}`,
    `RestartSec=${random.pick(["0", "100ms", "1"])}`,
    `KillMode=${random.pick(["control-group", "control-group", "mixed", "process", "none"])}`,
    "TimeoutStartSec=3",
    "TimeoutStopSec=2",
    ...(type === "forking" && random.chance(0.6) ? [`PIDFile=/run/${name}.pid`] : []),
    ...(random.chance(0.05) ? ["SendSIGKILL=no"] : []),
    ...random.some(extra, 0.12),
  ];
}

/**
 * The text of a random unit. A further type adds its section here, its programs and events in generate.ts, and what its laws are in
 * laws.ts.
 */
export function generateUnit(random: Random, name: string, names: readonly string[]): string {
  const type = name.slice(name.lastIndexOf(".") + 1);
  const unit = [...dependencies(random, name, names), ...common(random)];
  const own = type === "service" ? ["[Service]", ...serviceLines(random, name)] : [];
  const slices = names.filter((other) => other.endsWith(".slice"));
  if (type === "service" && slices.length > 0 && random.chance(0.3)) own.push(`Slice=${random.pick(slices)}`);
  return `${["[Unit]", ...unit, ...own].join("\n")}\n`;
}
