import { DBusError, type Value, Variant } from "@steward/ipc";
import {
  type BusValue,
  dependencyKinds,
  isValidUnitName,
  type LoadContext,
  loadUnitFromFiles,
  propertySlots,
  type TransientProperty,
  transientUnitText,
  type UnitType,
} from "@steward/unit-file";
import { invalidArgs } from "../bus/errors.ts";

/** What the properties of a call come to: text for a file, and what no file holds. */
export interface ReadProperties {
  readonly text: string;
  /** AddRef=: the caller keeps the unit loaded. */
  readonly addRef: boolean;
  /** PIDs= of a scope. */
  readonly pids: readonly number[];
  /** Controller= of a scope: who is told of a request to stop it. */
  readonly controller: string;
  /** StandardInputFileDescriptor= and its kin: which of the message's descriptors each stream is. */
  readonly streams: Readonly<Partial<Record<StreamName, number>>>;
}

/** Standard streams that can be given as descriptors (systemd-run(1), --pipe). */
export type StreamName = "stdin" | "stdout" | "stderr";

const streamProperties: Readonly<Record<string, StreamName>> = {
  StandardInputFileDescriptor: "stdin",
  StandardOutputFileDescriptor: "stdout",
  StandardErrorFileDescriptor: "stderr",
};

/** Basic types are checked against what the property shows; structures by whoever writes them down. */
const plainSignatures = new Set(["b", "s", "u", "i", "t", "x", "q", "as", "ay"]);

/**
 * Reads the a(sv) of StartTransientUnit or SetUnitProperties for a unit of this type, and holds each value to what its
 * directive takes. Throws the DBusError that the caller is to hear.
 */
export function readProperties(
  name: string,
  type: UnitType,
  pairs: readonly Value[],
  context: LoadContext,
): ReadProperties {
  const plain: TransientProperty[] = [];
  const signatures = new Map(propertySlots(type).map((slot) => [slot.name, slot.signature]));
  const own = { addRef: false, pids: [] as number[], controller: "" };
  const streams: Partial<Record<StreamName, number>> = {};
  for (const pair of pairs) {
    const [property, { signature, value }] = pair as readonly [string, Variant];
    const wants = (expected: string): void => {
      if (signature !== expected) throw unexpected();
    };
    const stream = type === "service" ? streamProperties[property] : undefined;
    if (property === "AddRef") {
      wants("b");
      own.addRef = value === true;
    } else if (stream !== undefined) {
      wants("h");
      streams[stream] = value as number;
    } else if (type === "scope" && property === "PIDs") {
      wants("au");
      own.pids.push(...(value as readonly number[]));
    } else if (type === "scope" && property === "Controller") {
      wants("s");
      own.controller = value as string;
    } else {
      const shown = signatures.get(property);
      if (shown !== undefined && plainSignatures.has(shown)) wants(shown);
      checkNames(property, value);
      plain.push({ name: property, value: toBusValue(value) });
    }
  }
  return { text: textOf(name, type, plain, context), ...own, streams };
}

/** The text of a file, if every directive in it is understood. */
function textOf(name: string, type: UnitType, properties: readonly TransientProperty[], context: LoadContext): string {
  const { text, unsupported } = written(type, properties);
  const [unknown] = unsupported;
  if (unknown !== undefined && hasLineBreak(properties.find(({ name }) => name === unknown)?.value))
    throw invalidArgs(`Invalid ${unknown} setting: a line break cannot stand in it.`);
  if (unknown !== undefined)
    throw new DBusError(
      "org.freedesktop.DBus.Error.PropertyReadOnly",
      `Cannot set property ${unknown}, or unknown property.`,
    );
  const { diagnostics } = loadUnitFromFiles(name, [{ path: name, text }], context);
  const lines = text.split("\n");
  for (const { line, message, severity } of diagnostics) {
    // What is taken in spite of a warning (User=nobody) is no reason to refuse.
    if (severity !== "error" && !/ignor/i.test(message)) continue;
    // What is said of no line is about the unit as a whole: it is said when the unit is loaded.
    const statement = line > 0 ? lines[line - 1] : undefined;
    if (statement === undefined || !statement.includes("=")) continue;
    const directive = statement.slice(0, statement.indexOf("="));
    throw invalidArgs(`Invalid ${directive} setting: ${statement.slice(directive.length + 1)} (${message})`);
  }
  return text;
}

function written(type: UnitType, properties: readonly TransientProperty[]): ReturnType<typeof transientUnitText> {
  try {
    return transientUnitText(type, properties);
  } catch (error) {
    // A structure of another shape than the property has.
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError) throw unexpected();
    throw error;
  }
}

function hasLineBreak(value: BusValue | undefined): boolean {
  if (Array.isArray(value)) return (value as readonly BusValue[]).some(hasLineBreak);
  return typeof value === "string" && /[\n\r\0]/.test(value);
}

function unexpected(): DBusError {
  return invalidArgs("Failed to set unit properties: Unexpected message contents");
}

const dependencies: ReadonlySet<string> = new Set(dependencyKinds);

/** Names of other units are to be names. */
function checkNames(property: string, value: Value): void {
  const names = property === "Slice" ? [value] : dependencies.has(property) ? (value as readonly Value[]) : [];
  for (const name of names)
    if (typeof name !== "string" || !isValidUnitName(name)) throw invalidArgs(`Invalid unit name '${String(name)}'`);
}

/** A value off the wire as unit-file takes it. */
export function toBusValue(value: Value): BusValue {
  if (value instanceof Variant) return toBusValue(value.value);
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(toBusValue);
  if (value instanceof Map) return [...value].map(([key, entry]) => [toBusValue(key), toBusValue(entry)]);
  return value as BusValue;
}
