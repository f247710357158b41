import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { KeeperRecovery } from "@steward/process-runtime";
import { findCgroupBase } from "@steward/process-runtime";
import type { UnitTree } from "@steward/unit-file";
import { type MachineFacts, nodeTree, readMachineFacts } from "@steward/unit-tree";
import { Clock } from "./clock.ts";
import { foreignSystemd } from "./foreign-systemd.ts";
import { journalConfig } from "./journal-config.ts";
import { bootId, machineId } from "./machine-id.ts";
import type { Options } from "./options.ts";
import { choosePlaces, type Places } from "./places.ts";

/** Everything about the machine that is decided once, at a generation's start. */
export interface Environment {
  readonly scope: "system" | "user";
  readonly places: Places;
  readonly clock: Clock;
  readonly facts: MachineFacts;
  readonly machineId: string;
  readonly bootId: string;
  readonly tree: UnitTree;
  /** The manager's own environment, which its services inherit in user mode and `systemctl set-environment` changes. */
  readonly variables: Map<string, string>;
  /** A writable cgroup v2 directory, or undefined: then each unit gets a subreaper. */
  readonly cgroupBase: string | undefined;
  /** Where steward's own minimal units are. */
  readonly ownUnits: string;
  readonly userName: string;
  readonly home: string;
  journalConfig(): Uint8Array;
}

/** Looks around. */
export function lookAround(options: Options, hello: KeeperRecovery["hello"]): Environment {
  const uid = process.getuid?.() ?? 0;
  const scope = options.scope ?? (uid === 0 ? "system" : "user");
  const foreign = foreignSystemd(scope, process.env, uid);
  const stateDirectory = scope === "system" ? "/run/steward" : `${process.env.XDG_RUNTIME_DIR ?? "/tmp"}/steward`;
  const id = machineId({ scope, stateDirectory });
  const places = choosePlaces({
    scope,
    isPid1: hello.isPid1,
    uid,
    env: process.env,
    machineId: id,
    exists: existsSync,
    foreignSystemd: foreign,
  });
  const clock = new Clock();
  clock.learn(hello.monotonicUsec, hello.boottimeUsec);
  const user = userOf(uid);
  const variables = managerVariables(scope, places, user);
  const cgroupBase = findCgroupBase({ isPid1: hello.isPid1, scope });
  const boot = bootId();
  return {
    scope,
    places,
    clock,
    machineId: id,
    bootId: boot,
    facts: readMachineFacts({
      machineId: id,
      isPid1: hello.isPid1,
      environment: variables,
      userName: user.name,
      cgroupBase,
    }),
    tree: nodeTree(),
    variables,
    cgroupBase,
    ownUnits: join(import.meta.dirname, "..", "units", scope),
    userName: user.name,
    home: user.home,
    journalConfig: () => journalConfig({ places, machineId: id, bootId: boot, logConsole: options.logConsole }),
  };
}

function userOf(uid: number): { readonly name: string; readonly home: string } {
  try {
    const info = userInfo();
    return { name: info.username, home: process.env.HOME || info.homedir };
  } catch {
    return { name: String(uid), home: process.env.HOME ?? "/" };
  }
}

/** What services inherit: a clean set for the system, the caller's own for a user (systemd.exec(5), "Environment Variables"). */
function managerVariables(
  scope: "system" | "user",
  places: Places,
  user: { readonly name: string; readonly home: string },
): Map<string, string> {
  const variables = new Map<string, string>();
  if (scope === "user")
    for (const [name, value] of Object.entries(process.env))
      if (value !== undefined && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) variables.set(name, value);
  variables.set("LANG", process.env.LANG ?? "C.UTF-8");
  variables.set("PATH", scope === "user" ? (process.env.PATH ?? defaultPath) : defaultPath);
  if (scope === "user") {
    variables.set("HOME", user.home);
    variables.set("USER", user.name);
    variables.set("LOGNAME", user.name);
    variables.set("XDG_RUNTIME_DIR", places.runtimeDirectory);
  }
  for (const name of [
    "NOTIFY_SOCKET",
    "NODE_OPTIONS",
    "NODE_CHANNEL_FD",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "MANAGERPID",
    "SYSTEMD_EXEC_PID",
    "_",
  ])
    variables.delete(name);
  return variables;
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
