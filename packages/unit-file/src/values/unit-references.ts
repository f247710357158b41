import { isValidUnitName, type UnitType, unitTypeOf } from "../names.ts";
import { parentSlice } from "../slice-names.ts";
import type { Kind } from "./kind.ts";
import { forEachWord } from "./lists.ts";
import { scalar } from "./scalars.ts";

/** A list of units, as After= has it. There is no reset: an empty assignment changes nothing (systemd.unit(5)). */
export const unitNames: Kind<readonly string[]> = {
  name: "list of units",
  signature: "as",
  repeats: "adds-no-reset",
  initial: [],
  assign(previous, a) {
    const names = [...previous];
    forEachWord(a, { retainEscape: true }, (word) => {
      const name = a.expandName(word);
      if (name === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${word}', ignoring: ${a.expandError()}`);
      } else if (!isValidUnitName(name)) a.warn(`Failed to add dependency on ${name}, ignoring: Invalid argument`);
      else if (!names.includes(name)) names.push(name);
    });
    return names;
  },
  toBus: (v) => v,
};

/** Sockets=: sockets only. */
export const socketNames: Kind<readonly string[]> = {
  ...unitNames,
  name: "list of sockets",
  assign(previous, a) {
    const names = [...previous];
    forEachWord(a, { unquote: true }, (word) => {
      const name = a.expandName(word);
      if (name === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${word}', ignoring: ${a.expandError()}`);
      } else if (!name.endsWith(".socket")) a.warn(`Unit must be of type socket, ignoring: ${name}`);
      else if (!isValidUnitName(name)) a.warn(`Failed to add dependency on ${name}, ignoring: Invalid argument`);
      else if (!names.includes(name)) names.push(name);
    });
    return names;
  },
};

/** A list of unit names as [Install] has it; an empty assignment resets it. */
export const installNames: Kind<readonly string[]> = {
  ...unitNames,
  repeats: "adds",
  assign(previous, a) {
    if (a.value === "") return [];
    const names = [...previous];
    // Specifiers in [Install] are resolved when the unit is enabled, with the name it is enabled under.
    forEachWord(a, { unquote: true, retainEscape: true }, (word) => names.push(word));
    return names;
  },
};

/** One unit that this one sets off (Unit= of timers and paths, Service= of sockets). `types`: which it may be; none means any but its own. */
export function triggeredUnit(only?: UnitType): Kind<string> {
  return scalar(
    "unit",
    "s",
    "",
    (text, a) => {
      const name = a.expandName(text);
      if (name === undefined) {
        a.warn(`Failed to resolve unit specifiers in ${text}, ignoring: ${a.expandError()}`);
        return undefined;
      }
      if (only && !name.endsWith(`.${only}`)) a.warn(`Unit must be of type ${only}, ignoring: ${name}`);
      else if (!only && !isValidUnitName(name)) a.warn(`Unit type not valid, ignoring: ${text}`);
      else if (!only && unitTypeOf(name) === a.unit.type) a.warn(`Units cannot trigger themselves, ignoring: ${text}`);
      else if (!isValidUnitName(name)) a.warn(`Failed to add trigger on ${name}, ignoring: Invalid argument`);
      else return name;
      return undefined;
    },
    (v) => v,
  );
}

/** Slice=: a slice. */
export const slice: Kind<string> = scalar(
  "slice",
  "s",
  "",
  (text, a) => {
    if (text === "") return "";
    const name = a.expandName(text);
    if (name === undefined) {
      a.warn(`Failed to resolve unit specifiers in '${text}', ignoring: ${a.expandError()}`);
    } else if (!isValidUnitName(name)) {
      a.warn(`Failed to load slice unit ${name}, ignoring: Unit name ${name} is not valid.`);
    } else if (!name.endsWith(".slice") || (a.unit.type === "slice" && name !== parentSlice(a.unit.name))) {
      a.warn(`Failed to assign slice ${name} to unit ${a.unit.name}, ignoring: Invalid argument`);
    } else return name;
    return undefined;
  },
  (v) => v,
);

/** Documentation=: URIs of a few schemes; repeats add. */
export const documentation: Kind<readonly string[]> = {
  name: "list of URIs",
  signature: "as",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const items = [...previous];
    forEachWord(a, { unquote: true }, (word) => {
      const value = a.expand(word);
      if (value === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${word}', ignoring: ${a.expandError()}`);
      } else if (!/^(https?:\/\/|file:\/?|info:|man:)./.test(value)) a.warn(`Invalid URL, ignoring: ${value}`);
      else items.push(value);
    });
    return items;
  },
  toBus: (v) => v,
};
