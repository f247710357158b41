import type { GraphUnit } from "@steward/graph";

/** A unit's definition as plain JSON: what the graph and the core read of it, every value said. */
export interface FrozenUnit {
  readonly id: string;
  readonly names: readonly string[];
  readonly loadState: GraphUnit["loadState"];
  readonly loadError?: { readonly name: string; readonly message: string };
  readonly fragmentPath?: string;
  readonly dependencies: readonly { readonly kind: string; readonly name: string }[];
  /** Section, then directive. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Directives that the files set, by section. */
  readonly made: Readonly<Record<string, readonly string[]>>;
}

/** JSON has neither sets nor integers of 64 bits: an object with one of these keys stands for them. */
const SET = "$set";
const BIGINT = "$bigint";

function freezeValue(value: unknown): unknown {
  if (typeof value === "bigint") return { [BIGINT]: String(value) };
  if (value instanceof Set) return { [SET]: [...value].map(freezeValue) };
  if (Array.isArray(value)) return value.map(freezeValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, freezeValue(part)]));
}

function thawValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(thawValue);
  const { [SET]: set, [BIGINT]: number } = value as Record<string, unknown>;
  if (Array.isArray(set)) return new Set(set.map(thawValue));
  if (typeof number === "string") return BigInt(number);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, thawValue(part)]));
}

/** The section of a unit's own type: "Service" for web.service. */
function ownSection(id: string): string {
  const type = id.slice(id.lastIndexOf(".") + 1);
  return type.charAt(0).toUpperCase() + type.slice(1);
}

/** Defaults stand in the prototype of a section's values: they are said too. */
function allValues(section: object): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name in section) values[name] = freezeValue((section as Record<string, unknown>)[name]);
  return values;
}

/** Takes down a definition, so that a replay needs no disk. */
export function freezeUnit(unit: GraphUnit): FrozenUnit {
  const settings: Record<string, Record<string, unknown>> = {};
  const made: Record<string, string[]> = {};
  for (const section of ["Unit", ownSection(unit.id)]) {
    const values = (unit.settings as Readonly<Record<string, object | undefined>>)[section];
    if (values === undefined) continue;
    settings[section] = allValues(values);
    made[section] = Object.keys(settings[section]).filter((name) => (unit.origins?.(section, name).length ?? 0) > 0);
  }
  const { id, names, loadState, loadError, fragmentPath, dependencies } = unit;
  return {
    id,
    names,
    loadState,
    ...(loadError === undefined ? {} : { loadError }),
    ...(fragmentPath === undefined ? {} : { fragmentPath }),
    dependencies: dependencies.map(({ kind, name }) => ({ kind, name })),
    settings,
    made,
  };
}

/** A definition as it was taken down. */
export function thawUnit(frozen: FrozenUnit): GraphUnit {
  const { made, settings, ...unit } = frozen;
  return {
    ...unit,
    settings: thawValue(settings) as object,
    origins: (section, name) => (made[section]?.includes(name) ? [name] : []),
  };
}
