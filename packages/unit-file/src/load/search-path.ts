/** What the search path depends on. Variables are those of the manager's own environment. */
export interface SearchPathOptions {
  readonly scope: "system" | "user";
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where run-time units live in system mode; "/run" unless the daemon keeps apart from a systemd that runs. */
  readonly runtimeDirectory?: string;
}

/**
 * Where unit files are looked for, highest priority first (systemd.unit(5), "Unit file load path"; `systemd-analyze unit-paths`).
 * $SYSTEMD_UNIT_PATH replaces it; when that ends in a colon, the usual places follow.
 */
export function unitSearchPath(options: SearchPathOptions): string[] {
  const env = options.environment ?? {};
  const given = env.SYSTEMD_UNIT_PATH;
  if (given !== undefined && given !== "") {
    const own = given.split(":").filter((p) => p !== "");
    if (!given.endsWith(":")) return unique(own);
    return unique([...own, ...usualPath(options, env)]);
  }
  return unique(usualPath(options, env));
}

function usualPath(options: SearchPathOptions, env: Readonly<Record<string, string | undefined>>): string[] {
  return options.scope === "system" ? systemPath(options.runtimeDirectory ?? "/run") : userPath(env);
}

function systemPath(run: string): string[] {
  return [
    "/etc/systemd/system.control",
    `${run}/systemd/system.control`,
    `${run}/systemd/transient`,
    `${run}/systemd/generator.early`,
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    `${run}/systemd/system`,
    `${run}/systemd/system.attached`,
    `${run}/systemd/generator`,
    "/usr/local/lib/systemd/system",
    "/lib/systemd/system",
    "/usr/lib/systemd/system",
    `${run}/systemd/generator.late`,
  ];
}

function userPath(env: Readonly<Record<string, string | undefined>>): string[] {
  const home = env.HOME;
  const config = env.XDG_CONFIG_HOME || (home && `${home}/.config`);
  const data = env.XDG_DATA_HOME || (home && `${home}/.local/share`);
  const run = env.XDG_RUNTIME_DIR || undefined;
  const configDirs = (env.XDG_CONFIG_DIRS || "/etc/xdg").split(":").filter((p) => p !== "");
  const dataDirs = (env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":").filter((p) => p !== "");
  const path: string[] = [];
  const add = (root: string | undefined, leaf: string): void => {
    if (root) path.push(`${root}/systemd/${leaf}`);
  };
  add(config, "user.control");
  add(run, "user.control");
  add(run, "transient");
  add(run, "generator.early");
  add(config, "user");
  for (const dir of configDirs) add(dir, "user");
  path.push("/etc/systemd/user");
  add(run, "user");
  path.push("/run/systemd/user");
  add(run, "generator");
  add(data, "user");
  for (const dir of dataDirs) add(dir, "user");
  for (const dir of ["/usr/local/lib", "/usr/local/share", "/usr/lib", "/usr/share"]) add(dir, "user");
  add(run, "generator.late");
  return path;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
