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
export function socketPath(options: Options, initName: () => string = readInitName): string {
  const given = options.socket ?? process.env.STEWARD_SOCKET;
  if (typeof given === "string" && given !== "") return given;
  const uid = process.getuid?.() ?? 0;
  if (scopeOf(options, uid) === "user") return userSocket(uid, initName);
  if (exists("/run/steward/private")) return "/run/steward/private";
  if (initName() === "systemd") throw besideSystemd("stewardd (as root)", "stewardctl --socket=/run/systemd/private");
  return "/run/systemd/private";
}

function userSocket(uid: number, initName: () => string): string {
  const usual = `/run/user/${uid}`;
  const runtime = process.env.XDG_RUNTIME_DIR ?? (exists(usual) ? usual : `/tmp/steward-${uid}`);
  if (exists(`${runtime}/steward/private`)) return `${runtime}/steward/private`;
  // Where systemd is init, the other socket is its user manager's, unless a steward has been here.
  const socket = `${runtime}/systemd/private`;
  if (!exists(`${runtime}/steward`) && exists(socket) && initName() === "systemd") {
    throw besideSystemd("stewardd --user", `stewardctl --socket=${socket}`);
  }
  return socket;
}

function besideSystemd(start: string, other: string): Failure {
  return new Failure(
    `No steward runs here, and this machine's own init is systemd.\nStart one beside it with: ${start}\nOr speak to systemd itself: systemctl, or ${other}`,
  );
}

/** The name of the machine's init. */
function readInitName(): string {
  try {
    return readFileSync("/proc/1/comm", "latin1").trim();
  } catch {
    return "";
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
