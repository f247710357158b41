/** Definitions for a replay: those that the record has kept, else the unit files on the disk. */
import type { GraphUnit } from "@steward/graph";
import { type FrozenUnit, type RecordedLoad, standardUnits, thawUnit } from "@steward/state-machine";
import { type LoadedUnit, loadUnit, loadUnitFromFiles, scanUnitPaths, type UnitCatalog } from "@steward/unit-file";
import { specialUnit } from "@steward/unit-tree";
import type { Options } from "../command-line.ts";
import { installPlace } from "../verbs/install-place.ts";
import { catalogOf, contextOf } from "../verify/load-units.ts";

export class DefinitionSupply {
  /** Units that came from the disk. */
  readonly fromDisk = new Set<string>();
  /** Files that are newer than the load that they are to stand for. */
  readonly changed = new Set<string>();
  private readonly options: Options;
  private catalog: UnitCatalog | undefined;
  private path = "";

  constructor(options: Options) {
    this.options = options;
  }

  supply(load: RecordedLoad): readonly GraphUnit[] {
    if (load.units !== undefined) return load.units.map((unit: FrozenUnit) => thawUnit(unit));
    const catalog = this.catalogFor(load);
    return load.names.map((name) => {
      const unit = this.load(catalog, name);
      this.fromDisk.add(unit.id);
      for (const { path, mtimeUsec } of unit.sources) if (mtimeUsec > load.now.realtimeUsec) this.changed.add(path);
      return unit;
    });
  }

  /** The search path that the daemon had, on the disk that the options mean. */
  private catalogFor({ searchPath }: RecordedLoad): UnitCatalog {
    const path = searchPath === undefined ? this.path : searchPath.join(":");
    if (this.catalog === undefined || path !== this.path) {
      this.path = path;
      this.catalog =
        path === "" ? catalogOf(this.options) : scanUnitPaths(installPlace(this.options).tree, path.split(":"));
    }
    return this.catalog;
  }

  private load(catalog: UnitCatalog, name: string): LoadedUnit {
    const context = contextOf(this.options);
    const unit = loadUnit(catalog, name, context);
    if (unit.fragmentPath !== undefined) return unit;
    const special = specialUnit(name, context);
    if (special !== undefined) return special;
    const standard = Object.hasOwn(standardUnits, name) && this.path === "" ? standardUnits[name] : undefined;
    return standard === undefined ? unit : loadUnitFromFiles(name, [{ path: name, text: standard }], context);
  }
}
