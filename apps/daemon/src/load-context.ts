import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { systemNames } from "@steward/process-runtime";
import { defaultFacts, defaultSpecifiers, type LoadContext, managerDefaults } from "@steward/unit-file";
import type { Environment } from "./environment.ts";
import { inheritedLimits } from "./limits.ts";

/** What loading a unit needs to know of the manager and the machine: defaults, and what specifiers stand for (systemd.unit(5)). */
export function loadContext(environment: Environment): LoadContext {
  const { scope, places, facts } = environment;
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const names = systemNames();
  const user = names.user(String(uid));
  const config = process.env.XDG_CONFIG_HOME ?? `${environment.home}/.config`;
  const isUser = scope === "user";
  const tmp = process.env.TMPDIR ?? process.env.TEMP ?? process.env.TMP;
  return {
    facts: {
      ...defaultFacts,
      scope,
      physicalMemoryBytes: totalmem(),
      tasksMax: numberIn("/proc/sys/kernel/threads-max") ?? defaultFacts.tasksMax,
      cpuCount: facts.cpus,
      defaults: { ...managerDefaults, tasksMax: facts.defaultTasksMax, limits: limitsInNumbers(scope) },
    },
    specifiers: {
      ...defaultSpecifiers,
      architecture: facts.architecture,
      bootId: environment.bootId,
      machineId: environment.machineId,
      hostName: facts.hostname,
      kernelRelease: facts.kernelRelease,
      osRelease: Object.fromEntries(facts.osRelease),
      userName: environment.userName,
      userId: String(uid),
      groupName: names.group(String(gid))?.name ?? String(gid),
      groupId: String(gid),
      // As for systemd, $HOME goes before the user database; the system has none of its own.
      home: isUser ? environment.home : (user?.home ?? environment.home),
      shell: user?.shell || "/bin/sh",
      runtimeDirectory: places.runtimeDirectory,
      stateDirectory: isUser ? config : "/var/lib",
      cacheDirectory: isUser ? (process.env.XDG_CACHE_HOME ?? `${environment.home}/.cache`) : "/var/cache",
      logsDirectory: isUser ? `${config}/log` : "/var/log",
      configDirectory: isUser ? config : "/etc",
      credentialsRoot: `${places.runtimeDirectory}/credentials`,
      tmpDirectory: tmp ?? "/tmp",
      varTmpDirectory: tmp ?? "/var/tmp",
    },
  };
}

function numberIn(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function limitsInNumbers(scope: "system" | "user"): Record<string, { readonly soft: number; readonly hard: number }> {
  const all = 0xffff_ffff_ffff_ffffn;
  const number = (value: bigint): number => (value === all ? Number.POSITIVE_INFINITY : Number(value));
  const limits = Object.fromEntries(
    Object.entries(inheritedLimits()).map(([name, { soft, hard }]) => [
      name,
      { soft: number(soft), hard: number(hard) },
    ]),
  );
  return scope === "system" ? { ...limits, NOFILE: { soft: 1024, hard: 524288 } } : limits;
}
