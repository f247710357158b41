import type { GraphUnit } from "./graph-unit.ts";

/** Settings are read loosely: the graph needs few of them, and units may come from elsewhere than unit-file. */
export function setting(unit: GraphUnit, section: string, directive: string): unknown {
  const settings = unit.settings as Record<string, Record<string, unknown> | undefined>;
  return settings[section]?.[directive];
}

/** A yes or no, or the default. */
export function flag(unit: GraphUnit, section: string, directive: string, fallback: boolean): boolean {
  const value = setting(unit, section, directive);
  return typeof value === "boolean" ? value : fallback;
}

/** A word, where one was set. */
export function word(unit: GraphUnit, section: string, directive: string): string | undefined {
  const value = setting(unit, section, directive);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list, empty where nothing was set. */
export function list(unit: GraphUnit, section: string, directive: string): readonly unknown[] {
  const value = setting(unit, section, directive);
  return Array.isArray(value) ? value : [];
}
