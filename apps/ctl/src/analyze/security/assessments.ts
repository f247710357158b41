/**
 * What `systemd-analyze security` looks at (systemd-analyze(1), "security"): one row each, with its weight in the overall exposure and what it
 * says. Fields, weights and words are systemd 252's; test-fixtures/compare/security.ts compares them with it, unit by unit.
 */
import { allCapabilities, allNamespaces, capabilityNames, namespaceFlags } from "@steward/unit-file";
import { assessSyscallSet } from "./assess-syscalls.ts";
import { deniesAllAddresses, isLocalhost, runsAsRoot, type SecurityFacts } from "./facts.ts";

/** How bad it is, out of the row's range; undefined where the question does not arise. */
export interface Assessment {
  readonly badness: number | undefined;
  /** What to say, where that is more than the row's own words; "" says nothing. */
  readonly text?: string;
}

export interface Row {
  /** The identifier of --security-policy= and JSON. */
  readonly field: string;
  readonly name: string;
  readonly weight: number;
  readonly range: number;
  readonly good?: string;
  readonly bad?: string;
  /** What to say where the question does not arise. */
  readonly notApplicable?: string;
  /** Hides files, which early boot may need. */
  readonly notEarly?: boolean;
  readonly assess: (facts: SecurityFacts) => Assessment;
}

const isBad = (bad: boolean): Assessment => ({ badness: bad ? 1 : 0 });

/** A directive that protects when it is on. */
function flag(name: keyof SecurityFacts & string, weight: number, good: string, bad: string, notEarly = false): Row {
  return { field: name, name: `${name}=`, weight, range: 1, good, bad, notEarly, assess: (f) => isBad(!f[name]) };
}

const bit = (name: string): bigint => 1n << BigInt((capabilityNames as readonly string[]).indexOf(name));

/** Capabilities that had better be given up. */
function capabilities(pattern: string, field: string, weight: number, names: string, good: string, bad: string): Row {
  const mask = names.split(" ").reduce((sum, name) => sum | bit(`cap_${name}`), 0n);
  return {
    field: `CapabilityBoundingSet_CAP_${field}`,
    name: `CapabilityBoundingSet=~CAP_${pattern}`,
    weight,
    range: 1,
    good,
    bad,
    assess: (f) => isBad((f.CapabilityBoundingSet & allCapabilities & mask) !== 0n),
  };
}

function namespace(type: string, what: string, weight: number): Row {
  const isAllowed = (f: SecurityFacts): boolean =>
    ((f.RestrictNamespaces ?? allNamespaces) & (namespaceFlags[type] ?? 0n)) !== 0n;
  return {
    field: `RestrictNamespaces_${type}`,
    name: `RestrictNamespaces=~${type}`,
    weight,
    range: 1,
    good: `Service cannot create ${what} namespaces`,
    bad: `Service may create ${what} namespaces`,
    assess: (f) => isBad(isAllowed(f)),
  };
}

/** Families: bad while an allow list has one of them, or a deny list has none. */
function families(
  pattern: string,
  field: string,
  weight: number,
  isOne: (family: string) => boolean,
  what: string,
): Row {
  return {
    field: `RestrictAddressFamilies_${field}`,
    name: `RestrictAddressFamilies=~${pattern}`,
    weight,
    range: 1,
    good: `Service cannot allocate ${what} sockets`,
    bad: `Service may allocate ${what} sockets`,
    assess: ({ RestrictAddressFamilies: filter }) =>
      isBad(filter === undefined || filter.names.some(isOne) === filter.allowList),
  };
}

function syscalls(set: string, weight: number): Row {
  return {
    field: `SystemCallFilter_${set.replaceAll("-", "_")}`,
    name: `SystemCallFilter=~@${set}`,
    weight,
    range: 10,
    assess: (f) => assessSyscallSet(f.SystemCallFilter, `@${set}`),
  };
}

/** Words by what is set; what is not in the table is as bad as can be and has nothing said of it. */
function byValue(
  name: keyof SecurityFacts & string,
  weight: number,
  range: number,
  table: { readonly [value: string]: readonly [badness: number, text: string] },
  notEarly = false,
): Row {
  return {
    field: name,
    name: `${name}=`,
    weight,
    range,
    notEarly,
    assess: (f) => {
      const [badness, text] = table[String(f[name])] ?? [range, ""];
      return { badness, text };
    },
  };
}

const known = ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"];

export const rows: readonly Row[] = [
  {
    field: "UserOrDynamicUser",
    name: "User=/DynamicUser=",
    weight: 2000,
    range: 10,
    bad: "Service runs as root user",
    assess: assessUser,
  },
  {
    field: "SupplementaryGroups",
    name: "SupplementaryGroups=",
    weight: 200,
    range: 1,
    good: "Service has no supplementary groups",
    bad: "Service runs with supplementary groups",
    notApplicable: "Service runs as root, option does not matter",
    assess: (f) => (runsAsRoot(f) ? { badness: undefined } : isBad(f.SupplementaryGroups.length > 0)),
  },
  flag("PrivateMounts", 1000, "Service cannot install system mounts", "Service may install system mounts"),
  flag(
    "PrivateDevices",
    1000,
    "Service has no access to hardware devices",
    "Service potentially has access to hardware devices",
  ),
  flag(
    "PrivateTmp",
    1000,
    "Service has no access to other software's temporary files",
    "Service has access to other software's temporary files",
    true,
  ),
  flag(
    "PrivateNetwork",
    2500,
    "Service has no access to the host's network",
    "Service has access to the host's network",
  ),
  flag("PrivateUsers", 1000, "Service does not have access to other users", "Service has access to other users"),
  flag(
    "ProtectControlGroups",
    1000,
    "Service cannot modify the control group file system",
    "Service may modify the control group file system",
  ),
  flag(
    "ProtectKernelModules",
    1000,
    "Service cannot load or read kernel modules",
    "Service may load or read kernel modules",
  ),
  flag(
    "ProtectKernelTunables",
    1000,
    "Service cannot alter kernel tunables (/proc/sys, …)",
    "Service may alter kernel tunables",
  ),
  flag(
    "ProtectKernelLogs",
    1000,
    "Service cannot read from or write to the kernel log ring buffer",
    "Service may read from or write to the kernel log ring buffer",
  ),
  flag(
    "ProtectClock",
    1000,
    "Service cannot write to the hardware clock or system clock",
    "Service may write to the hardware clock or system clock",
  ),
  byValue(
    "ProtectHome",
    1000,
    10,
    {
      no: [10, "Service has full access to home directories"],
      yes: [0, "Service has no access to home directories"],
      "read-only": [5, "Service has read-only access to home directories"],
      tmpfs: [1, "Service has access to fake empty home directories"],
    },
    true,
  ),
  flag(
    "ProtectHostname",
    50,
    "Service cannot change system host/domainname",
    "Service may change system host/domainname",
  ),
  byValue(
    "ProtectSystem",
    1000,
    10,
    {
      no: [10, "Service has full access to the OS file hierarchy"],
      strict: [0, "Service has strict read-only access to the OS file hierarchy"],
      full: [3, "Service has very limited write access to the OS file hierarchy"],
      yes: [5, "Service has limited write access to the OS file hierarchy"],
    },
    true,
  ),
  {
    field: "RootDirectoryOrRootImage",
    name: "RootDirectory=/RootImage=",
    weight: 200,
    range: 1,
    good: "Service has its own root directory/image",
    bad: "Service runs within the host's root directory",
    notEarly: true,
    assess: (f) => isBad(isRoot(f.RootDirectory) && isRoot(f.RootImage)),
  },
  flag("LockPersonality", 100, "Service cannot change ABI personality", "Service may change ABI personality"),
  flag(
    "MemoryDenyWriteExecute",
    100,
    "Service cannot create writable executable memory mappings",
    "Service may create writable executable memory mappings",
  ),
  flag(
    "NoNewPrivileges",
    1000,
    "Service processes cannot acquire new privileges",
    "Service processes may acquire new privileges",
  ),
  capabilities(
    "SYS_ADMIN",
    "SYS_ADMIN",
    1500,
    "sys_admin",
    "Service has no administrator privileges",
    "Service has administrator privileges",
  ),
  capabilities(
    "SET(UID|GID|PCAP)",
    "SET_UID_GID_PCAP",
    1500,
    "setuid setgid setpcap",
    "Service cannot change UID/GID identities/capabilities",
    "Service may change UID/GID identities/capabilities",
  ),
  capabilities(
    "SYS_PTRACE",
    "SYS_PTRACE",
    1500,
    "sys_ptrace",
    "Service has no ptrace() debugging abilities",
    "Service has ptrace() debugging abilities",
  ),
  capabilities(
    "SYS_TIME",
    "SYS_TIME",
    1000,
    "sys_time",
    "Service processes cannot change the system clock",
    "Service processes may change the system clock",
  ),
  capabilities(
    "NET_ADMIN",
    "NET_ADMIN",
    1000,
    "net_admin",
    "Service has no network configuration privileges",
    "Service has network configuration privileges",
  ),
  capabilities(
    "SYS_RAWIO",
    "SYS_RAWIO",
    1000,
    "sys_rawio",
    "Service has no raw I/O access",
    "Service has raw I/O access",
  ),
  capabilities(
    "SYS_MODULE",
    "SYS_MODULE",
    1000,
    "sys_module",
    "Service cannot load kernel modules",
    "Service may load kernel modules",
  ),
  capabilities(
    "AUDIT_*",
    "AUDIT",
    500,
    "audit_control audit_read audit_write",
    "Service has no audit subsystem access",
    "Service has audit subsystem access",
  ),
  capabilities(
    "SYSLOG",
    "SYSLOG",
    500,
    "syslog",
    "Service has no access to kernel logging",
    "Service has access to kernel logging",
  ),
  capabilities(
    "SYS_(NICE|RESOURCE)",
    "SYS_NICE_RESOURCE",
    500,
    "sys_nice sys_resource",
    "Service has no privileges to change resource use parameters",
    "Service has privileges to change resource use parameters",
  ),
  capabilities("MKNOD", "MKNOD", 500, "mknod", "Service cannot create device nodes", "Service may create device nodes"),
  capabilities(
    "(CHOWN|FSETID|SETFCAP)",
    "CHOWN_FSETID_SETFCAP",
    1000,
    "chown fsetid setfcap",
    "Service cannot change file ownership/access mode/capabilities",
    "Service may change file ownership/access mode/capabilities unrestricted",
  ),
  capabilities(
    "(DAC_*|FOWNER|IPC_OWNER)",
    "DAC_FOWNER_IPC_OWNER",
    1000,
    "dac_override dac_read_search fowner ipc_owner",
    "Service cannot override UNIX file/IPC permission checks",
    "Service may override UNIX file/IPC permission checks",
  ),
  capabilities(
    "KILL",
    "KILL",
    500,
    "kill",
    "Service cannot send UNIX signals to arbitrary processes",
    "Service may send UNIX signals to arbitrary processes",
  ),
  capabilities(
    "NET_(BIND_SERVICE|BROADCAST|RAW)",
    // The parenthesis is systemd's.
    "NET_BIND_SERVICE_BROADCAST_RAW)",
    500,
    "net_bind_service net_broadcast net_raw",
    "Service has no elevated networking privileges",
    "Service has elevated networking privileges",
  ),
  capabilities("SYS_BOOT", "SYS_BOOT", 100, "sys_boot", "Service cannot issue reboot()", "Service may issue reboot()"),
  capabilities(
    "MAC_*",
    "MAC",
    100,
    "mac_admin mac_override",
    "Service cannot adjust SMACK MAC",
    "Service may adjust SMACK MAC",
  ),
  capabilities(
    "LINUX_IMMUTABLE",
    "LINUX_IMMUTABLE",
    75,
    "linux_immutable",
    "Service cannot mark files immutable",
    "Service may mark files immutable",
  ),
  capabilities(
    "IPC_LOCK",
    "IPC_LOCK",
    50,
    "ipc_lock",
    "Service cannot lock memory into RAM",
    "Service may lock memory into RAM",
  ),
  capabilities(
    "SYS_CHROOT",
    "SYS_CHROOT",
    50,
    "sys_chroot",
    "Service cannot issue chroot()",
    "Service may issue chroot()",
  ),
  capabilities(
    "BLOCK_SUSPEND",
    "BLOCK_SUSPEND",
    25,
    "block_suspend",
    "Service cannot establish wake locks",
    "Service may establish wake locks",
  ),
  capabilities(
    "WAKE_ALARM",
    "WAKE_ALARM",
    25,
    "wake_alarm",
    "Service cannot program timers that wake up the system",
    "Service may program timers that wake up the system",
  ),
  capabilities("LEASE", "LEASE", 25, "lease", "Service cannot create file leases", "Service may create file leases"),
  capabilities(
    "SYS_TTY_CONFIG",
    "SYS_TTY_CONFIG",
    25,
    "sys_tty_config",
    "Service cannot issue vhangup()",
    "Service may issue vhangup()",
  ),
  capabilities("BPF", "BPF", 25, "bpf", "Service may not load BPF programs", "Service may load BPF programs"),
  capabilities("SYS_PACCT", "SYS_PACCT", 25, "sys_pacct", "Service cannot use acct()", "Service may use acct()"),
  { field: "UMask", name: "UMask=", weight: 100, range: 10, assess: assessUmask },
  {
    field: "KeyringMode",
    name: "KeyringMode=",
    weight: 1000,
    range: 1,
    good: "Service doesn't share key material with other services",
    bad: "Service shares key material with other service",
    assess: (f) => isBad(f.KeyringMode !== "private"),
  },
  byValue("ProtectProc", 1000, 3, {
    default: [3, "Service has full access to process tree (/proc hidepid=)"],
    ptraceable: [0, "Service has restricted access to process tree (/proc hidepid=)"],
    invisible: [0, "Service has restricted access to process tree (/proc hidepid=)"],
    // systemd says nothing of it, and counts it as bad.
    noaccess: [1, ""],
  }),
  byValue("ProcSubset", 10, 1, {
    all: [1, "Service has full access to non-process /proc files (/proc subset=)"],
    pid: [0, "Service has no access to non-process /proc files (/proc subset=)"],
  }),
  {
    field: "NotifyAccess",
    name: "NotifyAccess=",
    weight: 1000,
    range: 1,
    good: "Service child processes cannot alter service state",
    bad: "Service child processes may alter service state",
    assess: (f) => isBad(f.NotifyAccess === "all"),
  },
  {
    field: "RemoveIPC",
    name: "RemoveIPC=",
    weight: 100,
    range: 1,
    good: "Service user cannot leave SysV IPC objects around",
    bad: "Service user may leave SysV IPC objects around",
    notApplicable: "Service runs as root, option does not apply",
    assess: (f) => (runsAsRoot(f) ? { badness: undefined } : isBad(!f.RemoveIPC)),
  },
  {
    field: "Delegate",
    name: "Delegate=",
    weight: 100,
    range: 1,
    good: "Service does not maintain its own delegated control group subtree",
    bad: "Service maintains its own delegated control group subtree",
    assess: (f) => isBad(f.Delegate.on),
  },
  flag(
    "RestrictRealtime",
    500,
    "Service realtime scheduling access is restricted",
    "Service may acquire realtime scheduling",
  ),
  flag(
    "RestrictSUIDSGID",
    1000,
    "SUID/SGID file creation by service is restricted",
    "Service may create SUID/SGID files",
  ),
  namespace("user", "user", 1500),
  namespace("mnt", "file system", 500),
  namespace("ipc", "IPC", 500),
  namespace("pid", "process", 500),
  namespace("cgroup", "cgroup", 500),
  namespace("net", "network", 500),
  namespace("uts", "hostname", 100),
  families("AF_(INET|INET6)", "AF_INET_INET6", 1500, (family) => /^AF_INET6?$/.test(family), "Internet"),
  families("AF_UNIX", "AF_UNIX", 25, (family) => family === "AF_UNIX", "local"),
  families("AF_NETLINK", "AF_NETLINK", 200, (family) => family === "AF_NETLINK", "netlink"),
  families("AF_PACKET", "AF_PACKET", 1000, (family) => family === "AF_PACKET", "packet"),
  families("…", "OTHER", 1250, (family) => !known.includes(family), "exotic"),
  {
    field: "SystemCallArchitectures",
    name: "SystemCallArchitectures=",
    weight: 1000,
    range: 10,
    assess: assessArchitectures,
  },
  syscalls("swap", 1000),
  syscalls("obsolete", 250),
  syscalls("privileged", 700),
  syscalls("clock", 1000),
  syscalls("cpu-emulation", 250),
  syscalls("debug", 1000),
  syscalls("mount", 1000),
  syscalls("module", 1000),
  syscalls("raw-io", 1000),
  syscalls("reboot", 1000),
  syscalls("resources", 700),
  { field: "IPAddressDeny", name: "IPAddressDeny=", weight: 1000, range: 10, assess: assessAddresses },
  { field: "DeviceAllow", name: "DeviceAllow=", weight: 1000, range: 10, assess: assessDevices },
  {
    field: "AmbientCapabilities",
    name: "AmbientCapabilities=",
    weight: 500,
    range: 1,
    good: "Service process does not receive ambient capabilities",
    bad: "Service process receives ambient capabilities",
    assess: (f) => isBad(f.AmbientCapabilities !== 0n),
  },
];

function isRoot(path: string): boolean {
  return /^\/*$/.test(path);
}

function assessUser(facts: SecurityFacts): Assessment {
  if (facts.User === "nobody")
    return { badness: 9, text: "Service runs under as 'nobody' user, which should not be used for services" };
  if (runsAsRoot(facts)) return { badness: 10 };
  const how = facts.DynamicUser ? "transient" : "static";
  return { badness: 0, text: `Service runs under a ${how} non-root user identity` };
}

function assessUmask({ UMask }: SecurityFacts): Assessment {
  const by = "Files created by service are";
  if ((UMask & 0o002) === 0) return { badness: 10, text: `${by} world-writable by default` };
  if ((UMask & 0o004) === 0) return { badness: 5, text: `${by} world-readable by default` };
  if ((UMask & 0o020) === 0) return { badness: 2, text: `${by} group-writable by default` };
  if ((UMask & 0o040) === 0) return { badness: 1, text: `${by} group-readable by default` };
  return { badness: 0, text: `${by} accessible only by service's own user by default` };
}

function assessArchitectures({ SystemCallArchitectures: names }: SecurityFacts): Assessment {
  if (names.length === 0) return { badness: 10, text: "Service may execute system calls with all ABIs" };
  if (names.length === 1 && names[0] === "native")
    return { badness: 0, text: "Service may execute system calls only with native ABI" };
  return { badness: 8, text: "Service may execute system calls with multiple ABIs" };
}

function assessAddresses(facts: SecurityFacts): Assessment {
  if (facts.IPIngressFilterPath.length > 0 || facts.IPEgressFilterPath.length > 0)
    return { badness: 0, text: "Service defines custom ingress/egress IP filters with BPF programs" };
  if (!deniesAllAddresses(facts)) return { badness: 10, text: "Service does not define an IP address allow list" };
  const { IPAddressAllow: allowed } = facts;
  if (allowed.length === 0) return { badness: 0, text: "Service blocks all IP address ranges" };
  if (allowed.every(isLocalhost))
    return { badness: 2, text: "Service defines IP address allow list with only localhost entries" };
  return { badness: 5, text: "Service defines IP address allow list with non-localhost entries" };
}

function assessDevices({ DevicePolicy, DeviceAllow, PrivateDevices }: SecurityFacts): Assessment {
  // systemd.exec(5), PrivateDevices=: it implies DevicePolicy=closed.
  if (DevicePolicy === "auto" && !PrivateDevices) return { badness: 10, text: "Service has no device ACL" };
  if (DeviceAllow.length === 0) return { badness: 0, text: "Service has a minimal device ACL" };
  const devices = DeviceAllow.map(({ path, access }) => `${path}:${access}`).join(" ");
  return { badness: 5, text: `Service has a device ACL with some special devices: ${devices}` };
}
