/** Unit files without a manager: `--root=`, `--global`, and where none runs (image builds, package installers). */

import {
  globalUnitPaths,
  type InstallScope,
  nodeTree,
  systemUnitPaths,
  type UnitPaths,
  userUnitPaths,
} from "@steward/unit-tree";
import { scopeOf } from "../bus/socket-path.ts";
import { type Options, textOption } from "../command-line.ts";

export interface Place {
  readonly tree: ReturnType<typeof nodeTree>;
  readonly paths: UnitPaths;
  readonly root?: string;
}

/** Whether a verb is to work on the disk itself. */
export function isOffline(options: Options): boolean {
  return textOption(options, "root") !== undefined || options.global === true;
}

/** The unit files that options mean. */
export function installPlace(options: Options): Place {
  const root = textOption(options, "root");
  const scope: InstallScope = options.global === true ? "global" : scopeOf(options, process.getuid?.() ?? 0);
  const { env } = process;
  const places = {
    home: env.HOME ?? "/",
    ...(env.XDG_CONFIG_HOME && { configHome: env.XDG_CONFIG_HOME }),
    ...(env.XDG_DATA_HOME && { dataHome: env.XDG_DATA_HOME }),
    ...(env.XDG_RUNTIME_DIR && { runtimeDir: env.XDG_RUNTIME_DIR }),
  };
  const paths = scope === "system" ? systemUnitPaths : scope === "global" ? globalUnitPaths : userUnitPaths(places);
  return { tree: nodeTree(root ?? "/"), paths, ...(root !== undefined && { root }) };
}
