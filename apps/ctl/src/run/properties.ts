/** Assignments as people write them, made into properties as StartTransientUnit takes them. */
import { type Value, variant } from "@steward/ipc";
import {
  type BusValue,
  directives,
  type LoadedUnit,
  loadUnitFromFiles,
  ownSection,
  propertySlots,
  transientUnitText,
  type UnitType,
  unitProperties,
} from "@steward/unit-file";
import { Failure } from "../failure.ts";

/** A property with its value and its type: one of an a(sv). */
export type Property = readonly [name: string, value: Value];

const execDirectives = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
] as const;

const execNames: ReadonlySet<string> = new Set(execDirectives.flatMap((name) => [name, `${name}Ex`]));

/** Assignments that are short for several. */
const shorthands: Readonly<Record<string, readonly string[]>> = { TimeoutSec: ["TimeoutStartSec", "TimeoutStopSec"] };

/**
 * The properties that assignments such as "MemoryMax=1G" come to, in all forms that a unit file knows: they are read as a file
 * of that type, and what differs from an empty one is what was said. Specifiers are not resolved, as in systemd-run(1).
 */
export function propertiesOf(type: UnitType, assignments: readonly string[]): readonly Property[] {
  if (assignments.length === 0) return [];
  const spelled = assignments.flatMap(spell);
  const said = load(type, spelled);
  // What follows from the unit's name (a dynamic user's) is the manager's to work out: here the unit has another.
  const renamed = load(type, spelled, "other");
  const named = new Set(spelled.map((assignment) => assignment.slice(0, assignment.indexOf("="))));
  return [
    ...valuesIn(type, said, { silent: load(type, []), renamed, named }),
    ...commandsIn(said),
    ...dependenciesIn(said),
  ];
}

function spell(assignment: string): readonly string[] {
  const equals = assignment.indexOf("=");
  if (equals < 1) throw new Failure(`Not an assignment: ${assignment}`);
  const name = assignment.slice(0, equals);
  const value = assignment.slice(equals + 1);
  const names = Object.hasOwn(shorthands, name) ? (shorthands[name] as readonly string[]) : [name];
  return names.map((each) => `${each}=${value}`);
}

const unitNames: ReadonlySet<string> = new Set(
  directives()
    .filter(({ section }) => section === "Unit")
    .map(({ name }) => name),
);

/** A unit file with each assignment in the section where it belongs. */
function load(type: UnitType, assignments: readonly string[], name = "run"): LoadedUnit {
  const { unit, text } = read(
    type,
    assignments.map((assignment) => literal(type, assignment)),
    name,
  );
  const [problem] = complaints(unit);
  if (problem === undefined) return unit;
  const statement = text.split("\n")[problem.line - 1] ?? "";
  if (/^Unknown/.test(problem.message)) throw new Failure(`Unknown assignment: ${statement.replaceAll("%%", "%")}`);
  throw new Failure(problem.message);
}

const complaints = (unit: LoadedUnit): LoadedUnit["diagnostics"] =>
  unit.diagnostics.filter(
    ({ line, severity, message }) => line > 0 && (severity === "error" || /ignor/i.test(message)),
  );

/** A percent sign is itself: doubled where specifiers are resolved, and left alone where it is a unit ("20%"). */
function literal(type: UnitType, assignment: string): string {
  const doubled = assignment.replaceAll("%", "%%");
  if (doubled === assignment || complaints(read(type, [doubled]).unit).length === 0) return doubled;
  return assignment;
}

function read(
  type: UnitType,
  assignments: readonly string[],
  unitName = "run",
): { readonly unit: LoadedUnit; readonly text: string } {
  const own = ownSection(type);
  // With a command, so that what follows from having none is no difference.
  const lines = { Unit: [] as string[], own: type === "service" ? ["ExecStart=/bin/true"] : [] };
  for (const assignment of assignments) {
    const name = assignment.slice(0, assignment.indexOf("="));
    lines[unitNames.has(name) ? "Unit" : "own"].push(assignment.replaceAll("\n", "\\\n"));
  }
  const text = `[Unit]\n${lines.Unit.join("\n")}\n[${own ?? "Unit"}]\n${lines.own.join("\n")}\n`;
  return { unit: loadUnitFromFiles(`${unitName}.${type}`, [{ path: "", text }]), text };
}

function valuesIn(
  type: UnitType,
  said: LoadedUnit,
  {
    silent,
    renamed,
    named,
  }: { readonly silent: LoadedUnit; readonly renamed: LoadedUnit; readonly named: ReadonlySet<string> },
): Property[] {
  const signatures = new Map(propertySlots(type).map((slot) => [slot.name, slot.signature]));
  const before = new Map(unitProperties(silent).map(({ name, value }) => [name, printed(value)]));
  const elsewhere = new Map(unitProperties(renamed).map(({ name, value }) => [name, printed(value)]));
  return unitProperties(said).flatMap(({ name, value }): Property[] => {
    const signature = signatures.get(name);
    const stream = streamOf(said, name);
    if (stream !== undefined) return [[stream.name, variant("s", stream.value)]];
    if (signature === undefined || execNames.has(name)) return [];
    if (elsewhere.get(name) !== printed(value)) return [];
    // What only follows from another setting, and can be said by none, is the manager's to work out.
    const { text, unsupported } = transientUnitText(type, [{ name, value }]);
    if (unsupported.length > 0) return [];
    // What is as it would be anyway is said all the same where it was named: "CPUWeight=" takes back.
    const directive = /^([A-Za-z0-9]+)=/m.exec(text)?.[1] ?? "";
    const isNamed = named.has(directive) && (value !== "" || name === directive);
    if (before.get(name) === printed(value) && !isNamed) return [];
    return [[name, variant(signature, wireValue(signature, value))]];
  });
}

const streamSuffixes: Readonly<Record<string, string>> = {
  file: "File",
  append: "FileToAppend",
  truncate: "FileToTruncate",
  fd: "FileDescriptorName",
};

/** A stream that leads to a file or a named descriptor: a property of its own says which. */
function streamOf(unit: LoadedUnit, name: string): { readonly name: string; readonly value: string } | undefined {
  if (unit.type !== "service") return undefined;
  if (name !== "StandardInput" && name !== "StandardOutput" && name !== "StandardError") return undefined;
  const { mode, target } = unit.settings.Service[name];
  const suffix = streamSuffixes[mode];
  return suffix === undefined || target === "" ? undefined : { name: name + suffix, value: target };
}

function printed(value: BusValue): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));
}

function wireValue(signature: string, value: BusValue): Value {
  return signature === "ay" ? Uint8Array.from(value as readonly number[]) : (value as Value);
}

function commandsIn(unit: LoadedUnit): Property[] {
  if (unit.type !== "service") return [];
  return execDirectives.flatMap((directive): Property[] => {
    // The first ExecStart= is the one that every service has here (below).
    const commands = unit.settings.Service[directive].slice(directive === "ExecStart" ? 1 : 0);
    if (commands.length === 0) return [];
    const rows = commands.map((command) => [
      command.path,
      command.argv,
      [
        ...(command.ignoreFailure ? ["ignore-failure"] : []),
        ...(command.fullPrivileges ? ["privileged"] : []),
        ...(command.noSetuid ? ["no-setuid"] : []),
        ...(command.ambientMagic ? ["ambient"] : []),
        ...(command.noEnvExpand ? ["no-env-expand"] : []),
      ],
    ]);
    return [[`${directive}Ex`, variant("a(sasas)", rows as Value)]];
  });
}

function dependenciesIn(unit: LoadedUnit): Property[] {
  const names = new Map<string, string[]>();
  for (const { kind, name } of unit.dependencies) names.set(kind, [...(names.get(kind) ?? []), name]);
  const mounts = unit.settings.Unit.RequiresMountsFor;
  if (mounts.length > 0) names.set("RequiresMountsFor", [...mounts]);
  return [...names].map(([kind, list]) => [kind, variant("as", list)]);
}
