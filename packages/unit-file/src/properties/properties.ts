import { ownSection, propertyOf, type SectionName, sectionOf } from "../directives/sections.ts";
import type { LoadedUnit } from "../load/load-unit.ts";
import type { UnitType } from "../names.ts";
import type { BusValue } from "../values/kind.ts";
import { execProperties } from "./exec-properties.ts";
import { interfaceProperties } from "./interfaces.ts";
import { serviceProperties } from "./service-properties.ts";
import {
  automountProperties,
  mountProperties,
  pathProperties,
  scopeProperties,
  socketProperties,
  swapProperties,
  timerProperties,
} from "./type-properties.ts";
import { unitInterfaceProperties } from "./unit-properties.ts";

/** One D-Bus property. `interface` is the last part of its interface's name: "Service", "Unit". */
export interface UnitProperty {
  readonly interface: string;
  readonly name: string;
  readonly signature: string;
  readonly value: BusValue;
}

/** A property that a unit type has, in D-Bus' order, whether it comes from a unit file or is known at run time only. */
export interface PropertySlot {
  readonly interface: string;
  readonly name: string;
  readonly signature: string;
}

/** How a property is worked out of a unit, where it is more than one setting's value. */
type PropertyGetter = (unit: LoadedUnit) => BusValue;

interface Row extends PropertySlot {
  readonly get: PropertyGetter | undefined;
}

const special: Readonly<Record<string, Readonly<Record<string, PropertyGetter>>>> = {
  Unit: unitInterfaceProperties,
  Service: { ...execProperties("Service"), ...serviceProperties },
  Socket: { ...execProperties("Socket"), ...socketProperties },
  Mount: { ...execProperties("Mount"), ...mountProperties },
  Swap: { ...execProperties("Swap"), ...swapProperties },
  Slice: execProperties("Slice"),
  Scope: { ...execProperties("Scope"), ...scopeProperties },
  Timer: timerProperties,
  Path: pathProperties,
  Automount: automountProperties,
};

const cache = new Map<UnitType, readonly Row[]>();
const byName = new Map<UnitType, ReadonlyMap<string, Row>>();

/** All properties of a unit type's own interface, then those of the interface Unit, as GetAll("") answers them. */
export function propertySlots(type: UnitType): readonly PropertySlot[] {
  return rows(type);
}

/** Every property that follows from a unit's files, with its value, in D-Bus' order. Those of run time are the daemon's. */
export function unitProperties(unit: LoadedUnit): UnitProperty[] {
  const found: UnitProperty[] = [];
  for (const row of rows(unit.type)) {
    if (row.get)
      found.push({ interface: row.interface, name: row.name, signature: row.signature, value: row.get(unit) });
  }
  return found;
}

/** One of `unitProperties`, without the cost of the others; undefined where a unit's files do not say it. */
export function unitProperty(unit: LoadedUnit, name: string): UnitProperty | undefined {
  let known = byName.get(unit.type);
  if (known === undefined) {
    known = new Map(rows(unit.type).map((row) => [row.name, row]));
    byName.set(unit.type, known);
  }
  const row = known.get(name);
  if (row?.get === undefined) return undefined;
  return { interface: row.interface, name, signature: row.signature, value: row.get(unit) };
}

function rows(type: UnitType): readonly Row[] {
  const known = cache.get(type);
  if (known) return known;
  const own = (type.charAt(0).toUpperCase() + type.slice(1)) as keyof typeof interfaceProperties;
  const made = [...interfaceRows(own, ownSection(type)), ...interfaceRows("Unit", "Unit")];
  cache.set(type, made);
  return made;
}

function interfaceRows(name: keyof typeof interfaceProperties, section: SectionName | undefined): Row[] {
  const bySetting = section ? settingGetters(section) : new Map<string, PropertyGetter>();
  const byHand = special[name] ?? {};
  const text = interfaceProperties[name] as string;
  return (text === "" ? [] : text.split(" ")).map((item) => {
    const colon = item.indexOf(":");
    const property = item.slice(0, colon);
    const get = Object.hasOwn(byHand, property) ? byHand[property] : bySetting.get(property);
    return { interface: name, name: property, signature: item.slice(colon + 1), get };
  });
}

/** Properties that show one setting as it is. */
function settingGetters(section: SectionName): Map<string, PropertyGetter> {
  const getters = new Map<string, PropertyGetter>();
  for (const [name, setting] of sectionOf(section)?.settings ?? []) {
    const property = propertyOf(name, setting);
    if (property === undefined) continue;
    getters.set(property, (unit) =>
      setting.kind.toBus((unit.settings[section] as Readonly<Record<string, unknown>>)[name]),
    );
  }
  return getters;
}
