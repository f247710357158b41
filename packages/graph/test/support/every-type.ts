/** A unit of every type, and every directive that means a dependency. */
const bodies: Readonly<Record<string, string>> = {
  "plain.service": "[Service]\nExecStart=/bin/true",
  "bare.service": "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/true\nSlice=deep-down.slice",
  "inst@.service": "[Service]\nExecStart=/bin/true",
  "bus.service": "[Service]\nBusName=org.example.Bus\nExecStart=/bin/true",
  "named.service": "[Service]\nType=simple\nBusName=org.example.Named\nExecStart=/bin/true",
  "null.service": "[Service]\nExecStart=/bin/true\nStandardOutput=null\nStandardError=null",
  "halfnull.service": "[Service]\nExecStart=/bin/true\nStandardOutput=null",
  "errnull.service": "[Service]\nExecStart=/bin/true\nStandardError=null",
  "file.service": "[Service]\nExecStart=/bin/true\nStandardOutput=append:/var/log/x",
  "input.service": "[Service]\nExecStart=/bin/true\nStandardInput=socket",
  "ttyinput.service": "[Service]\nExecStart=/bin/true\nStandardInput=tty\nTTYPath=/dev/tty5",
  "console.service": "[Service]\nExecStart=/bin/true\nStandardOutput=journal+console",
  "tmp.service": "[Service]\nExecStart=/bin/true\nPrivateTmp=yes",
  "dynamic.service": "[Service]\nExecStart=/bin/true\nDynamicUser=yes\nStateDirectory=dyn",
  "dirs.service":
    "[Service]\nExecStart=/bin/true\nRuntimeDirectory=a b/c\nStateDirectory=st\nCacheDirectory=ca\nLogsDirectory=lo\nConfigurationDirectory=co",
  "cwd.service": "[Service]\nExecStart=/bin/true\nWorkingDirectory=/srv/work",
  "cwdmaybe.service": "[Service]\nExecStart=/bin/true\nWorkingDirectory=-/srv/maybe",
  "cwdhome.service": "[Service]\nExecStart=/bin/true\nUser=nobody\nWorkingDirectory=~",
  "root.service": "[Service]\nExecStart=/bin/true\nRootDirectory=/srv/root",
  "image.service": "[Service]\nExecStart=/bin/true\nRootImage=/srv/image.raw",
  "images.service":
    "[Service]\nExecStart=/bin/true\nMountImages=/srv/one.raw:/mnt/one\nExtensionImages=/srv/ext.raw\nBindPaths=/srv/bind",
  "devices.service":
    "[Service]\nExecStart=/bin/true\nPrivateDevices=yes\nProtectClock=yes\nPrivateUsers=yes\nPrivateNetwork=yes",
  "creds.service": "[Service]\nExecStart=/bin/true\nLoadCredential=x:/etc/x\nSetCredential=y:z",
  "log.service": "[Service]\nExecStart=/bin/true\nLogNamespace=ns",
  "pid.service": "[Service]\nType=forking\nPIDFile=/run/pid\nExecStart=/bin/true\nEnvironmentFile=/etc/env",
  "sockets.service": "[Service]\nExecStart=/bin/true\nSockets=one.socket two.socket",
  "mounts.service": "[Unit]\nRequiresMountsFor=/srv/data /data/x/y\n[Service]\nExecStart=/bin/true",
  "watch.service": "[Service]\nExecStart=/bin/true\nJoinsNamespaceOf=plain.service\nNetworkNamespacePath=/run/netns/x",
  "unit.service":
    "[Unit]\nOnFailure=plain.service\nOnSuccess=bare.service\nJoinsNamespaceOf=plain.service\nPropagatesReloadTo=plain.service\nReloadPropagatedFrom=bare.service\nPropagatesStopTo=plain.service\nStopPropagatedFrom=bare.service\nUpholds=null.service\nPartOf=plain.service\nRequisite=bare.service\nBindsTo=plain.service\nConflicts=umount.target\nBefore=other.target\nSuccessAction=exit\n[Service]\nExecStart=/bin/true",
  "one.socket": "[Socket]\nListenStream=/run/one/one.sock",
  "two.socket": "[Socket]\nListenStream=1234\nAccept=yes",
  "two@.service": "[Service]\nExecStart=/bin/true",
  "one.service": "[Service]\nExecStart=/bin/true",
  "three.socket":
    "[Socket]\nListenDatagram=@abstract\nListenFIFO=/run/fifo/x\nListenSpecial=/dev/special\nService=plain.service\nBindToDevice=eth0",
  "four.socket":
    "[Socket]\nListenSequentialPacket=/run/seq\nListenMessageQueue=/queue\nExecStartPre=/bin/true\nBindToDevice=lo",
  "four.service": "[Service]\nExecStart=/bin/true",
  "five.socket": "[Unit]\nDefaultDependencies=no\n[Socket]\nListenNetlink=route",
  "five.service": "[Service]\nExecStart=/bin/true",
  "calendar.timer": "[Timer]\nOnCalendar=daily\nPersistent=yes\nUnit=plain.service",
  "boot.timer": "[Timer]\nOnBootSec=5\nPersistent=yes",
  "boot.service": "[Service]\nExecStart=/bin/true",
  "bare.timer": "[Unit]\nDefaultDependencies=no\n[Timer]\nOnCalendar=hourly",
  "watch.path":
    "[Path]\nPathExists=/srv/a\nPathChanged=/srv/b/c\nDirectoryNotEmpty=/var/spool/x\nPathExistsGlob=/srv/*/x",
  "other.path": "[Path]\nPathModified=/etc/passwd\nUnit=other.target",
  "data.mount": "[Mount]\nWhat=/dev/sdz1\nWhere=/data\nType=ext4",
  "data-x.mount": "[Mount]\nWhat=tmpfs\nWhere=/data/x\nType=tmpfs",
  "net.mount": "[Mount]\nWhat=server:/export\nWhere=/net\nType=nfs",
  "netdev.mount": "[Mount]\nWhat=/dev/nbd0\nWhere=/netdev\nType=ext4\nOptions=_netdev,nofail",
  "bound.mount": "[Mount]\nWhat=/dev/sdy1\nWhere=/bound\nOptions=x-systemd.device-bound",
  "bind.mount": "[Mount]\nWhat=/srv/source\nWhere=/bind\nOptions=bind",
  "loop.mount": "[Mount]\nWhat=/srv/file.iso\nWhere=/loop\nOptions=loop",
  "nofail.mount": "[Mount]\nWhat=/dev/sdx1\nWhere=/nofail\nOptions=nofail,usrquota,grpquota",
  "bare.mount": "[Unit]\nDefaultDependencies=no\n[Mount]\nWhat=tmpfs\nWhere=/bare\nType=tmpfs",
  "proc-extra.mount": "[Mount]\nWhat=extra\nWhere=/proc/extra\nType=proc",
  "auto.automount": "[Automount]\nWhere=/auto",
  "auto.mount": "[Mount]\nWhat=tmpfs\nWhere=/auto\nType=tmpfs",
  "data-deep-auto.automount": "[Unit]\nDefaultDependencies=no\n[Automount]\nWhere=/data/deep/auto",
  "data-deep-auto.mount": "[Mount]\nWhat=tmpfs\nWhere=/data/deep/auto\nType=tmpfs",
  "dev-sdw1.swap": "[Swap]\nWhat=/dev/sdw1",
  "swapfile.swap": "[Swap]\nWhat=/swapfile\nOptions=nofail",
  "deep-down.slice": "",
  "bare.slice": "[Unit]\nDefaultDependencies=no",
  "sliced.service": "[Service]\nExecStart=/bin/true\nSlice=bare.slice",
  "other.target": "[Unit]\nAfter=plain.service",
  "none.target": "[Unit]\nDefaultDependencies=no\nWants=plain.service other.target",
  "before.target":
    "[Unit]\nRequires=plain.service none.target other.target\nBefore=other.target\nUpholds=named.service\nBindsTo=bus.service\nPartOf=null.service\nRequisite=file.service",
  "refused.target": "[Unit]\nOnFailure=plain.service\nTriggers=plain.service\nBefore=dev-sdz1.device",
  "disk.device": "[Unit]\nAfter=plain.service\nOnFailure=plain.service",
};

const targets = [
  "sysinit",
  "basic",
  "shutdown",
  "umount",
  "sockets",
  "timers",
  "paths",
  "local-fs",
  "local-fs-pre",
  "remote-fs",
  "remote-fs-pre",
  "network",
  "network-online",
  "time-sync",
  "time-set",
  "swap",
];

const helpers = ["systemd-remount-fs", "systemd-tmpfiles-setup", "systemd-udevd", "systemd-vconsole-setup"];

const sockets = ["systemd-journald", "dbus"];

/** Files of a tree in which everything that is mentioned exists; `all.target` wants every unit of it. */
export const everyType: Readonly<Record<string, string>> = {
  ...bodies,
  ...Object.fromEntries(targets.map((name) => [`${name}.target`, "[Unit]\nDescription=a target"])),
  ...Object.fromEntries(
    helpers.map((name) => [`${name}.service`, "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/true"]),
  ),
  ...Object.fromEntries(
    sockets.flatMap((name) => [
      [`${name}.socket`, `[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/${name}.sock`],
      [`${name}.service`, "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/true"],
    ]),
  ),
  "all.target": `[Unit]\nAllowIsolate=yes\nWants=inst@x-y.service inst@z.service\n${Object.keys(bodies)
    .filter((name) => !name.includes("@."))
    .map((name) => `Wants=${name}`)
    .join("\n")}`,
};
