import type { UnitType } from "../names.ts";
import type { Kind } from "../values/kind.ts";
import { pathTable, socketTable, timerTable } from "./activation.ts";
import { execTable } from "./exec.ts";
import { killTable } from "./kill.ts";
import { automountTable, mountTable, scopeTable, sliceTable, swapTable } from "./mounts.ts";
import { resourceTable } from "./resource-control.ts";
import { serviceTable } from "./service.ts";
import type { ManPage, OtherDirective, Setting, SettingsOf, Table } from "./table.ts";
import { installTable, unitTable } from "./unit.ts";

type Exec = SettingsOf<typeof execTable.settings>;
type Kill = SettingsOf<typeof killTable.settings>;
type Resource = SettingsOf<typeof resourceTable.settings>;

/** What processes run in: systemd.exec(5), for sections that start processes. */
export type ExecSettings = Exec;
/** How processes are ended: systemd.kill(5). */
export type KillSettings = Kill;
/** What processes may use: systemd.resource-control(5). */
export type ResourceSettings = Resource;

/** Every section with its values, by the name of the directive. All are there for every unit; those that are not its own hold defaults. */
export interface Settings {
  readonly Unit: SettingsOf<typeof unitTable.settings>;
  readonly Install: SettingsOf<typeof installTable.settings>;
  readonly Service: SettingsOf<typeof serviceTable.settings> & Exec & Kill & Resource;
  readonly Socket: SettingsOf<typeof socketTable.settings> & Exec & Kill & Resource;
  readonly Timer: SettingsOf<typeof timerTable.settings>;
  readonly Path: SettingsOf<typeof pathTable.settings>;
  readonly Mount: SettingsOf<typeof mountTable.settings> & Exec & Kill & Resource;
  readonly Automount: SettingsOf<typeof automountTable.settings>;
  readonly Swap: SettingsOf<typeof swapTable.settings> & Exec & Kill & Resource;
  readonly Slice: SettingsOf<typeof sliceTable.settings> & Resource;
  readonly Scope: SettingsOf<typeof scopeTable.settings> & Kill & Resource;
}

/** The name of a section. */
export type SectionName = keyof Settings;

const sectionTables: Readonly<Record<SectionName, readonly Table[]>> = {
  Unit: [unitTable],
  Service: [serviceTable, execTable, resourceTable, killTable],
  Socket: [socketTable, execTable, resourceTable, killTable],
  Mount: [mountTable, execTable, resourceTable, killTable],
  Automount: [automountTable],
  Swap: [swapTable, execTable, resourceTable, killTable],
  Timer: [timerTable],
  Path: [pathTable],
  Slice: [sliceTable, resourceTable],
  Scope: [scopeTable, resourceTable, killTable],
  Install: [installTable],
};

/** Where an assignment to a directive goes. */
export interface Destination {
  readonly section: SectionName;
  readonly name: string;
  readonly kind: Kind<unknown>;
}

/** One section, ready for look-up. */
export interface Section {
  readonly name: SectionName;
  readonly settings: ReadonlyMap<string, Setting<unknown>>;
  /** What each directive sets; several for TimeoutSec=. */
  readonly directives: ReadonlyMap<string, readonly Destination[]>;
}

/** A directive as documentation, completion and checks want it. */
export interface Directive {
  readonly section: SectionName;
  readonly name: string;
  readonly man: ManPage;
  /** The type of its values in words. */
  readonly type: string;
  /** Words that it takes, where they are few. */
  readonly choices: readonly string[];
  /** How several assignments meet; an empty one resets those that add, unless "adds-no-reset". */
  readonly repeats: Kind<unknown>["repeats"];
  /** The systemd version that introduced it; 0: 252 or before. */
  readonly since: number;
  /** What it sets when that bears another name: an alias, or one of several that add to one list. */
  readonly sets: readonly string[];
  /** An older name that is still understood. */
  readonly legacy: boolean;
  /** The D-Bus property that shows it, where it is one of its own. */
  readonly property: string | undefined;
}

const built = new Map<SectionName, Section>();

/** The section of that name; undefined where there is none with directives ([Target] and [Device] have none). */
export function sectionOf(name: string): Section | undefined {
  if (!Object.hasOwn(sectionTables, name)) return undefined;
  const known = built.get(name as SectionName);
  if (known) return known;
  const section = buildSection(name as SectionName);
  built.set(name as SectionName, section);
  return section;
}

function buildSection(name: SectionName): Section {
  const settings = new Map<string, Setting<unknown>>();
  const directives = new Map<string, readonly Destination[]>();
  const others: [string, OtherDirective][] = [];
  for (const table of sectionTables[name]) {
    for (const [key, setting] of Object.entries(table.settings) as [string, Setting<unknown>][]) {
      settings.set(key, setting);
      if (setting.isDirective) directives.set(key, [{ section: name, name: key, kind: setting.kind }]);
    }
    others.push(...Object.entries(table.others));
  }
  for (const [key, other] of others) {
    directives.set(
      key,
      other.sets.map((target) => {
        const dot = target.indexOf(".");
        const section = dot < 0 ? name : (target.slice(0, dot) as SectionName);
        const slot = target.slice(dot + 1);
        const setting = section === name ? settings.get(slot) : sectionOf(section)?.settings.get(slot);
        if (!setting) throw new Error(`${key} sets ${target}, which there is not`);
        return { section, name: slot, kind: other.kind ?? setting.kind };
      }),
    );
  }
  return { name, settings, directives };
}

/** The sections that a unit of a type may have; those of other types are unknown to it. */
export function sectionsOf(type: UnitType): readonly string[] {
  let sections = allowedSections.get(type);
  if (!sections) {
    sections = ["Unit", type.charAt(0).toUpperCase() + type.slice(1), "Install"];
    allowedSections.set(type, sections);
  }
  return sections;
}

const allowedSections = new Map<UnitType, readonly string[]>();

/** The section that a unit type calls its own; targets and devices have none with directives. */
export function ownSection(type: UnitType): Exclude<SectionName, "Unit" | "Install"> | undefined {
  const own = type.charAt(0).toUpperCase() + type.slice(1);
  return Object.hasOwn(sectionTables, own) ? (own as Exclude<SectionName, "Unit" | "Install">) : undefined;
}

/** The D-Bus property that a setting is shown as: its own name, with USec for Sec, unless the table says otherwise. */
export function propertyOf(name: string, setting: Setting<unknown>): string | undefined {
  if (setting.property === null) return undefined;
  return setting.property ?? name.replace(/Sec$/, "USec");
}

/** Every directive of every section, in the order of the tables. */
export function directives(): Directive[] {
  const rows: Directive[] = [];
  for (const section of Object.keys(sectionTables) as SectionName[]) {
    for (const table of sectionTables[section]) {
      for (const [name, setting] of Object.entries(table.settings) as [string, Setting<unknown>][]) {
        if (!setting.isDirective) continue;
        rows.push({
          section,
          name,
          man: table.man,
          type: setting.kind.name,
          choices: (setting.kind.choices ?? []).filter((word) => word !== ""),
          repeats: setting.kind.repeats,
          since: setting.since,
          sets: [],
          legacy: false,
          property: propertyOf(name, setting),
        });
      }
      for (const [name, other] of Object.entries(table.others)) {
        const kind = sectionOf(section)?.directives.get(name)?.[0]?.kind;
        rows.push({
          section,
          name,
          man: table.man,
          type: kind?.name ?? "",
          choices: (kind?.choices ?? []).filter((word) => word !== ""),
          repeats: kind?.repeats ?? "replaces",
          since: other.since,
          sets: other.sets,
          legacy: other.legacy,
          property: undefined,
        });
      }
    }
  }
  return rows;
}
