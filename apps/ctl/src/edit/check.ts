/** What an edited file would mean, before it is written: the unit is loaded from the disk with the new text laid over it. */
import {
  instantiate,
  type LoadedUnit,
  loadUnit,
  parseUnitName,
  scanUnitPaths,
  type UnitTree,
} from "@steward/unit-file";
import type { Options } from "../command-line.ts";
import type { Finding } from "../verify/finding.ts";
import { contextOf } from "../verify/load-units.ts";
import { programFindings } from "../verify/programs.ts";
import { settingFindings } from "../verify/settings.ts";
import type { Target } from "./targets.ts";

export interface Checked {
  /** Of the edited file, and of the unit as a whole. */
  readonly findings: readonly Finding[];
  /** The unit could not be loaded with it. */
  readonly isBroken: boolean;
}

/** What is wrong with the unit once the target holds this text. */
export function checkEdit(
  tree: UnitTree,
  search: readonly string[],
  target: Target,
  text: string,
  options: Options,
  root: string,
): Checked {
  const changed = withFile(tree, target.path, text);
  const catalog = scanUnitPaths(changed, search);
  const unit = loadUnit(catalog, instanceOf(target.unit), contextOf(options));
  const findings = settingFindings(changed, unit).filter(({ file }) => file === undefined || file === target.path);
  return {
    findings: [...findings, ...programsIn(unit, target.path, root)],
    isBroken: unit.loadState !== "loaded" && unit.loadState !== "not-found",
  };
}

/** Commands that this file names and that are not there. */
function programsIn(unit: LoadedUnit, path: string, root: string): Finding[] {
  if (unit.loadState !== "loaded") return [];
  return programFindings(unit, root).filter(({ file, origin }) => file === path || origin?.startsWith(`${path}:`));
}

/** A template is tried by an instance. */
function instanceOf(name: string): string {
  return parseUnitName(name)?.kind === "template" ? (instantiate(name, "test-instance") ?? name) : name;
}

/** The tree as it will be with the file in it. */
function withFile(tree: UnitTree, path: string, text: string): UnitTree {
  const mtimeUsec = 1;
  return {
    list(directory) {
      const entries = tree.list(directory);
      if (!path.startsWith(`${directory}/`)) return entries;
      const [name = "", ...rest] = path.slice(directory.length + 1).split("/");
      const others = (entries ?? []).filter((each) => each.name !== name || rest.length > 0);
      if (others.some((each) => each.name === name)) return others;
      return [...others, { name, kind: rest.length > 0 ? "directory" : "file" }];
    },
    read: (file) => (file === path ? { ok: true, text, mtimeUsec } : tree.read(file)),
    readlink: (file) => (file === path ? undefined : tree.readlink(file)),
    stat: (file) => (file === path ? { kind: "file", size: text.length, mtimeUsec } : tree.stat(file)),
  };
}
