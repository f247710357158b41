import type { GraphOptions } from "@steward/graph";
import { type DirectoryKind, systemDirectories, userDirectories } from "@steward/process-runtime";
import { isContainer } from "@steward/unit-tree";
import type { Environment } from "./environment.ts";

/** Where RuntimeDirectory= and kin stand (systemd.exec(5)). */
export function directoryBases({ scope, home, places }: Environment): Readonly<Record<DirectoryKind, string>> {
  if (scope === "system") return systemDirectories;
  return userDirectories(home, { ...process.env, XDG_RUNTIME_DIR: places.runtimeDirectory });
}

/** What the dependencies that no file spells out depend on, besides the units. */
export function graphOptions(environment: Environment): GraphOptions {
  return {
    scope: environment.scope,
    isContainer: isContainer(environment.facts.virtualization),
    directories: directoryBases(environment),
  };
}
