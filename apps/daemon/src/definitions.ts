import { type GraphOptions, mountsNeeded, referencedNames } from "@steward/graph";
import {
  type LoadContext,
  type LoadedUnit,
  loadUnit,
  scanUnitPaths,
  type UnitCatalog,
  type UnitTree,
} from "@steward/unit-file";
import { specialUnit } from "@steward/unit-tree";

/**
 * The units that are loaded: the transitive closure of what was asked for, as systemd keeps it. Names that no file has
 * become `not-found` units, which is also an answer.
 */
export class Definitions {
  private readonly options: GraphOptions;
  private readonly tree: UnitTree;
  private readonly searchPath: () => readonly string[];
  private readonly context: LoadContext;
  private readonly adapt: (unit: LoadedUnit) => LoadedUnit;
  private catalog: UnitCatalog;
  private readonly undescribed = new Set<string>();
  private readonly byName = new Map<string, LoadedUnit>();

  constructor(
    options: GraphOptions,
    tree: UnitTree,
    searchPath: () => readonly string[],
    context: LoadContext,
    /** What becomes of a unit in this place before it counts. */
    adapt: (unit: LoadedUnit) => LoadedUnit = (unit) => unit,
  ) {
    this.adapt = adapt;
    this.options = options;
    this.tree = tree;
    this.searchPath = searchPath;
    this.context = context;
    this.catalog = scanUnitPaths(tree, searchPath());
  }

  /** A loaded unit by any of its names. */
  get(name: string): LoadedUnit | undefined {
    return this.byName.get(name);
  }

  /** All loaded units, each once. */
  all(): readonly LoadedUnit[] {
    return [...new Set(this.byName.values())];
  }

  /** Loads these names and everything that they refer to; returns the units that are new. */
  load(names: Iterable<string>): readonly LoadedUnit[] {
    const fresh: LoadedUnit[] = [];
    const queue = [...names];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (this.byName.has(name)) continue;
      const found = loadUnit(this.catalog, name, this.context);
      const unit = this.adapt(found.fragmentPath === undefined ? (specialUnit(name, this.context) ?? found) : found);
      const known = this.byName.get(unit.id);
      if (known !== undefined) {
        this.byName.set(name, known);
        continue;
      }
      this.byName.set(name, unit);
      for (const alias of unit.names) this.byName.set(alias, unit);
      fresh.push(unit);
      for (const reference of referencedNames(unit, this.options))
        if (!this.byName.has(reference)) queue.push(reference);
      for (const mount of mountsNeeded(unit, this.options)) if (this.isDescribed(mount)) queue.push(mount);
    }
    return fresh;
  }

  /** A mount unit that is not loaded and has a file; asked for every path above every path. */
  private isDescribed(mount: string): boolean {
    if (this.byName.has(mount) || this.undescribed.has(mount)) return false;
    const found = loadUnit(this.catalog, mount, this.context).fragmentPath !== undefined;
    if (!found) this.undescribed.add(mount);
    return found;
  }

  /** Looks at the disk anew and loads `names` again: daemon-reload. */
  reload(names: Iterable<string>): readonly LoadedUnit[] {
    this.catalog = scanUnitPaths(this.tree, this.searchPath());
    this.undescribed.clear();
    this.byName.clear();
    return this.load(names);
  }

  /** Looks at the disk anew, for unit files that appeared since; loaded units stay as they are. */
  rescan(): void {
    this.catalog = scanUnitPaths(this.tree, this.searchPath());
    this.undescribed.clear();
  }

  /** Forgets units that nobody needs any more. */
  forget(ids: ReadonlySet<string>): void {
    for (const [name, unit] of this.byName) if (ids.has(unit.id)) this.byName.delete(name);
  }
}
