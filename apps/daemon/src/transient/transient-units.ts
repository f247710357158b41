import { DBusError, type Value } from "@steward/ipc";
import { isValidUnitName, type LoadContext, parseUnitName, type UnitType } from "@steward/unit-file";
import { invalidArgs } from "../bus/errors.ts";
import type { Manager } from "../manager.ts";
import { type ReadProperties, readProperties } from "./read-properties.ts";
import type { TransientFiles } from "./transient-files.ts";

/** A unit that a call describes: its name and its a(sv). */
export interface Described {
  readonly name: string;
  readonly properties: readonly Value[];
}

/** A transient unit that was made: it is loaded, and not started yet. */
export interface Made extends ReadProperties {
  readonly name: string;
  readonly type: UnitType;
}

/** Types of which systemd makes transient units, and that steward runs. */
const transientTypes: ReadonlySet<UnitType> = new Set([
  "service",
  "scope",
  "slice",
  "timer",
  "socket",
  "path",
  "mount",
  "automount",
]);

/** What StartTransientUnit makes before anything starts: files, and the units that they describe. */
export class TransientUnits {
  private readonly files: TransientFiles;
  private readonly context: LoadContext;

  constructor(files: TransientFiles, context: LoadContext) {
    this.files = files;
    this.context = context;
  }

  /** Holds all that was described to be good, and only then writes and loads it. The first is the one to be started. */
  make(manager: Manager, units: readonly Described[], check: (main: Made) => void): readonly Made[] {
    const made = units.map((unit) => this.read(manager, unit));
    check(made[0] as Made);
    for (const { name, text } of made) this.files.write(name, text);
    manager.loadAnew(made.map(({ name }) => name));
    return made;
  }

  private read(manager: Manager, { name, properties }: Described): Made {
    const type = typeOf(name);
    if (type === undefined) throw invalidArgs("Invalid unit name or type.");
    if (!transientTypes.has(type)) throw invalidArgs(`Unit type ${type} does not support transient units.`);
    const parts = isValidUnitName(name) ? parseUnitName(name) : undefined;
    if (parts === undefined) throw invalidArgs(`Unit name ${name} is not valid.`);
    if (parts.kind === "template") throw invalidArgs(`Unit name ${name} is missing the instance name.`);
    if (!isPristine(manager, name))
      throw new DBusError(
        "org.freedesktop.systemd1.UnitExists",
        `Unit ${name} was already loaded or has a fragment file.`,
      );
    return { name, type, ...readProperties(name, type, properties, this.context) };
  }
}

function typeOf(name: string): UnitType | undefined {
  return parseUnitName(name)?.type;
}

/** Nothing has made this unit yet: no file, and no job of it is under way. */
function isPristine(manager: Manager, name: string): boolean {
  const id = manager.loadUnit(name);
  const unit = manager.definition(id);
  if (unit === undefined) return true;
  if (unit.loadState !== "not-found" && unit.loadState !== "loaded") return false;
  if (unit.fragmentPath !== undefined || unit.sourcePath !== undefined) return false;
  return unit.id === name && manager.view(id).job === undefined && manager.activeState(id) === "inactive";
}
