/** Every unit type, in systemd's order. Snapshots and bus names are history. */
export const unitTypes = [
  "service",
  "mount",
  "swap",
  "socket",
  "target",
  "device",
  "automount",
  "timer",
  "path",
  "slice",
  "scope",
] as const;

/** A unit's type: the suffix of its name. */
export type UnitType = (typeof unitTypes)[number];

/** Unit names have at most 255 bytes (systemd.unit(5)). */
export const UNIT_NAME_MAX = 256;

/** The parts of a valid unit name: `prefix`, `prefix@.type` (a template: instance is "") or `prefix@instance.type`. */
export interface UnitNameParts {
  readonly name: string;
  readonly prefix: string;
  readonly type: UnitType;
  readonly kind: "plain" | "template" | "instance";
  readonly instance: string | undefined;
}

const typeSet = new Set<string>(unitTypes);

/** Whether a character code may stand in a unit name, `@` apart: letters, digits, and `:-_.\`. */
function isNameUnit(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 45 && unit <= 46) ||
    (unit >= 48 && unit <= 58) ||
    unit === 95 ||
    unit === 92
  );
}

/** Takes a unit name apart; undefined when it is not valid (systemd.unit(5), "Description"). */
export function parseUnitName(name: string): UnitNameParts | undefined {
  if (name.length >= UNIT_NAME_MAX) return undefined;
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return undefined;
  const type = name.slice(dot + 1);
  if (!typeSet.has(type)) return undefined;
  let at = -1;
  for (let i = 0; i < dot; i++) {
    const unit = name.charCodeAt(i);
    if (unit === 64) {
      if (at < 0) at = i;
    } else if (!isNameUnit(unit)) return undefined;
  }
  if (at === 0) return undefined;
  const instance = at < 0 ? undefined : name.slice(at + 1, dot);
  return {
    name,
    prefix: name.slice(0, at < 0 ? dot : at),
    type: type as UnitType,
    kind: instance === undefined ? "plain" : instance === "" ? "template" : "instance",
    instance,
  };
}

/** Whether a name is a valid unit name of any kind, or of the given kinds. */
export function isValidUnitName(name: string, ...kinds: readonly UnitNameParts["kind"][]): boolean {
  const parts = parseUnitName(name);
  return parts !== undefined && (kinds.length === 0 || kinds.includes(parts.kind));
}

/** The type that a name ends in, valid or not otherwise. */
export function unitTypeOf(name: string): UnitType | undefined {
  const type = name.slice(name.lastIndexOf(".") + 1);
  return typeSet.has(type) ? (type as UnitType) : undefined;
}

/** `foo@bar.service` to `foo@.service`; undefined where the name is no instance. */
export function templateOf(name: string): string | undefined {
  const parts = parseUnitName(name);
  return parts?.kind === "instance" ? `${parts.prefix}@.${parts.type}` : undefined;
}

/** Puts an instance into a template: `foo@.service` and `bar` to `foo@bar.service`; undefined where the result is not valid. */
export function instantiate(template: string, instance: string): string | undefined {
  const parts = parseUnitName(template);
  if (parts?.kind !== "template") return undefined;
  const name = `${parts.prefix}@${instance}.${parts.type}`;
  return parseUnitName(name)?.kind === "instance" ? name : undefined;
}

/** Replaces the type: `foo.socket` and `service` to `foo.service`. */
export function changeType(name: string, type: UnitType): string {
  return `${name.slice(0, name.lastIndexOf("."))}.${type}`;
}

/** Whether text is a valid prefix (what stands before `@` or the dot). */
export function isValidPrefix(text: string): boolean {
  return text !== "" && everyUnit(text, isNameUnit);
}

/** Whether text is a valid instance (what stands between `@` and the dot). */
export function isValidInstance(text: string): boolean {
  return text !== "" && everyUnit(text, (unit) => unit === 64 || isNameUnit(unit));
}

function everyUnit(text: string, test: (unit: number) => boolean): boolean {
  for (let i = 0; i < text.length; i++) if (!test(text.charCodeAt(i))) return false;
  return true;
}

export { isNameUnit };
