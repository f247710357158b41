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

function socketLines(random: Random, name: string, services: readonly string[]): string[] {
  const stem = name.slice(0, -".socket".length);
  const accepts = random.chance(0.35);
  return [
    `ListenStream=/run/${stem}.sock`,
    ...(random.chance(0.3) ? ["ListenDatagram=/run/too.sock"] : []),
    // With Accept=yes the service is made from the template of the same name (systemd.socket(5)).
    ...(accepts ? ["Accept=yes", `MaxConnections=${random.pick([1, 3, 64])}`] : []),
    ...(accepts || services.length === 0 ? [] : [`Service=${random.pick(services)}`]),
    ...random.some(
      [
        "ExecStartPre=/pre",
        "ExecStartPost=/post",
        "ExecStopPre=/stop-pre",
        "ExecStopPost=/stop-post",
        "FlushPending=yes",
      ],
      0.15,
    ),
    ...(random.chance(0.2) ? ["TriggerLimitIntervalSec=1\nTriggerLimitBurst=2"] : []),
    `KillMode=${random.pick(["control-group", "mixed"])}`,
    "TimeoutSec=2",
  ];
}

/** Times of all kinds; the simulated machine's calendar begins on 2023-11-14 at 22:13:21. */
const timerTimes = [
  "OnActiveSec=1",
  "OnActiveSec=7",
  "OnStartupSec=3",
  "OnBootSec=20",
  "OnUnitActiveSec=2",
  "OnUnitInactiveSec=3",
  "OnCalendar=*:*:0/5",
  "OnCalendar=minutely",
  "OnCalendar=2023-11-14 22:13:30",
  "OnClockChange=yes",
] as const;

function timerLines(random: Random, services: readonly string[]): string[] {
  return [
    ...Array.from({ length: random.between(1, 3) }, () => random.pick(timerTimes)),
    ...(services.length === 0 ? [] : [`Unit=${random.pick(services)}`]),
    `AccuracySec=${random.pick(["1us", "1s", "1min"])}`,
    ...random.some(
      ["Persistent=yes", "RemainAfterElapse=no", "RandomizedDelaySec=2", "FixedRandomDelay=yes", "WakeSystem=yes"],
      0.2,
    ),
  ];
}

export const files = ["/run/flag", "/run/spool", "/run/spool/one", "/etc/some.conf"] as const;

function pathLines(random: Random, services: readonly string[]): string[] {
  const kind = (): string =>
    random.pick([
      "PathExists=/run/flag",
      "PathExistsGlob=/run/spool/*",
      "PathChanged=/etc/some.conf",
      "PathModified=/etc/some.conf",
      "DirectoryNotEmpty=/run/spool",
    ]);
  return [
    ...Array.from({ length: random.between(1, 2) }, kind),
    ...(services.length === 0 ? [] : [`Unit=${random.pick(services)}`]),
    ...(random.chance(0.3) ? ["MakeDirectory=yes"] : []),
    ...(random.chance(0.3) ? ["TriggerLimitIntervalSec=5\nTriggerLimitBurst=2"] : []),
  ];
}

function scopeLines(random: Random): string[] {
  return [
    "TimeoutStopSec=2",
    `KillMode=${random.pick(["control-group", "mixed"])}`,
    ...random.some(["RuntimeMaxSec=4", "SendSIGHUP=yes"], 0.3),
  ];
}

function ownLines(random: Random, name: string, names: readonly string[]): string[] {
  const services = names.filter((other) => other.endsWith(".service"));
  switch (name.slice(name.lastIndexOf(".") + 1)) {
    case "service":
      return ["[Service]", ...serviceLines(random, name)];
    case "socket":
      return ["[Socket]", ...socketLines(random, name, services)];
    case "timer":
      return ["[Timer]", ...timerLines(random, services)];
    case "path":
      return ["[Path]", ...pathLines(random, services)];
    case "mount":
      return [
        "[Mount]",
        "What=tmpfs",
        `Where=/${name.slice(0, -".mount".length)}`,
        "TimeoutSec=2",
        ...random.some(["LazyUnmount=yes", "ForceUnmount=yes", "SendSIGKILL=no"], 0.15),
      ];
    case "scope":
      return ["[Scope]", ...scopeLines(random)];
    default:
      return [];
  }
}

/**
 * The text of a random unit. A further type adds its section here, its programs and events in generate.ts, and what its laws are in
 * laws.ts.
 */
export function generateUnit(random: Random, name: string, names: readonly string[]): string {
  const unit = [...dependencies(random, name, names), ...common(random)];
  const own = ownLines(random, name, names);
  const slices = names.filter((other) => other.endsWith(".slice"));
  if (name.endsWith(".service") && slices.length > 0 && random.chance(0.3)) own.push(`Slice=${random.pick(slices)}`);
  return `${["[Unit]", ...unit, ...own].join("\n")}\n`;
}
