/** What the manager, or whoever made the container, mounts for everybody: such mounts have no units and nobody depends on them. */
const apiMounts: ReadonlySet<string> = new Set([
  "/proc",
  "/sys",
  "/dev",
  "/sys/kernel/security",
  "/sys/fs/smackfs",
  "/dev/shm",
  "/dev/pts",
  "/run",
  "/sys/fs/cgroup",
  "/sys/fs/pstore",
  "/sys/firmware/efi/efivars",
  "/sys/fs/bpf",
  "/sys/fs/selinux",
  "/dev/console",
  "/proc/kmsg",
  "/proc/sys",
  "/proc/sys/kernel/random/boot_id",
]);

/** Whether systemd has a unit for what is mounted there, if no file describes one. */
export function hasMountUnit(where: string): boolean {
  return !apiMounts.has(where) && !where.startsWith("/sys/fs/cgroup/");
}
