import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readText } from "./conditions/facts.ts";

const valid = /^[0-9a-f]{32}$/;

/**
 * The machine's id (machine-id(5)). Where there is none it is made at start and lives in /run; for the system it is
 * written to /etc/machine-id as well where that can be done, because journalctl looks for its directory by it.
 */
export function machineId(options: { readonly scope: "system" | "user"; readonly stateDirectory: string }): string {
  for (const path of ["/etc/machine-id", "/run/machine-id", `${options.stateDirectory}/machine-id`, "/var/lib/dbus/machine-id"]) {
    const text = readText(path).trim();
    if (valid.test(text)) return text;
  }
  const made = randomBytes(16);
  made[6] = ((made[6] as number) & 0x0f) | 0x40;
  made[8] = ((made[8] as number) & 0x3f) | 0x80;
  const id = made.toString("hex");
  const places = options.scope === "system" ? ["/run/machine-id", "/etc/machine-id"] : [`${options.stateDirectory}/machine-id`];
  for (const path of places) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${id}\n`, { mode: 0o444 });
    } catch {
      // A read-only place: the id still serves this run.
    }
  }
  return id;
}

/** This boot's id without dashes, as the journal writes it. */
export function bootId(): string {
  return readText("/proc/sys/kernel/random/boot_id").trim().replaceAll("-", "");
}
