import { all, anyOf, everything, type Match, matchFields, matchValue } from "../read/match.ts";
import { unitMatch, userUnitMatch } from "./unit-match.ts";

/** What journalctl's options select. Empty lists select nothing away. Unit names are whole ("web.service"), patterns resolved. */
export interface Selection {
  readonly units?: readonly string[];
  readonly userUnits?: readonly string[];
  /** Whose user units. */
  readonly uid?: number;
  /** 32 hexadecimal digits; findBoot() gives it for `-b -1` and such. */
  readonly bootId?: string;
  /** Which priorities, 0 to 7; priorityRange() gives them for `-p`. */
  readonly priorities?: readonly number[];
  readonly identifiers?: readonly string[];
  readonly facilities?: readonly number[];
  /** Only the kernel's messages (-k). */
  readonly kernel?: boolean;
  /** `NAME=value` terms, in alternatives ("+"). */
  readonly matches?: readonly (readonly string[])[];
}

/** The match of a selection: every option narrows it, values of one option are alternatives. */
export function selectionMatch(selection: Selection): Match {
  const parts: Match[] = [];
  const values = (name: string, list: readonly (string | number)[] | undefined): void => {
    if (list !== undefined && list.length > 0) parts.push(anyOf(list.map((value) => matchValue(name, String(value)))));
  };
  if (selection.bootId !== undefined) parts.push(matchValue("_BOOT_ID", selection.bootId));
  if (selection.kernel === true) parts.push(matchValue("_TRANSPORT", "kernel"));
  const units = [
    ...(selection.units ?? []).map(unitMatch),
    ...(selection.userUnits ?? []).map((unit) => userUnitMatch(unit, selection.uid ?? 0)),
  ];
  if (units.length > 0) parts.push(anyOf(units));
  values("SYSLOG_IDENTIFIER", selection.identifiers);
  values("PRIORITY", selection.priorities);
  values("SYSLOG_FACILITY", selection.facilities);
  if (selection.matches !== undefined && selection.matches.length > 0) parts.push(matchFields(selection.matches));
  return parts.length === 0 ? everything : all(parts);
}

const LEVELS = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** The priorities of `-p LEVEL` (that and worse) or `-p FROM..TO`; undefined when it is neither. */
export function priorityRange(text: string): number[] | undefined {
  const level = (word: string): number | undefined => {
    const index = /^[0-7]$/.test(word) ? Number(word) : LEVELS.indexOf(word);
    return index < 0 ? undefined : index;
  };
  const range = text.split("..");
  const ends = range.map(level);
  if (ends.length > 2 || ends.includes(undefined)) return undefined;
  const [one, other] = ends as [number, number | undefined];
  const from = other === undefined ? 0 : Math.min(one, other);
  const to = other === undefined ? one : Math.max(one, other);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
