import type { Diagnostic, Position } from "../diagnostics.ts";
import { sectionOf, sectionsOf } from "../directives/sections.ts";
import type { UnitFile, UnitFileEntry } from "../grammar/parse.ts";
import type { UnitNameParts } from "../names.ts";
import { expandSpecifiers, hasUnknownSpecifier, type SpecifierContext } from "../specifiers.ts";
import type { Assignment, Facts } from "../values/kind.ts";
import { unitNames } from "../values/unit-references.ts";
import { isDependencyKind, type UnitDependency } from "./dependencies.ts";
import type { SettingsBuilder } from "./settings.ts";

/** What assignments are read into and with. */
export interface ApplyTarget {
  readonly parts: UnitNameParts;
  readonly fragmentPath: string | undefined;
  readonly facts: Facts;
  readonly specifiers: SpecifierContext;
  readonly builder: SettingsBuilder;
  readonly diagnostics: Diagnostic[];
  readonly dependencies: UnitDependency[];
}

/** Applies every assignment of a file. False: the file has a setting that makes the unit unusable, and reading stopped there. */
export function applyUnitFile(file: UnitFile, target: ApplyTarget): boolean {
  const allowed = sectionsOf(target.parts.type);
  for (const section of file.sections) {
    if (!allowed.includes(section.name)) {
      if (!section.name.startsWith("X-")) {
        warn(target, section.position, `Unknown section '${section.name}'. Ignoring.`, section.name);
      }
      continue;
    }
    for (const entry of section.entries) if (!applyEntry(section.name, entry, target)) return false;
  }
  return true;
}

function warn(target: ApplyTarget, at: Position, message: string, section: string, directive?: string): void {
  target.diagnostics.push({ severity: "warning", ...at, message, section, ...(directive ? { directive } : {}) });
}

/** Settings of cgroup v1 that systemd warns about. */
const obsolete: Readonly<Record<string, string>> = {
  CPUShares: "CPUWeight=",
  StartupCPUShares: "CPUWeight=",
  MemoryLimit: "MemoryMax=",
  BlockIODeviceWeight: "IO*= settings",
  BlockIOReadBandwidth: "IO*= settings",
  BlockIOWriteBandwidth: "IO*= settings",
};

function applyEntry(section: string, entry: UnitFileEntry, target: ApplyTarget): boolean {
  const destinations = sectionOf(section)?.directives.get(entry.key);
  if (!destinations) {
    if (!entry.key.startsWith("X-")) {
      const message = `Unknown key '${entry.key}' in section [${section}], ignoring.`;
      warn(target, entry.position, message, section, entry.key);
    }
    return true;
  }
  let usable = true;
  const at: Position = { file: entry.position.file, line: entry.valueLine, column: entry.valueColumn };
  const unit = { parts: target.parts, fragmentPath: target.fragmentPath };
  const assignment: Assignment = {
    section,
    directive: entry.key,
    value: entry.value,
    position: entry.position,
    facts: target.facts,
    unit: target.parts,
    expand: (text) => expandSpecifiers(text, unit, target.specifiers),
    expandError: () =>
      hasUnknownSpecifier(entry.value, destinations[0]?.kind === unitNames ? "name" : "all")
        ? "Invalid slot"
        : "Invalid argument",
    expandName: (text) => expandSpecifiers(text, unit, target.specifiers, "name"),
    warn: (message) => warn(target, at, message, section, entry.key),
    refuse: (message) => {
      usable = false;
      target.diagnostics.push({ severity: "error", ...at, message, section, directive: entry.key });
    },
  };
  if (Object.hasOwn(obsolete, entry.key)) {
    const better = obsolete[entry.key];
    const message = `Unit uses ${entry.key}=; please use ${better} instead. Support for ${entry.key}= will be removed soon.`;
    warn(target, at, message, section, entry.key);
  }
  for (const to of destinations) {
    const before = target.builder.get(to.section, to.name);
    const after = to.kind.assign(before, assignment);
    if (!usable) return false;
    target.builder.put(to.section, to.name, after, entry.position);
    if (after !== before && to.section === "Unit" && isDependencyKind(to.name)) {
      for (const name of (after as readonly string[]).slice((before as readonly string[]).length)) {
        target.dependencies.push({ kind: to.name, name, origin: entry.position });
      }
    }
  }
  return true;
}
