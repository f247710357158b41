/** What stewardctl prints for what systemd answered, against what systemctl printed (recorded by record.ts). */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Recording, replay, serve } from "./recorded-manager.ts";

const recording = JSON.parse(readFileSync(join(import.meta.dirname, "recorded/systemd.json"), "utf8")) as Recording;
const directory = mkdtempSync(join(tmpdir(), "ctl-"));
const socket = join(directory, "private");
let server: Server;

beforeAll(async () => {
  server = await serve(socket, replay(recording));
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

function stewardctl(args: readonly string[]): Promise<Printed> {
  const main = join(import.meta.dirname, "../src/main.ts");
  const env = { ...process.env, TZ: "UTC", NODE_OPTIONS: "" };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=source", main, `--socket=${socket}`, ...args],
      { env },
      (error, stdout, stderr) => {
        resolve({ stdout, stderr, code: typeof error?.code === "number" ? error.code : 0 });
      },
    );
  });
}

/** Leaves out what changes with the clock, the machine and a set's order: ages, names of running commands, padding of such columns. */
function still(text: string): string {
  return text
    .replaceAll("systemctl", "stewardctl")
    .replaceAll(/(?<=UTC; )[^\n]*? (ago|left)$/gm, "AGE")
    .replaceAll(/(?<=Main PID: \d+) \([^=]*?\)$/gm, "")
    .replaceAll(/\b(\d+[a-z]+|\d+ [a-z]+)( \d+[a-z]+| \d+ [a-z]+)? (left|ago) +/g, "AGE ")
    .replaceAll(
      /^(After|Before|Requires|Wants)=(.*)$/gm,
      (_, name: string, list: string) => `${name}=${list.split(" ").sort().join(" ")}`,
    )
    .replaceAll(/(?<=^CPUUsageNSec=|^ +CPU: ).*$/gm, "N")
    .replace(/^NEXT .*/s, withoutMonotonicTimer);
}

/** This timer's next moment is on the monotonic clock of the machine on which it was recorded: its row and the widths mean nothing here. */
function withoutMonotonicTimer(table: string): string {
  return table.replace(/^.*systemd-tmpfiles-clean\.timer.*\n/m, "").replaceAll(/ +/g, " ");
}

for (const command of recording.commands) {
  test.concurrent(`stewardctl ${command.args.join(" ")}`, async () => {
    const { stdout, stderr, code } = await stewardctl(command.args);
    expect(still(stderr)).toBe(still(command.stderr));
    expect(still(stdout)).toBe(still(command.stdout));
    expect(code).toBe(command.code);
  });
}
