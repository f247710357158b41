/** Which file an edit of a unit writes, and which files it shows. Found on the disk: no manager is asked. */
import { basename } from "node:path";
import { loadUnit, parseUnitName, type UnitCatalog, type UnitTree } from "@steward/unit-file";
import type { UnitPaths } from "@steward/unit-tree";
import { Failure } from "../failure.ts";
import type { ShownFile } from "./edit-text.ts";

/** What the options of edit say. */
export interface EditOptions {
  readonly full: boolean;
  readonly runtime: boolean;
  readonly force: boolean;
  /** The drop-in's file name. */
  readonly dropIn: string;
  /** How to write the hint that names the command anew: " --user". */
  readonly scope: string;
}

/** One file to be edited. */
export interface Target {
  readonly unit: string;
  /** Where it will be written, as it is called below the root. */
  readonly path: string;
  /** What stands there, or what is copied. */
  readonly content: string;
  /** What it adds to. */
  readonly originals: readonly ShownFile[];
}

/** The file for a unit. Refusals are Failures in systemctl's words. */
export function targetOf(catalog: UnitCatalog, paths: UnitPaths, name: string, options: EditOptions): Target {
  const unit = loadUnit(catalog, name);
  const { tree } = catalog;
  if (unit.loadState === "masked") throw new Failure(`Cannot edit ${name}: unit is masked.`);
  const fragment = unit.fragmentPath;
  if (fragment === undefined && !options.force && !hasNoFile(name)) {
    const hint = `Run 'stewardctl edit${options.scope} --force --full ${name}' to create a new unit.`;
    throw new Failure(`No files found for ${name}.\n${hint}`);
  }
  // An alias's file is what is edited; an instance has one of its own, apart from its template's.
  const file = fragment === undefined ? name : basename(fragment);
  const own = parseUnitName(name)?.kind === "instance" && parseUnitName(file)?.kind === "template" ? unit.id : file;
  const relative = options.full ? own : `${own}.d/${options.dropIn}`;
  const path = placeOf(tree, paths, relative, options.runtime);
  const there = textOf(tree, path);
  if (options.full) {
    return { unit: own, path, content: there ?? textOf(tree, fragment) ?? "", originals: [] };
  }
  const shown = [...(fragment === undefined ? [] : [fragment]), ...unit.dropInPaths].filter((each) => each !== path);
  const originals = shown.map((each) => ({ path: each, text: textOf(tree, each) ?? "" }));
  return { unit: own, path, content: there ?? "", originals };
}

/** Slices, devices and scopes need no file to be there. */
function hasNoFile(name: string): boolean {
  return /\.(slice|device|scope)$/.test(name);
}

/** In /etc, or in /run where nothing in /etc would hide it. */
function placeOf(tree: UnitTree, paths: UnitPaths, relative: string, runtime: boolean): string {
  const lasting = `${paths.persistentConfig}/${relative}`;
  if (!runtime) return lasting;
  const path = `${paths.runtimeConfig}/${relative}`;
  if (tree.stat(lasting) === undefined && tree.readlink(lasting) === undefined) return path;
  throw new Failure(`Refusing to create "${path}" because it would be overridden by "${lasting}" anyway.`);
}

function textOf(tree: UnitTree, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const read = tree.read(path);
  return read.ok ? read.text : undefined;
}
