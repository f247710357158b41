import type { Position } from "../diagnostics.ts";
import { type SectionName, type Settings, sectionOf } from "../directives/sections.ts";
import type { UnitType } from "../names.ts";
import type { Facts } from "../values/kind.ts";

type Values = Record<string, unknown>;

/** What knows its place. */
interface HasPosition {
  readonly position: Position;
}

/** Settings under way: each section is an object of what was set, over a shared one of defaults. */
export interface SettingsBuilder {
  readonly settings: Settings;
  /** The value as it stands. */
  get(section: SectionName, name: string): unknown;
  put(section: SectionName, name: string, value: unknown, at?: HasPosition): void;
  /** Where a value was set, in order; empty where nothing set it. */
  origins(section: SectionName, name: string): readonly Position[];
  isSet(section: SectionName, name: string): boolean;
}

/** Defaults differ with the manager's and with the unit's type, and are made once for each pair. */
const defaultsCache = new WeakMap<Facts, Map<string, Readonly<Values>>>();

/** The values of a section where nothing is set. */
function sectionDefaults(section: SectionName, type: UnitType, facts: Facts): Readonly<Values> {
  let cache = defaultsCache.get(facts);
  if (!cache) {
    cache = new Map();
    defaultsCache.set(facts, cache);
  }
  const key = `${section}/${type}`;
  const known = cache.get(key);
  if (known) return known;
  const values: Values = {};
  for (const [name, setting] of sectionOf(section)?.settings ?? []) {
    values[name] = typeof setting.initial === "function" ? setting.initial(facts) : setting.initial;
  }
  if (section === "Unit") Object.assign(values, unitDefaults(type));
  // Services keep their kernel keyring to themselves (systemd.exec(5), KeyringMode=).
  if (section === "Service") values.KeyringMode = facts.scope === "system" ? "private" : "inherit";
  // Only slices have no limit on tasks of their own.
  if (section !== "Slice" && "TasksMax" in values) values.TasksMax = facts.defaults.tasksMax;
  // Services choose when all is read (load/finish.ts); what others run logs as the manager says from the start.
  if (section === "Socket" || section === "Mount" || section === "Swap") {
    values.StandardOutput = { mode: facts.defaults.standardOutput, target: "" };
    values.StandardError = { mode: facts.defaults.standardError, target: "" };
  }
  cache.set(key, values);
  return values;
}

/** What a unit's type changes in [Unit]: mounts and their kin stay when something is isolated (systemd.unit(5), IgnoreOnIsolate=). */
function unitDefaults(type: UnitType): Values {
  return ["mount", "automount", "swap", "slice", "scope", "device"].includes(type) ? { IgnoreOnIsolate: true } : {};
}

/** Sections are made when they are first asked for: most units use three of the eleven. */
class LazySettings {
  private readonly type: UnitType;
  private readonly facts: Facts;
  private readonly own: Partial<Record<SectionName, Values>> = {};
  constructor(type: UnitType, facts: Facts) {
    this.type = type;
    this.facts = facts;
  }
  section(name: SectionName): Values {
    const known = this.own[name];
    if (known) return known;
    const made = Object.create(sectionDefaults(name, this.type, this.facts)) as Values;
    this.own[name] = made;
    return made;
  }
  get Unit(): Values {
    return this.section("Unit");
  }
  get Install(): Values {
    return this.section("Install");
  }
  get Service(): Values {
    return this.section("Service");
  }
  get Socket(): Values {
    return this.section("Socket");
  }
  get Timer(): Values {
    return this.section("Timer");
  }
  get Path(): Values {
    return this.section("Path");
  }
  get Mount(): Values {
    return this.section("Mount");
  }
  get Automount(): Values {
    return this.section("Automount");
  }
  get Swap(): Values {
    return this.section("Swap");
  }
  get Slice(): Values {
    return this.section("Slice");
  }
  get Scope(): Values {
    return this.section("Scope");
  }
}

/** An empty set of settings for a unit of a type. */
export function settingsBuilder(type: UnitType, facts: Facts): SettingsBuilder {
  const settings = new LazySettings(type, facts);
  // One list for all: asked of a few settings, written for every one.
  const origins: { readonly section: SectionName; readonly name: string; readonly at: HasPosition }[] = [];
  return {
    settings: settings as unknown as Settings,
    get: (section, name) => settings.section(section)[name],
    put(section, name, value, at) {
      settings.section(section)[name] = value;
      if (at) origins.push({ section, name, at });
    },
    origins: (section, name) =>
      origins.filter((o) => o.name === name && o.section === section).map((o) => o.at.position),
    isSet: (section, name) => origins.some((o) => o.name === name && o.section === section),
  };
}
