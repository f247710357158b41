import type { LoadedUnit } from "@steward/unit-file";
/** Why a unit of systemd's own is not run as its file says. */
export interface BuiltinUnit {
  /** `served`: steward does its work, so it shows as active. `skipped`: no container can do it, so it shows as active and does nothing. */
  readonly kind: "served" | "skipped";
  readonly reason: string;
}

const journal = "steward's own journal process does this";
const devices = "device events come from the host's udev; a container has none";
const kernel = "belongs to the kernel that the host runs";
const bootloader = "belongs to the machine's boot, which steward does not do";
const logind = "needs seats and a system bus that was started by systemd";

const served = (reason: string): BuiltinUnit => ({ kind: "served", reason });
const skipped = (reason: string): BuiltinUnit => ({ kind: "skipped", reason });

/**
 * Units whose work steward does itself, or that no container can run. They load, show as active, and are never executed.
 * Whatever is not listed here runs as its file says, guarded by its own Condition lines.
 */
export const builtinUnits: Readonly<Record<string, BuiltinUnit>> = {
  "systemd-journald.service": served(journal),
  "systemd-journald.socket": served(journal),
  "systemd-journald-dev-log.socket": served(journal),
  "systemd-journald-audit.socket": served("audit messages belong to the host"),
  "systemd-journal-flush.service": served(journal),
  "syslog.socket": served("a syslog daemon reads the journal or binds /dev/log itself"),
  "systemd-initctl.socket": served("telinit is not spoken"),
  "systemd-udevd.service": skipped(devices),
  "systemd-udevd-control.socket": skipped(devices),
  "systemd-udevd-kernel.socket": skipped(devices),
  "systemd-udev-trigger.service": skipped(devices),
  "systemd-udev-settle.service": skipped(devices),
  "systemd-hwdb-update.service": skipped(devices),
  "systemd-modules-load.service": skipped(kernel),
  "systemd-sysctl.service": skipped(kernel),
  "systemd-binfmt.service": skipped(kernel),
  "kmod-static-nodes.service": skipped(kernel),
  "systemd-remount-fs.service": skipped("the file systems were mounted by whoever made the container"),
  "systemd-random-seed.service": skipped(kernel),
  "systemd-boot-system-token.service": skipped(bootloader),
  "systemd-pcrphase.service": skipped(bootloader),
  "systemd-pcrphase-sysinit.service": skipped(bootloader),
  "systemd-machine-id-commit.service": skipped("the machine id is made at start, for this run"),
  "systemd-firstboot.service": skipped(bootloader),
  "systemd-ask-password-console.path": skipped("nobody sits at a console"),
  "systemd-ask-password-wall.path": skipped("nobody sits at a console"),
  "systemd-logind.service": skipped(logind),
  "systemd-user-sessions.service": skipped(logind),
  "console-getty.service": skipped("no login prompts in a container"),
  "systemd-update-utmp.service": skipped("records the machine's boots in utmp"),
  "systemd-update-utmp-runlevel.service": skipped("records the machine's boots in utmp"),
  "dev-hugepages.mount": skipped(kernel),
  "dev-mqueue.mount": skipped(kernel),
  "sys-kernel-debug.mount": skipped(kernel),
  "sys-kernel-tracing.mount": skipped(kernel),
  "sys-kernel-config.mount": skipped(kernel),
  "sys-fs-fuse-connections.mount": skipped(kernel),
  "proc-sys-fs-binfmt_misc.automount": skipped(kernel),
  "systemd-repart.service": skipped(bootloader),
  "systemd-networkd.service": skipped("the network belongs to whoever made the container"),
  "systemd-networkd.socket": skipped("the network belongs to whoever made the container"),
  "systemd-networkd-wait-online.service": skipped("the network belongs to whoever made the container"),
  "systemd-resolved.service": skipped("the network belongs to whoever made the container"),
  "systemd-timesyncd.service": skipped("the clock belongs to the host"),
};

/** What early boot pulls in: on a machine that another init has booted, its work is done, and doing it again can destroy (tmpfiles empties /tmp). */
const bootTargets = [
  "sysinit.target",
  "local-fs.target",
  "local-fs-pre.target",
  "swap.target",
  "cryptsetup.target",
  "basic.target",
];

/** Units that are not run as their files say, with the reason: the table, and beside another init whatever early boot consists of. */
export function builtinReasons(options: {
  readonly bootedElsewhere: boolean;
  readonly dependencies: (target: string) => Iterable<string>;
}): Readonly<Record<string, string>> {
  const reasons: Record<string, string> = {};
  if (options.bootedElsewhere)
    for (const target of bootTargets)
      for (const name of options.dependencies(target))
        if (!name.endsWith(".target") && !name.endsWith(".slice"))
          reasons[name] = "the machine was booted by its own init, which has done this";
  for (const [name, { reason }] of Object.entries(builtinUnits)) reasons[name] = reason;
  return reasons;
}

/** Targets by which a machine starts its own timers, paths and sockets. basic.target pulls them in. */
const bootWants: ReadonlySet<string> = new Set(["timers.target", "paths.target", "sockets.target"]);

/**
 * Beside another init what is enabled for the machine's boot is that init's to start, as enabled services are: no timer cleans its /tmp, no socket of its
 * own is opened a second time. Who starts such a unit by name gets it.
 */
export function withoutBootWants(unit: LoadedUnit): LoadedUnit {
  if (!bootWants.has(unit.id)) return unit;
  return { ...unit, dependencies: unit.dependencies.filter(({ kind }) => kind !== "Wants") };
}
