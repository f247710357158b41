import { basename } from "node:path";
import type { LoadContext } from "@steward/unit-file";
import { type UnitPaths as InstallPaths, type InstallPlace, systemUnitPaths, userUnitPaths } from "@steward/unit-tree";
import type { Environment } from "./environment.ts";
import { loadContext } from "./load-context.ts";
import type { ControlDirectories } from "./transient/set-properties.ts";

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
    const { transient, controls } = this;
    // Beside a systemd its own transient units and drop-ins are none of ours: ours stand in their places.
    const ours = new Map([
      [this.paths.transient, transient],
      [this.paths.controls[1], controls.runtime],
    ]);
    const found = this.usual().map((path) => ours.get(path) ?? path);
    // Transient units are found also where the path was replaced.
    return found.includes(transient) ? found : [transient, ...found];
  }

  /** Where set-property writes: for good, and until the next boot. */
  get controls(): ControlDirectories {
    const [persistent = "", runtime = "system.control"] = this.paths.controls;
    return { persistent, runtime: `${this.environment.places.systemdDirectory}/${basename(runtime)}` };
  }

  /** Where the files of transient units lie. */
  get transient(): string {
    return `${this.environment.places.systemdDirectory}/transient`;
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
    return { tree: this.environment.tree, paths: { ...this.paths, transient: this.transient, search: this.list() } };
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
