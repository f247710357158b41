/** A scenario from its file, and the units that it is about: those it brings, those of its directories, those of the machine. */
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { referencedNames } from "@steward/graph";
import { namedUnits, parseScenario, type Scenario, standardUnits } from "@steward/state-machine";
import {
  type LoadContext,
  type LoadedUnit,
  loadUnit,
  loadUnitFromFiles,
  scanUnitPaths,
  templateOf,
  type UnitCatalog,
} from "@steward/unit-file";
import { nodeTree } from "@steward/unit-tree";
import { type Options, textOption } from "../command-line.ts";
import { Failure } from "../failure.ts";
import type { Finding } from "../verify/finding.ts";
import { catalogOf, contextOf } from "../verify/load-units.ts";

export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly units: readonly LoadedUnit[];
  /** What an instance needs that is made on the way, for a connection. */
  readonly instances: (name: string) => readonly LoadedUnit[];
  /** What is wrong in the scenario itself (then nothing can be played), and in unit files. */
  readonly findings: readonly Finding[];
}

/** Reads a scenario's file, or standard input for "-". */
function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new Failure(`Cannot read ${file}: ${(error as Error).message}`, 1, { cause: error });
  }
}

export function loadScenario(file: string, options: Options): LoadedScenario {
  const text = textOf(file);
  const shown = file === "-" ? "<stdin>" : file;
  const { value: scenario, diagnostics } = parseScenario(text, shown);
  const lines = text.split("\n");
  const findings = diagnostics.map(({ line, column, message }): Finding => {
    const source = lines[line - 1];
    return {
      severity: "error",
      unit: shown,
      file: shown,
      line,
      column,
      message,
      fatal: true,
      exact: true,
      ...(source === undefined ? {} : { source }),
    };
  });
  if (findings.length > 0) return { scenario, units: [], instances: () => [], findings };
  const base = file === "-" ? "." : dirname(resolve(file));
  const loader = unitLoader(scenario, shown, base, options);
  const named = namedUnits(scenario).filter((name) => !name.includes("@."));
  const units = closure([...named, "-.slice", "system.slice", "init.scope"], loader);
  const known = new Set(units.map(({ id }) => id));
  const instances = (name: string): LoadedUnit[] => closure([name], loader).filter(({ id }) => !known.has(id));
  return { scenario, units, instances, findings: units.flatMap((unit) => unitFindings(unit, shown, lines)) };
}

type Loader = (name: string) => LoadedUnit;

/** The scenario's own word first, then its directories, then the machine's files; what systemd always has stands in where none has it. */
function unitLoader(scenario: Scenario, file: string, base: string, options: Options): Loader {
  const context = contextOf(options);
  const directories = scenario.directories.map((directory) => resolve(base, directory));
  const rooted = textOption(options, "root") !== undefined;
  const catalogs: UnitCatalog[] = rooted
    ? [scanUnitPaths(nodeTree("/"), directories), catalogOf(options)]
    : [catalogOf(options, directories)];
  return (name) => {
    const own = inlineUnit(scenario, name, file, context);
    if (own !== undefined) return own;
    for (const catalog of catalogs) {
      const unit = loadUnit(catalog, name, context);
      if (unit.fragmentPath !== undefined) return unit;
    }
    const standard = Object.hasOwn(standardUnits, name) ? standardUnits[name] : undefined;
    return standard === undefined
      ? loadUnit(catalogs.at(-1)!, name, context)
      : loadUnitFromFiles(name, [{ path: name, text: standard }], context);
  };
}

/** A unit file that stands in the scenario; its lines keep their numbers there. */
function inlineUnit(scenario: Scenario, name: string, file: string, context: LoadContext): LoadedUnit | undefined {
  const template = templateOf(name);
  const key = [name, template].find((each) => each !== undefined && Object.hasOwn(scenario.units, each));
  if (key === undefined) return undefined;
  const text = "\n".repeat(scenario.unitLines?.[key] ?? 0) + scenario.units[key]!;
  return loadUnitFromFiles(name, [{ path: file, text }], context);
}

function closure(names: readonly string[], load: Loader): LoadedUnit[] {
  const units = new Map<string, LoadedUnit>();
  const known = new Set<string>();
  const queue = [...names];
  for (const name of queue) {
    if (known.has(name)) continue;
    known.add(name);
    const unit = load(name);
    if (units.has(unit.id)) continue;
    units.set(unit.id, unit);
    for (const alias of unit.names) known.add(alias);
    queue.push(...referencedNames(unit));
  }
  return [...units.values()];
}

/** What loading a unit had to say, with the line that it is about. */
function unitFindings(unit: LoadedUnit, file: string, lines: readonly string[]): Finding[] {
  return unit.diagnostics
    .filter(({ severity }) => severity !== "notice")
    .map((diagnostic) => {
      const { severity, message, line, column } = diagnostic;
      const source = diagnostic.file === file ? lines[line - 1] : undefined;
      return {
        severity,
        unit: unit.id,
        message,
        file: diagnostic.file,
        ...(line > 0 && { line }),
        ...(column > 0 && { column }),
        ...(source === undefined ? {} : { source }),
      };
    });
}

/** The scenario's name, for headings. */
export function titleOf(file: string): string {
  return file === "-" ? "scenario" : basename(file).replace(/\.scenario$/, "");
}
