import { existsSync, readlinkSync, statSync } from "node:fs";
import { readText } from "@steward/unit-tree";

/** Whether a systemd that is not steward owns this scope's runtime directory: then nothing of it is touched. */
export function foreignSystemd(
  scope: "system" | "user",
  env: Readonly<Record<string, string | undefined>>,
  uid: number,
): boolean {
  if (scope === "system") return existsSync("/run/systemd/system") && isSystemd(1) && process.ppid !== 1;
  const runtime = env.XDG_RUNTIME_DIR ?? `/run/user/${uid}`;
  return (
    existsSync(`${runtime}/systemd/private`) &&
    existsSync("/run/systemd/system") &&
    isSystemd(1) &&
    ownedBy(`${runtime}/systemd/private`, uid)
  );
}

function isSystemd(pid: number): boolean {
  try {
    if (/\/systemd$/.test(readlinkSync(`/proc/${pid}/exe`))) return true;
  } catch {
    // Not ours to read: its name has to do.
  }
  return readText(`/proc/${pid}/comm`).trim() === "systemd";
}

function ownedBy(path: string, uid: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.uid === uid;
}
