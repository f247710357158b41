import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import {
  decodeUtf8,
  defaultFacts,
  type FileKind,
  type LoadedUnit,
  loadUnit,
  scanUnitPaths,
  type UnitTree,
} from "@steward/unit-file";
import { type GraphOptions, referencedNames } from "../../src/index.ts";

interface Stat {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(stat: Stat): FileKind {
  return stat.isSymbolicLink() ? "symlink" : stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** The disk, as simply as a test needs it. */
export const disk: UnitTree = {
  list: (directory) =>
    attempt(() =>
      readdirSync(directory, { withFileTypes: true }).map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
    ),
  read(path) {
    try {
      if (!statSync(path).isFile()) return { ok: false, error: "EISDIR" };
      return { ok: true, text: decodeUtf8(readFileSync(path)), mtimeUsec: 0 };
    } catch (error) {
      return { ok: false, error: (error as { code?: string }).code ?? "EIO" };
    }
  },
  readlink: (path) => attempt(() => (lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined)),
  stat: (path) =>
    attempt(() => {
      const stat = statSync(path);
      return { kind: kindOf(stat) as Exclude<FileKind, "symlink">, size: stat.size, mtimeUsec: 0 };
    }),
};

/** A unit and all that it makes the manager load, in turn. */
export function loadClosure(directory: string, names: readonly string[], options: GraphOptions = {}): LoadedUnit[] {
  const catalog = scanUnitPaths(disk, [directory]);
  const loaded = new Map<string, LoadedUnit>();
  const known = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (known.has(name)) continue;
    const unit = loadUnit(catalog, name, { facts: { ...defaultFacts, scope: options.scope ?? "system" } });
    known.add(name);
    for (const alias of unit.names) known.add(alias);
    loaded.set(unit.id, unit);
    queue.push(...referencedNames(unit, options));
  }
  return [...loaded.values()];
}
