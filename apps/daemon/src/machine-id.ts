import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readText } from "@steward/unit-tree";

const valid = /^[0-9a-f]{32}$/;

/**
 * The machine's id (machine-id(5)). Where there is none it is made at start and lives in /run; for the system it is
 * written to /etc/machine-id as well where that can be done, because journalctl looks for its directory by it.
 */
export function machineId(options: { readonly scope: "system" | "user"; readonly stateDirectory: string }): string {
  const own = readText("/etc/machine-id").trim();
  if (valid.test(own)) return own;
  const elsewhere = ["/run/machine-id", `${options.stateDirectory}/machine-id`, "/var/lib/dbus/machine-id"]
    .map((path) => readText(path).trim())
    .find((text) => valid.test(text));
  const id = elsewhere ?? newId();
  const places =
    options.scope === "system" ? ["/run/machine-id", "/etc/machine-id"] : [`${options.stateDirectory}/machine-id`];
  for (const path of places) keep(path, id);
  return id;
}

/** A random UUID of version 4, without dashes. */
function newId(): string {
  return randomUUID().replaceAll("-", "");
}

function keep(path: string, id: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${id}\n`, { mode: 0o444 });
  } catch {
    // A read-only place: the id still serves this run.
  }
}

/** This boot's id without dashes, as the journal writes it. */
export function bootId(): string {
  return readText("/proc/sys/kernel/random/boot_id").trim().replaceAll("-", "");
}
