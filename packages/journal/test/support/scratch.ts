import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type EntryInput, idFromHex, journalField } from "../../src/index.ts";

/** A directory that is gone when the test is. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "steward-journal-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const machineId = idFromHex("3d1219c7c4c5404aaa1f6d2a48adfda4")!;
export const bootId = idFromHex("00112233445566778899aabbccddeeff")!;

let clock = 0;

/** An entry with these fields, each a microsecond after the one before. */
export function entry(fields: Record<string, string>, at = ++clock): EntryInput {
  return {
    realtimeUsec: 1_700_000_000_000_000 + at,
    monotonicUsec: 1_000_000 + at,
    bootId,
    fields: Object.entries({ _BOOT_ID: "00112233445566778899aabbccddeeff", ...fields }).map(([name, value]) =>
      journalField(name, value),
    ),
  };
}

export const haveJournalctl = existsSync("/usr/bin/journalctl");

/** What the genuine journalctl prints; throws with its complaints when it fails. */
export function journalctl(...args: string[]): string {
  return journalctlBytes({}, ...args).toString("utf8");
}

/** The same, byte for byte, in another environment. */
export function journalctlBytes(environment: Record<string, string>, ...args: string[]): Buffer {
  return execFileSync("journalctl", ["--no-pager", ...args], {
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, LANG: "C.UTF-8", TZ: "UTC", ...environment },
  });
}
