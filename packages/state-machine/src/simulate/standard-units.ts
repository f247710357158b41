const bare = "[Unit]\nDefaultDependencies=no\n";
const named = (description: string, more = ""): string => `[Unit]\nDescription=${description}\n${more}`;

/**
 * What systemd brings and every machine has (systemd.special(7)), in its shortest form: for simulated machines whose files bring none.
 */
export const standardUnits: Readonly<Record<string, string>> = {
  "-.slice": `${bare}Description=Root Slice\n`,
  "system.slice": `${bare}Description=System Slice\nBefore=slices.target\n`,
  "init.scope": `${bare}Description=System and Service Manager\n`,
  "sysinit.target": `${bare}Description=System Initialization\n`,
  "basic.target": named("Basic System", "Requires=sysinit.target\nAfter=sysinit.target\n"),
  "multi-user.target": named("Multi-User System", "Requires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n"),
  "graphical.target": named(
    "Graphical Interface",
    "Requires=multi-user.target\nAfter=multi-user.target\nAllowIsolate=yes\n",
  ),
  "default.target": named(
    "Multi-User System",
    "Requires=multi-user.target\nAfter=multi-user.target\nAllowIsolate=yes\n",
  ),
  "shutdown.target": `${bare}Description=System Shutdown\nRefuseManualStart=yes\n`,
  "umount.target": `${bare}Description=Unmount All Filesystems\nRefuseManualStart=yes\n`,
  "final.target": `${bare}Description=Late Shutdown Services\nRefuseManualStart=yes\n`,
  "slices.target": `${bare}Description=Slice Units\n`,
  "sockets.target": named("Socket Units"),
  "timers.target": `${bare}Description=Timer Units\nConflicts=shutdown.target\n`,
  "paths.target": `${bare}Description=Path Units\nConflicts=shutdown.target\n`,
  "local-fs.target": `${bare}Description=Local File Systems\n`,
  "network.target": named("Network"),
  "network-online.target": named("Network is Online"),
  "time-set.target": named("System Time Set"),
  "time-sync.target": named("System Time Synchronized"),
};
