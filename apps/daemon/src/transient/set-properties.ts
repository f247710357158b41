import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DBusError, type Value } from "@steward/ipc";
import { directives, type LoadContext, transientUnitText } from "@steward/unit-file";
import { noSuchUnit } from "../bus/errors.ts";
import type { Manager } from "../manager.ts";
import { readProperties, toBusValue } from "./read-properties.ts";
import type { TransientFiles } from "./transient-files.ts";

/** The first lines of each drop-in, in systemd's words. */
const header = `# This is a drop-in unit file extension, created via "systemctl set-property"
# or an equivalent operation. Do not edit.
`;

/** Directives that may be changed while a unit runs: resources (systemd.resource-control(5)), and what it is called. */
const changeable: ReadonlySet<string> = new Set([
  "Description",
  ...directives()
    .filter(({ man }) => man === "systemd.resource-control(5)")
    .map(({ name }) => name)
    // Where a unit stands in the tree is decided when it is made.
    .filter((name) => name !== "Slice" && name !== "Delegate"),
]);

/** Where drop-ins go: until the next boot, or for good. */
export interface ControlDirectories {
  readonly runtime: string;
  readonly persistent: string;
}

/** What one property says, in a drop-in of its own that is named after the directive. */
interface DropIn {
  readonly name: string;
  readonly text: string;
}

/** SetUnitProperties (systemctl(1), set-property): each property becomes a drop-in, and the unit is read anew. */
export class PropertySetting {
  private readonly directories: ControlDirectories;
  private readonly files: TransientFiles;
  private readonly context: LoadContext;

  constructor(directories: ControlDirectories, files: TransientFiles, context: LoadContext) {
    this.directories = directories;
    this.files = files;
    this.context = context;
  }

  set(manager: Manager, name: string, runtime: boolean, pairs: readonly Value[]): void {
    const id = manager.loadUnit(name);
    const unit = manager.definition(id);
    if (unit === undefined) throw noSuchUnit(name);
    if (unit.loadError !== undefined) throw new DBusError(unit.loadError.name, unit.loadError.message);
    readProperties(id, unit.type, pairs, this.context);
    const dropIns = pairs.flatMap((pair) => {
      const [property, value] = pair as readonly [string, Value];
      const { text } = transientUnitText(unit.type, [{ name: property, value: toBusValue(value) }]);
      return dropInOf(property, text, Array.isArray(toBusValue(value)));
    });
    if (dropIns.length === 0) return;
    const { directories, files } = this;
    const base = files.owns(unit.fragmentPath)
      ? files.directory
      : runtime
        ? directories.runtime
        : directories.persistent;
    const folder = join(base, `${id}.d`);
    for (const dropIn of dropIns) write(folder, dropIn);
    manager.loadAnew([id]);
  }
}

/** Refuses what cannot be changed in a unit that is there. A list begins anew: what the file says of it does not stay. */
function dropInOf(property: string, text: string, isList: boolean): DropIn {
  let section = "";
  const statements: string[] = [];
  let at = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("[")) at = line;
    else if (line !== "") {
      section = at;
      statements.push(line);
    }
  }
  const directive = statements[0]?.slice(0, statements[0].indexOf("=")) ?? "";
  if (!changeable.has(directive))
    throw new DBusError(
      "org.freedesktop.DBus.Error.PropertyReadOnly",
      `Cannot set property ${property}, or unknown property.`,
    );
  const reset = isList && statements[0] !== `${directive}=` ? [`${directive}=`] : [];
  return { name: `50-${directive}.conf`, text: `${header}${[section, ...reset, ...statements].join("\n")}\n` };
}

/** Whole or not at all. */
function write(folder: string, { name, text }: DropIn): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const next = join(folder, `.#${name}`);
    writeFileSync(next, text, { mode: 0o644 });
    renameSync(next, join(folder, name));
  } catch (error) {
    throw new DBusError(
      "org.freedesktop.DBus.Error.AccessDenied",
      `Cannot write ${join(folder, name)}: ${(error as Error).message}. Is the file system writable?`,
    );
  }
}
