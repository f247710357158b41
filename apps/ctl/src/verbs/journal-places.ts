/** Where this manager's journal is, and which boot this is. */
import { readdirSync, readFileSync } from "node:fs";
import { scopeOf } from "../bus/socket-path.ts";
import { type Options, textOption } from "../command-line.ts";

function readLine(path: string): string {
  try {
    return readFileSync(path, "latin1").trim();
  } catch {
    return "";
  }
}

/** The directories with journal files, volatile and persistent. */
export function journalDirectories(options: Options): string[] {
  const given = textOption(options, "directory");
  if (given !== undefined) return [given, ...machineDirectories(given)];
  return roots(options).flatMap(machineDirectories);
}

function roots(options: Options): string[] {
  if (scopeOf(options, process.getuid?.() ?? 0) === "system" || options.system === true) {
    return ["/run/log/journal", "/var/log/journal", "/run/steward/journal"];
  }
  const state = process.env.XDG_STATE_HOME ?? `${process.env.HOME ?? "/"}/.local/state`;
  return [`${state}/steward/journal`];
}

/** A journal's directories below a root: this machine's, or all where the machine has no id of its own. */
function machineDirectories(root: string): string[] {
  const machine = readLine("/etc/machine-id");
  try {
    const names = readdirSync(root).filter((name) => /^[0-9a-f]{32}$/.test(name));
    return (names.includes(machine) ? [machine] : names).map((name) => `${root}/${name}`);
  } catch {
    return [];
  }
}

/** This boot's id, 32 hexadecimal digits. */
export function currentBootId(): string {
  return readLine("/proc/sys/kernel/random/boot_id").replaceAll("-", "");
}
