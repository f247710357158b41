/** Capabilities by number (capabilities(7)). */
const names =
  "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore".split(
    " ",
  );

/** "cap_chown cap_kill" for a set of bits. */
export function capabilityNames(set: bigint): string {
  return names
    .filter((_, index) => ((set >> BigInt(index)) & 1n) === 1n)
    .map((name) => `cap_${name}`)
    .join(" ");
}

const namespaces: readonly (readonly [flag: bigint, name: string])[] = [
  [0x0200_0000n, "cgroup"],
  [0x0800_0000n, "ipc"],
  [0x4000_0000n, "net"],
  [0x0002_0000n, "mnt"],
  [0x2000_0000n, "pid"],
  [0x1000_0000n, "user"],
  [0x0400_0000n, "uts"],
];

/** RestrictNamespaces=: "no" where all are allowed, "yes" where none is, else the names of those that are. */
export function namespaceNames(allowed: bigint): string {
  const names = namespaces.filter(([flag]) => (allowed & flag) !== 0n).map(([, name]) => name);
  if (names.length === namespaces.length) return "no";
  return names.length === 0 ? "yes" : names.join(" ");
}
