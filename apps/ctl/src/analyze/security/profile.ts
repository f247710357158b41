/** --profile=: a portable service's profile, as one more drop-in of every service that is looked at (systemd-analyze(1), "--profile="). */
import { scanUnitPaths, type UnitCatalog, type UnitTree } from "@steward/unit-file";
import { nodeTree } from "@steward/unit-tree";
import { type Options, textOption } from "../../command-line.ts";
import { Failure } from "../../failure.ts";

const directories = [
  "/etc/systemd/portable/profile",
  "/run/systemd/portable/profile",
  "/usr/local/lib/systemd/portable/profile",
  "/usr/lib/systemd/portable/profile",
];

/** Where the profile stands in the tree that is looked at: a directory that no disk has. */
const place = "/\0profile";

/** The catalog with the profile laid over it, where one is asked for. */
export function withProfile(catalog: UnitCatalog, options: Options): UnitCatalog {
  const name = textOption(options, "profile");
  if (name === undefined) return catalog;
  const candidates = name.includes("/") ? [name] : directories.map((each) => `${each}/${name}/service.conf`);
  const disk = name.includes("/") ? nodeTree("/") : catalog.tree;
  const text = candidates.map((path) => disk.read(path)).find((read) => read.ok);
  if (text === undefined) throw new Failure(`Failed to find portable profile ${name}: No such file or directory`);
  return scanUnitPaths(overlay(catalog.tree, text), [place, ...catalog.searchPath]);
}

function overlay(tree: UnitTree, profile: ReturnType<UnitTree["read"]>): UnitTree {
  return {
    list(directory) {
      if (directory === place) return [{ name: "service.d", kind: "directory" }];
      if (directory === `${place}/service.d`) return [{ name: "10-profile.conf", kind: "file" }];
      return tree.list(directory);
    },
    read: (path) => (path.startsWith(place) ? profile : tree.read(path)),
    readlink: (path) => (path.startsWith(place) ? undefined : tree.readlink(path)),
    stat: (path) => (path.startsWith(place) ? undefined : tree.stat(path)),
  };
}
