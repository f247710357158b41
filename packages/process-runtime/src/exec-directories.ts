/** RuntimeDirectory= and kin (systemd.exec(5)): made before a process starts, some removed when the unit stops. */
import type { DirectoryKind, ExecContext } from "./exec-context.ts";
import { execStatus } from "./exec-status.ts";
import type { ExecPlan, PlanStep } from "./plan.ts";

const exitStatuses = {
  runtime: execStatus.runtimeDirectory,
  state: execStatus.stateDirectory,
  cache: execStatus.cacheDirectory,
  logs: execStatus.logsDirectory,
  configuration: execStatus.configurationDirectory,
} as const;

const nobody = 0xffff_ffff;

/** Where the system's directories lie. */
export const systemDirectories: Readonly<Record<DirectoryKind, string>> = {
  runtime: "/run",
  state: "/var/lib",
  cache: "/var/cache",
  logs: "/var/log",
  configuration: "/etc",
};

/** Where a user's lie; systemd 252 puts state and logs below the configuration. */
export function userDirectories(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<DirectoryKind, string>> {
  const configuration = env.XDG_CONFIG_HOME || `${home}/.config`;
  return {
    runtime: env.XDG_RUNTIME_DIR || "/run/user/0",
    state: configuration,
    cache: env.XDG_CACHE_HOME || `${home}/.cache`,
    logs: `${configuration}/log`,
    configuration,
  };
}

/** Steps that make the directories and give them to the unit's user. */
export function planDirectories(
  context: ExecContext,
  bases: Readonly<Record<DirectoryKind, string>>,
  owner: { readonly uid: number | undefined; readonly gid: number | undefined },
): PlanStep[] {
  const steps: PlanStep[] = [];
  for (const kind of Object.keys(exitStatuses) as DirectoryKind[]) {
    const setting = context.directories?.[kind];
    const base = bases[kind];
    const exitStatus = exitStatuses[kind];
    for (const { path, symlinks } of setting?.paths ?? []) {
      steps.push({
        op: "makeDirectory",
        base,
        path,
        mode: setting?.mode ?? 0o755,
        uid: owner.uid ?? nobody,
        gid: owner.gid ?? nobody,
        // What an administrator configured before stays as it is.
        existing: kind === "configuration" ? "keep" : "chown",
        exitStatus,
      });
      for (const link of symlinks)
        steps.push({ op: "symlink", base, path: link, target: `${base}/${path}`, exitStatus });
    }
  }
  return steps;
}

/** A plan that removes things and runs nothing: RuntimeDirectoryPreserve=no at stop, `clean`, a stale PIDFile=. */
export function removalPlan(
  targets: readonly { readonly base: string; readonly path: string; readonly recursive: boolean }[],
  { mayFail = true }: { readonly mayFail?: boolean } = {},
): ExecPlan {
  return {
    inputs: [],
    env: [],
    steps: targets.map((target) => ({ op: "remove", ...target, ignoreFailure: mayFail, exitStatus: 1 })),
  };
}

/** What a unit's directories of some kinds are, for `removalPlan`; links to them too. */
export function directoryTargets(
  context: ExecContext,
  bases: Readonly<Record<DirectoryKind, string>>,
  kinds: readonly DirectoryKind[],
): { base: string; path: string; recursive: boolean }[] {
  return kinds.flatMap((kind) =>
    (context.directories?.[kind]?.paths ?? []).flatMap(({ path, symlinks }) => [
      ...symlinks.map((link) => ({ base: bases[kind], path: link, recursive: false })),
      { base: bases[kind], path, recursive: true },
    ]),
  );
}
