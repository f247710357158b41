import type { LoadContext } from "@steward/unit-file";
import { type UnitPaths as InstallPaths, type InstallPlace, systemUnitPaths, userUnitPaths } from "@steward/unit-tree";
import type { Environment } from "./environment.ts";
import { loadContext } from "./load-context.ts";

/** Where unit files are looked for: systemd's own search path, and steward's minimal set behind it. */
export class UnitPaths {
  private readonly environment: Environment;
  private readonly paths: InstallPaths;

  constructor(environment: Environment) {
    this.environment = environment;
    this.paths = environment.scope === "system" ? systemUnitPaths : userPaths(environment);
  }

  /** The search path, most important first. SYSTEMD_UNIT_PATH replaces it, or goes before it with a colon at its end. */
  list(): readonly string[] {
    const found = this.usual();
    const { transient } = this;
    // Transient units are found also where the path was replaced, and a systemd's own are none of ours.
    const others = found.filter((path) => path !== transient && (path !== this.paths.transient || !this.isBeside));
    const at = found.includes(this.paths.transient) ? others.filter((path) => /\.control$/.test(path)).length : 0;
    return [...others.slice(0, at), transient, ...others.slice(at)];
  }

  /** Where the files of transient units lie. */
  get transient(): string {
    return `${this.environment.places.systemdDirectory}/transient`;
  }

  private get isBeside(): boolean {
    return this.environment.places.besideSystemd;
  }

  private usual(): readonly string[] {
    const given = process.env.SYSTEMD_UNIT_PATH;
    if (given === undefined || given === "") return [...this.paths.search, this.environment.ownUnits];
    const directories = given.split(":").filter(Boolean);
    return given.endsWith(":")
      ? [...directories, ...this.paths.search, this.environment.ownUnits]
      : [...directories, this.environment.ownUnits];
  }

  /** What loading needs to know of the machine. */
  loadContext(): LoadContext {
    return loadContext(this.environment);
  }

  installPlace(): InstallPlace {
    return { tree: this.environment.tree, paths: { ...this.paths, search: this.list() } };
  }
}

function userPaths(environment: Environment): InstallPaths {
  const { XDG_CONFIG_HOME, XDG_DATA_HOME } = process.env;
  return userUnitPaths({
    home: environment.home,
    runtimeDir: environment.places.runtimeDirectory,
    ...(XDG_CONFIG_HOME ? { configHome: XDG_CONFIG_HOME } : {}),
    ...(XDG_DATA_HOME ? { dataHome: XDG_DATA_HOME } : {}),
  });
}
