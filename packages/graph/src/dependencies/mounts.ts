import { unitNameToPath } from "@steward/unit-file";
import type { GraphUnit } from "./graph-unit.ts";
import { word } from "./settings.ts";

/** Where a mount unit mounts. */
export function mountPoint(unit: GraphUnit): string {
  return word(unit, "Mount", "Where") ?? unitNameToPath(unit.id) ?? "/";
}

/** Whether Options= has an option, with or without a value. */
export function hasMountOption(unit: GraphUnit, option: string): boolean {
  const options = word(unit, "Mount", "Options")?.split(",") ?? [];
  return options.some((item) => item === option || item.startsWith(`${option}=`));
}

/** A mount that shows a directory elsewhere. */
export function isBindMount(unit: GraphUnit): boolean {
  return hasMountOption(unit, "bind") || hasMountOption(unit, "rbind") || word(unit, "Mount", "Type") === "bind";
}

const networkTypes = new Set([
  "afs",
  "ceph",
  "cifs",
  "davfs",
  "gfs",
  "gfs2",
  "glusterfs",
  "lustre",
  "ncp",
  "ncpfs",
  "nfs",
  "nfs4",
  "ocfs2",
  "orangefs",
  "pvfs2",
  "smb3",
  "smbfs",
  "sshfs",
]);

/** A mount that needs the network (systemd.mount(5), _netdev): ordered among the remote file systems. */
export function isNetworkMount(unit: GraphUnit): boolean {
  if (hasMountOption(unit, "_netdev")) return true;
  const type = word(unit, "Mount", "Type") ?? "";
  return networkTypes.has(type.startsWith("fuse.") ? type.slice(5) : type);
}
