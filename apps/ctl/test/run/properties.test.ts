/** What is said with -p arrives: as properties, then as a file again, it is the same unit. */
import { type Value, Variant } from "@steward/ipc";
import {
  type BusValue,
  type LoadedUnit,
  loadUnitFromFiles,
  transientUnitText,
  type UnitType,
  unitProperties,
} from "@steward/unit-file";
import { expect, test } from "vitest";
import { propertiesOf } from "../../src/run/properties.ts";

/** A value as it comes off the wire. */
function received(value: Value): BusValue {
  if (value instanceof Variant) return received(value.value);
  if (value instanceof Uint8Array) return [...value];
  return Array.isArray(value) ? value.map(received) : (value as BusValue);
}

const shown = (unit: LoadedUnit): Map<string, BusValue> => new Map(unitProperties(unit).map((p) => [p.name, p.value]));

const service = `Type=oneshot
MemoryMax=1G
MemoryHigh=10%
CPUQuota=20%
CPUWeight=200
StartupCPUWeight=idle
TasksMax=50%
IOWeight=300
IODeviceWeight=/dev/sda 100
DeviceAllow=/dev/null rw
DevicePolicy=closed
Delegate=yes
Delegate=cpu memory
Environment=A=1
Environment="B=x %h" C=d
PassEnvironment=LANG TZ
UnsetEnvironment=X
EnvironmentFile=-/etc/default/x
WorkingDirectory=-/srv
WorkingDirectory=~
RootDirectory=/srv/root
User=daemon
Group=daemon
SupplementaryGroups=tty disk
Nice=5
OOMScoreAdjust=100
UMask=077
LimitNOFILE=100:200
LimitCPU=infinity
LimitCORE=0
CPUAffinity=0 1
CPUSchedulingPolicy=rr
CPUSchedulingPriority=5
CPUSchedulingResetOnFork=yes
IOSchedulingClass=idle
IOSchedulingPriority=7
NUMAPolicy=bind
NUMAMask=0
TimerSlackNSec=5ms
SecureBits=keep-caps
CapabilityBoundingSet=CAP_CHOWN CAP_KILL
CapabilityBoundingSet=~CAP_CHOWN
AmbientCapabilities=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
SystemCallFilter=read write
SystemCallFilter=~mount
SystemCallErrorNumber=EPERM
SystemCallArchitectures=native
RestrictAddressFamilies=AF_INET AF_UNIX
RestrictAddressFamilies=~AF_PACKET
RestrictNamespaces=yes
RestrictNamespaces=ipc net
Personality=x86
ProtectSystem=strict
ProtectHome=read-only
ProtectProc=invisible
PrivateTmp=yes
PrivateDevices=yes
ReadWritePaths=/tmp "/a b"
InaccessiblePaths=-/x
BindPaths=/a:/b
BindReadOnlyPaths=-/c
TemporaryFileSystem=/run:ro
MountFlags=slave
RuntimeDirectory=a b/c
RuntimeDirectoryMode=700
RuntimeDirectoryPreserve=restart
StateDirectory=s
LogsDirectory=l
StandardInput=null
StandardInputText=hello %% there
StandardInputData=aGVsbG8=
StandardInput=file:/tmp/i
StandardOutput=file:/tmp/o
StandardOutput=append:/tmp/o
StandardError=truncate:/tmp/o
StandardError=inherit
StandardOutput=journal+console
TTYPath=/dev/tty3
TTYReset=yes
SyslogIdentifier=me
SyslogLevel=debug
SyslogFacility=local3
SyslogLevelPrefix=no
LogLevelMax=warning
LogExtraFields=A=b C=d
LogRateLimitIntervalSec=5
LogRateLimitBurst=7
KillMode=mixed
KillSignal=SIGINT
SendSIGHUP=yes
SendSIGKILL=no
FinalKillSignal=SIGABRT
TimeoutStartSec=5
TimeoutStopSec=infinity
TimeoutAbortSec=3
RuntimeMaxSec=1h
RestartSec=7
Restart=on-failure
SuccessExitStatus=7 SIGUSR1
RestartPreventExitStatus=1
RestartForceExitStatus=SIGHUP
RemainAfterExit=yes
WatchdogSec=9
NotifyAccess=all
PIDFile=/run/x.pid
BusName=a.b
GuessMainPID=no
OOMPolicy=kill
ExitType=cgroup
FileDescriptorStoreMax=5
IgnoreSIGPIPE=no
IPAddressDeny=any
IPAddressAllow=10.0.0.0/8 ::1/128
SocketBindAllow=tcp:80
SetCredential=a:b
LoadCredential=a:/x
CPUAccounting=yes
MemoryAccounting=yes
Slice=a-b.slice
PrivateUsers=yes
DynamicUser=yes
PAMName=login
UtmpIdentifier=x
UtmpMode=user
SELinuxContext=-a:b
AppArmorProfile=x
LockPersonality=yes
MemoryDenyWriteExecute=yes
ExecSearchPath=/a:/b
ExecStartPre=-/bin/false 1
ExecReload=+/bin/kill -HUP $MAINPID
CoredumpFilter=private-anonymous
Description=50%% off
Documentation=man:x(1)
CollectMode=inactive-or-failed
ConditionPathExists=!/x
AssertHost=|y
StartLimitIntervalSec=5
StartLimitBurst=9
StartLimitAction=reboot
FailureAction=exit
SuccessActionExitStatus=9
OnFailureJobMode=fail
JobTimeoutSec=7
JobRunningTimeoutSec=8
DefaultDependencies=no
StopWhenUnneeded=yes
RefuseManualStop=yes
AllowIsolate=yes
IgnoreOnIsolate=yes
RequiresMountsFor=/a /b`;

const others: Readonly<Record<string, string>> = {
  timer: `OnActiveSec=1min 40s
OnCalendar=Mon *-*-* 00:00:00
OnBootSec=5
OnUnitActiveSec=1h
AccuracySec=10ms
RandomizedDelaySec=3
FixedRandomDelay=yes
Persistent=yes
OnClockChange=yes
OnTimezoneChange=yes
WakeSystem=yes
RemainAfterElapse=no
Unit=x.service`,
  path: `PathExists=/a
PathChanged=/b
DirectoryNotEmpty=/c d
MakeDirectory=yes
DirectoryMode=700
TriggerLimitIntervalSec=3
TriggerLimitBurst=4
Unit=x.service`,
  socket: `ListenStream=/run/x.sock
ListenStream=127.0.0.1:80
ListenDatagram=[::1]:53
ListenFIFO=/run/f
ListenNetlink=route 7
Accept=yes
MaxConnections=3
SocketMode=600
SocketUser=daemon
BindIPv6Only=both
Backlog=7
KeepAlive=yes
KeepAliveTimeSec=5
NoDelay=yes
Mark=3
ReceiveBuffer=4K
PassCredentials=yes
Symlinks=/run/y
RemoveOnStop=yes
FileDescriptorName=name
TriggerLimitBurst=3
FlushPending=yes
Timestamping=us
IPTOS=low-delay
IPTTL=7
ReusePort=yes
SocketProtocol=sctp`,
  scope: `RuntimeMaxSec=5
TimeoutStopSec=3
KillMode=mixed
SendSIGHUP=yes
MemoryMax=1G
Delegate=yes
OOMPolicy=continue
Slice=a.slice`,
  slice: "CPUWeight=50\nMemoryMax=5%\nTasksMax=7",
};

const rows = Object.entries({ service, ...others }).flatMap(([type, lines]) =>
  lines.split("\n").map((assignment) => [type as UnitType, assignment] as const),
);

const load = (type: UnitType, section: string, lines: string): LoadedUnit => {
  const main = type === "service" ? "[Service]\nExecStart=/bin/true\n" : "";
  return loadUnitFromFiles(`x.${type}`, [{ path: "x", text: `${main}[${section}]\n${lines}\n` }]);
};
const complaints = (unit: LoadedUnit) => unit.diagnostics.filter(({ line }) => line > 0);

test.each(rows)("%s %s", (type, assignment) => {
  const said = propertiesOf(type, [assignment]);
  const { text, unsupported } = transientUnitText(
    type,
    said.map(([name, value]) => ({ name, value: received(value) })),
  );
  expect(unsupported).toEqual([]);
  const main = type === "service" ? "[Service]\nExecStart=/bin/true\n" : "";
  const again = loadUnitFromFiles(`x.${type}`, [{ path: "x", text: main + text }]);
  expect(complaints(again)).toEqual([]);
  // Specifiers are taken literally: the same words in a file, with each percent sign doubled where one would be resolved.
  const statement = /%[ h]/.test(assignment) ? assignment.replaceAll("%", "%%") : assignment;
  const inUnit = load(type, "Unit", statement);
  const own = load(type, type.charAt(0).toUpperCase() + type.slice(1), statement);
  const direct = complaints(inUnit).some(({ message }) => /Unknown/.test(message)) ? own : inUnit;
  expect(shown(again)).toEqual(shown(direct));
  expect(again.settings.Unit.RequiresMountsFor).toEqual(direct.settings.Unit.RequiresMountsFor);
  expect(again.dependencies.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
    direct.dependencies.map(({ kind, name }) => `${kind} ${name}`),
  );
  const commands = (unit: LoadedUnit) =>
    unit.type === "service"
      ? [unit.settings.Service.ExecStartPre, unit.settings.Service.ExecReload]
          .flat()
          .map(({ origin: _, ...rest }) => rest)
      : [];
  expect(commands(again)).toEqual(commands(direct));
});
