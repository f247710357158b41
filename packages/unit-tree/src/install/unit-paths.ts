/** Whose units: the system's, all users' (`--global`), or one user's. */
export type InstallScope = "system" | "global" | "user";

/** The directories that install verbs read and write, by their part in systemd.unit(5), "UNIT FILE LOAD PATH". */
export interface UnitPaths {
  readonly scope: InstallScope;
  /** Every directory that unit files are looked for in, the most important first. */
  readonly search: readonly string[];
  /** Where links go: /etc/systemd/system, or /run/systemd/system with --runtime. */
  readonly persistentConfig: string;
  readonly runtimeConfig: string;
  /** Where set-property writes drop-ins. */
  readonly controls: readonly string[];
  readonly transient: string;
  readonly generators: readonly string[];
  /** Directories of *.preset files, the most important first (systemd.preset(5)). */
  readonly presets: readonly string[];
}

/** What the paths of a user depend on: the home directory and the XDG variables that are set. */
export interface UserPlaces {
  readonly home: string;
  /** $XDG_CONFIG_HOME, $XDG_DATA_HOME, $XDG_RUNTIME_DIR; the usual places where they are not set. */
  readonly configHome?: string;
  readonly dataHome?: string;
  readonly runtimeDir?: string;
}

function presetDirectories(kind: "system" | "user"): readonly string[] {
  return ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"].map((base) => `${base}/systemd/${kind}-preset`);
}

/** The system manager's directories. */
export const systemUnitPaths: UnitPaths = {
  scope: "system",
  search: [
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/run/systemd/generator.late",
  ],
  persistentConfig: "/etc/systemd/system",
  runtimeConfig: "/run/systemd/system",
  controls: ["/etc/systemd/system.control", "/run/systemd/system.control"],
  transient: "/run/systemd/transient",
  generators: ["/run/systemd/generator", "/run/systemd/generator.early", "/run/systemd/generator.late"],
  presets: presetDirectories("system"),
};

/** What `systemctl --global` works on: the units of all users. */
export const globalUnitPaths: UnitPaths = {
  scope: "global",
  search: [
    "/etc/systemd/user",
    "/run/systemd/user",
    "/usr/local/share/systemd/user",
    "/usr/share/systemd/user",
    "/usr/local/lib/systemd/user",
    "/usr/lib/systemd/user",
  ],
  persistentConfig: "/etc/systemd/user",
  runtimeConfig: "/run/systemd/user",
  controls: [],
  transient: "",
  generators: [],
  presets: presetDirectories("user"),
};

/** One user's directories, those of all users behind them. */
export function userUnitPaths(places: UserPlaces): UnitPaths {
  const config = `${places.configHome ?? `${places.home}/.config`}/systemd`;
  const data = `${places.dataHome ?? `${places.home}/.local/share`}/systemd`;
  const runtime = places.runtimeDir === undefined ? undefined : `${places.runtimeDir}/systemd`;
  const running = (...names: string[]): string[] =>
    runtime === undefined ? [] : names.map((name) => `${runtime}/${name}`);
  return {
    scope: "user",
    search: [
      `${config}/user.control`,
      ...running("user.control", "transient", "generator.early"),
      `${config}/user`,
      "/etc/xdg/systemd/user",
      "/etc/systemd/user",
      ...running("user"),
      "/run/systemd/user",
      ...running("generator"),
      `${data}/user`,
      "/usr/local/share/systemd/user",
      "/usr/share/systemd/user",
      "/usr/local/lib/systemd/user",
      "/usr/lib/systemd/user",
      ...running("generator.late"),
    ],
    persistentConfig: `${config}/user`,
    runtimeConfig: running("user")[0] ?? "",
    controls: [`${config}/user.control`, ...running("user.control")],
    transient: running("transient")[0] ?? "",
    generators: running("generator", "generator.early", "generator.late"),
    presets: presetDirectories("user"),
  };
}
