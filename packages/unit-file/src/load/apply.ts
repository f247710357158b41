import type { Diagnostic, Position } from "../diagnostics.ts";
import { type Destination, sectionOf, sectionsOf } from "../directives/sections.ts";
import type { UnitFile, UnitFileEntry } from "../grammar/parse.ts";
import type { UnitNameParts, UnitType } from "../names.ts";
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
  const assignment = new UnitAssignment(target);
  for (const section of file.sections) {
    if (!allowed.includes(section.name)) {
      if (!section.name.startsWith("X-")) {
        warn(target, section.position, `Unknown section '${section.name}'. Ignoring.`, section.name);
      }
      continue;
    }
    const directives = sectionOf(section.name)?.directives;
    for (const entry of section.entries) {
      const destinations = directives?.get(entry.key);
      if (!destinations) warnUnknown(section.name, entry, target);
      else if (!applyEntry(assignment.of(section.name, entry, destinations), destinations, target)) return false;
    }
  }
  return true;
}

function warnUnknown(section: string, entry: UnitFileEntry, target: ApplyTarget): void {
  if (entry.key.startsWith("X-")) return;
  warn(target, entry.position, `Unknown key '${entry.key}' in section [${section}], ignoring.`, section, entry.key);
}

function warn(target: ApplyTarget, at: Position, message: string, section: string, directive?: string): void {
  target.diagnostics.push({ severity: "warning", ...at, message, section, ...(directive ? { directive } : {}) });
}

/** Settings of cgroup v1 that systemd warns about. */
const obsolete: Readonly<Record<string, string | undefined>> = {
  __proto__: null as never,
  CPUShares: "CPUWeight=",
  StartupCPUShares: "CPUWeight=",
  MemoryLimit: "MemoryMax=",
  BlockIODeviceWeight: "IO*= settings",
  BlockIOReadBandwidth: "IO*= settings",
  BlockIOWriteBandwidth: "IO*= settings",
};

/** Only services and scopes delegate, and of the others only slices have a say in what is killed when memory runs out. */
function isUnsupported(directive: string, type: UnitType): boolean {
  return (
    directive === "Delegate" ||
    (type !== "slice" && /^ManagedOOM(Swap|MemoryPressure|MemoryPressureLimit)$/.test(directive))
  );
}

function applyEntry(assignment: UnitAssignment, destinations: readonly Destination[], target: ApplyTarget): boolean {
  const { directive, entry } = assignment;
  if (directive === "RequiresOverridable" || directive === "RequisiteOverridable") {
    const better = directive.replace("Overridable", "");
    assignment.warn(
      `Unit dependency type ${directive}= is obsolete, replacing by ${better}=, please update your unit file`,
    );
  }
  const complaints = target.diagnostics.length;
  const sayObsolete = (): void => {
    const better = obsolete[directive];
    const message = `Unit uses ${directive}=; please use ${better} instead. Support for ${directive}= will be removed soon.`;
    if (better !== undefined) assignment.warn(message);
  };
  if (directive !== "MemoryLimit") sayObsolete();
  if (target.parts.type !== "service" && target.parts.type !== "scope" && isUnsupported(directive, target.parts.type)) {
    assignment.warn(
      directive === "Delegate"
        ? "Delegate= setting not supported for this unit type, ignoring."
        : `${directive}= is not supported for this unit type, ignoring.`,
    );
    return true;
  }
  for (const to of destinations) {
    const before = target.builder.get(to.section, to.name);
    const after = to.kind.assign(before, assignment);
    if (assignment.isRefused) return false;
    if (directive === "MemoryLimit" && target.diagnostics.length === complaints) sayObsolete();
    // What was only complained of was not set.
    if (after === before && target.diagnostics.length > complaints) continue;
    target.builder.put(to.section, to.name, after, entry);
    // systemd.unit(5), JobTimeoutSec=: it counts for the other as long as that is not set.
    if (directive === "JobTimeoutSec" && !target.builder.isSet("Unit", "JobRunningTimeoutSec")) {
      target.builder.put("Unit", "JobRunningTimeoutSec", after);
    }
    if (after !== before && to.section === "Unit" && isDependencyKind(to.name)) {
      const origin = entry.position;
      for (const name of (after as readonly string[]).slice((before as readonly string[]).length)) {
        target.dependencies.push({ kind: to.name, name, origin });
      }
    }
  }
  return true;
}

/** An entry as its kind sees it; what the kind says of it becomes a diagnostic at the value's place. One object serves all entries of a file. */
class UnitAssignment implements Assignment {
  isRefused = false;
  section = "";
  directive = "";
  value = "";
  entry!: UnitFileEntry;
  private isName = false;
  private readonly target: ApplyTarget;

  constructor(target: ApplyTarget) {
    this.target = target;
  }
  of(section: string, entry: UnitFileEntry, destinations: readonly Destination[]): this {
    this.section = section;
    this.directive = entry.key;
    this.value = entry.value;
    this.entry = entry;
    this.isName = destinations[0]?.kind === unitNames;
    return this;
  }
  get position(): Position {
    return this.entry.position;
  }
  get facts(): Facts {
    return this.target.facts;
  }
  get unit(): UnitNameParts {
    return this.target.parts;
  }
  expand(text: string): string | undefined {
    return text.includes("%") ? expandSpecifiers(text, this.target, this.target.specifiers) : text;
  }
  expandName(text: string): string | undefined {
    return text.includes("%") ? expandSpecifiers(text, this.target, this.target.specifiers, "name") : text;
  }
  expandError(): string {
    return hasUnknownSpecifier(this.value, this.isName ? "name" : "all") ? "Invalid slot" : "Invalid argument";
  }
  notice(message: string): void {
    this.say("notice", message);
  }
  warn(message: string): void {
    this.say("warning", message);
  }
  refuse(message: string): void {
    this.isRefused = true;
    this.say("error", message);
  }
  private say(severity: Diagnostic["severity"], message: string): void {
    const { file } = this.position;
    const { valueLine: line, valueColumn: column } = this.entry;
    const { section, directive } = this;
    this.target.diagnostics.push({ severity, file, line, column, message, section, directive });
  }
}
