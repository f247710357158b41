import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scopeOf, socketPath } from "../src/bus/socket-path.ts";

let runtime: string;
const before = { ...process.env };

beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), "ctl-runtime-"));
  process.env.XDG_RUNTIME_DIR = runtime;
  process.env.STEWARD_SOCKET = "";
});

afterEach(() => {
  process.env = { ...before };
  rmSync(runtime, { recursive: true });
});

function touch(path: string): string {
  const whole = join(runtime, path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, "");
  return whole;
}

test("what is named is taken: the option before the environment", () => {
  process.env.STEWARD_SOCKET = "/from/environment";
  expect(socketPath({})).toBe("/from/environment");
  expect(socketPath({ socket: "/from/option" })).toBe("/from/option");
});

test("a user's manager: steward's own place before systemd's", () => {
  touch("steward/lock");
  const shared = touch("systemd/private");
  expect(socketPath({ user: true })).toBe(shared);
  const own = touch("steward/private");
  expect(socketPath({ user: true })).toBe(own);
});

test("where systemd is init, its managers are not taken unasked", () => {
  touch("systemd/private");
  const systemd = (): string => "systemd";
  expect(() => socketPath({ user: true }, systemd)).toThrow("this machine's own init is systemd");
});

test.each([
  [{}, 0, "system"],
  [{}, 1000, "user"],
  [{ system: true }, 1000, "system"],
  [{ user: true }, 0, "user"],
] as const)("%j as uid %d means the %s manager", (options, uid, scope) => {
  expect(scopeOf(options, uid)).toBe(scope);
});
