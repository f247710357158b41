import { instantiate, parseUnitName, templateOf, type UnitTree } from "@steward/unit-file";
import { fnmatch } from "./fnmatch.ts";

/** One line of a preset file (systemd.preset(5)): what to do with units whose names match, and for a template, as which instances. */
export interface PresetRule {
  readonly action: "enable" | "disable" | "ignore";
  readonly pattern: string;
  readonly instances: readonly string[];
}

/** Reads the preset files of some directories, the most important first: a file hides those of the same name behind it. */
export function readPresets(tree: UnitTree, directories: readonly string[]): readonly PresetRule[] {
  const files = new Map<string, string>();
  for (const directory of directories) {
    for (const { name } of tree.list(directory) ?? []) {
      if (name.endsWith(".preset") && !files.has(name)) files.set(name, `${directory}/${name}`);
    }
  }
  const inOrder = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.flatMap(([, path]) => {
    const file = tree.read(path);
    return file.ok ? parsePresets(file.text) : [];
  });
}

/** The rules of one preset file; lines that are none are passed over, as systemd does with a warning. */
export function parsePresets(text: string): readonly PresetRule[] {
  const rules: PresetRule[] = [];
  for (const line of text.split("\n")) {
    const [action, pattern, ...instances] = line.trim().split(/[ \t\r]+/);
    if (pattern === undefined || (action !== "enable" && action !== "disable" && action !== "ignore")) continue;
    // Instances make sense for a template that is enabled, and nowhere else; the line is then not used at all.
    if (instances.length > 0 && (action !== "enable" || parseUnitName(pattern)?.kind !== "template")) continue;
    rules.push({ action, pattern, instances });
  }
  return rules;
}

/** What presets say about a unit: `units` are the names to enable, where a template's rule lists instances. */
export interface PresetAnswer {
  readonly action: "enable" | "disable" | "ignore";
  readonly units?: readonly string[];
}

/**
 * The first rule that matches decides; without one, units are enabled. Only `preset` itself looks at the instances that rules list; what
 * `list-unit-files` and D-Bus show goes by patterns alone, as with systemd.
 */
export function queryPreset(rules: readonly PresetRule[], name: string, withInstances = false): PresetAnswer {
  for (const rule of rules) {
    if (withInstances && rule.instances.length > 0) {
      const named = instancesOf(rule, name);
      if (named !== undefined) return { action: rule.action, ...named };
    }
    if (fnmatch(rule.pattern, name)) return { action: rule.action };
  }
  return { action: "enable" };
}

function instancesOf(rule: PresetRule, name: string): { units?: readonly string[] } | undefined {
  const parts = parseUnitName(name);
  if (parts?.kind === "template" && name === rule.pattern) {
    return { units: rule.instances.flatMap((instance) => instantiate(name, instance) ?? []) };
  }
  if (parts?.kind !== "instance" || templateOf(name) !== rule.pattern) return undefined;
  return rule.instances.includes(parts.instance!) ? {} : undefined;
}
