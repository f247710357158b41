/** Where the manager listens. */
import { readFileSync, statSync } from "node:fs";
import type { Options } from "../command-line.ts";
import { Failure } from "../failure.ts";

/** system: root's manager; user: this user's. */
export function scopeOf(options: Options, uid: number): "system" | "user" {
  if (options.user === true) return "user";
  if (options.system === true) return "system";
  return uid === 0 ? "system" : "user";
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * `--socket=`, else $STEWARD_SOCKET; else steward's own place, which it uses only where a systemd holds the usual one; else
 * systemd's private socket. A systemd's own socket is never taken unasked: that machine has systemctl.
 */
export function socketPath(options: Options): string {
  const given = options.socket ?? process.env.STEWARD_SOCKET;
  if (typeof given === "string" && given !== "") return given;
  const uid = process.getuid?.() ?? 0;
  if (scopeOf(options, uid) === "user") return userSocket(uid);
  if (exists("/run/steward/private")) return "/run/steward/private";
  if (!exists("/run/steward") && machineRunsSystemd()) {
    throw new Failure(
      "No steward runs here, and this machine's own init is systemd.\nStart one beside it with: stewardd (as root)\nOr speak to systemd itself: systemctl, or stewardctl --socket=/run/systemd/private",
    );
  }
  return "/run/systemd/private";
}

function userSocket(uid: number): string {
  const runtime =
    process.env.XDG_RUNTIME_DIR ?? (exists(`/run/user/${uid}`) ? `/run/user/${uid}` : `/tmp/steward-${uid}`);
  const own = `${runtime}/steward/private`;
  return exists(own) ? own : `${runtime}/systemd/private`;
}

function machineRunsSystemd(): boolean {
  try {
    return readFileSync("/proc/1/comm", "latin1").trim() === "systemd";
  } catch {
    return false;
  }
}

/** What to say when nobody listens. */
export function nobodyListens(path: string, error: Error & { code?: string }, scope: "system" | "user"): Failure {
  if (error.code === "EACCES") {
    return new Failure(
      `Failed to connect to ${path}: Permission denied\nSpeak to your own manager with --user, or become root.`,
    );
  }
  const start = scope === "user" ? "stewardd --user" : "stewardd (as root)";
  return new Failure(
    `System has not been booted with steward, and none was started: nobody listens on ${path}.\nStart it with: ${start}\nAnother socket can be named with --socket=PATH or STEWARD_SOCKET.`,
  );
}
