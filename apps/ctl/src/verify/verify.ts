/** verify: unit files, or whole trees of them, before anything runs them (systemd-analyze(1), verify). */
import { readlinkSync } from "node:fs";
import { resolve } from "node:path";
import { instantiate, type LoadedUnit, parseUnitName, type UnitCatalog } from "@steward/unit-file";
import { type Options, textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { OptionRow } from "../option-table.ts";
import { booleanOption, ownArguments } from "../own-options.ts";
import { printJson, wantsJson } from "../verbs/filters.ts";
import { type Finding, printFinding } from "./finding.ts";
import { limitFindings } from "./limits.ts";
import { catalogOf, type Loaded, loadClosure, placeOf } from "./load-units.ts";
import { namesOf, peopleFindings } from "./people.ts";
import { manFindings, programFindings } from "./programs.ts";
import { settingFindings, sourceLine } from "./settings.ts";
import { cycleFindings, danglingFindings, startFindings } from "./ties.ts";

const table: readonly OptionRow[] = [
  { name: "help", short: "h", kind: "flag", help: "Show this help" },
  { name: "output", short: "o", kind: "value", help: "json, or json-pretty: one object for each finding" },
  { name: "root", kind: "value", help: "Work on the files below this directory; without names on all of them" },
  { name: "user", kind: "flag", help: "This user's units" },
  { name: "system", kind: "flag", help: "The system's units" },
  { name: "man", kind: "optional", help: "Whether man pages of Documentation= must be there" },
  {
    name: "recursive-errors",
    kind: "value",
    help: "Which warnings fail: yes (of any unit), no (of these), one (and of those they name)",
  },
  { name: "quiet", short: "q", kind: "flag", help: "Only errors and warnings that systemd-analyze has too" },
];

export async function verify(context: Context, args: readonly string[]): Promise<number> {
  const own = ownArguments(context, args, table, "[OPTION…] FILE…");
  if (own === undefined) return 0;
  return verifyFiles({ ...context, options: own.options }, own.words);
}

/** Also systemd-analyze's verb. */
export async function verifyFiles(context: Context, files: readonly string[]): Promise<number> {
  const findings = findingsOf(context.options, files);
  const shown = context.options.quiet === true ? findings.filter((each) => each.own !== true) : findings;
  if (wantsJson(context))
    printJson(
      context,
      shown.map(({ fatal: _, own: __, ...each }) => each),
    );
  else for (const finding of shown) printFinding(context, finding);
  return exitCode(context.options, findings, files);
}

/** Everything there is to say of these files and of what they pull in. */
export function findingsOf(options: Options, files: readonly string[]): Finding[] {
  const root = (textOption(options, "root") ?? "").replace(/\/+$/, "");
  if (files.length === 0 && root === "") throw new Failure("Too few arguments.");
  const places = files.map((file) => placeOf(file, root));
  const catalog = catalogOf(
    options,
    [...new Set(places.map((each) => each.directory))].filter((each) => each !== "."),
  );
  const names = files.length === 0 ? [...catalog.entries.keys()] : places.map((each) => each.name);
  const loaded = loadClosure(catalog, names.filter(isUnitName).map(startable), options);
  return [
    ...closureFindings(catalog, loaded, options),
    ...names.flatMap((name) => unitFindings(catalog, loaded, name, options, root)),
  ];
}

const isUnitName = (name: string): boolean => parseUnitName(name) !== undefined;

/** A template cannot be started: systemd-analyze takes this instance of it. */
function startable(name: string): string {
  return parseUnitName(name)?.kind === "template" ? (instantiate(name, "test-instance") ?? name) : name;
}

function closureFindings({ tree }: UnitCatalog, { units }: Loaded, options: Options): Finding[] {
  const all = [...new Set(units.values())];
  const own = options["recursive-errors"] === "no" ? [] : all;
  return own.flatMap((unit) => settingFindings(tree, unit));
}

function unitFindings(catalog: UnitCatalog, loaded: Loaded, name: string, options: Options, root: string): Finding[] {
  const unit = loaded.units.get(startable(name));
  if (unit === undefined)
    return [{ severity: "error", unit: name, message: `Unit name ${name} is not valid.`, fatal: true }];
  const only = options["recursive-errors"] === "no" ? settingFindings(catalog.tree, unit) : [];
  if (unit.loadState !== "loaded")
    return [
      ...only,
      { severity: "error", unit: unit.id, message: unit.loadError?.message ?? `Unit ${name} not found.`, fatal: true },
    ];
  const found: Finding[] = [
    ...only,
    ...(options["recursive-errors"] === "no" ? [] : startFindings(loaded.graph, unit)),
    ...socketFindings(loaded, unit),
    ...programFindings(unit, root),
    ...(booleanOption(options, "man") === false || root !== "" ? [] : manFindings(unit)),
    ...danglingFindings(loaded.units, unit),
    ...cycleFindings(loaded.graph, [unit]),
    ...peopleFindings(unit, namesOf(root)),
    ...limitFindings(unit),
  ];
  return found.map((each) => withSource(catalog, each));
}

/** A socket needs the service that it starts. */
function socketFindings({ units }: Loaded, unit: LoadedUnit): Finding[] {
  if (unit.type !== "socket") return [];
  const { Accept, Service } = unit.settings.Socket;
  const service = Accept ? `${unit.parts.prefix}@.service` : Service || unit.id.replace(/\.socket$/, ".service");
  const known = units.get(service);
  if (Accept || known?.loadState === "loaded") return [];
  return [
    {
      severity: "error",
      unit: unit.id,
      message: `service ${service} not loaded, socket cannot be started.`,
      fatal: true,
    },
  ];
}

function withSource({ tree }: UnitCatalog, finding: Finding): Finding {
  if (finding.source !== undefined || finding.file === undefined || finding.line === undefined) return finding;
  const source = sourceLine(tree, finding.file, finding.line);
  return source === undefined ? finding : { ...finding, source };
}

/** systemd-analyze(1), --recursive-errors=: what cannot be started fails always; mere warnings only where they are asked for. */
function exitCode(options: Options, findings: readonly Finding[], files: readonly string[]): number {
  const mode = textOption(options, "recursive-errors");
  if (mode !== undefined && !["yes", "no", "one"].includes(mode))
    throw new Failure(`Failed to parse --recursive-errors=${mode}: Invalid argument`);
  if (findings.some((each) => each.fatal === true)) return 1;
  if (mode === undefined) return 0;
  const given = new Set(files.map((file) => startable(placeOf(realName(file)).name)));
  const counted = findings.filter(
    (each) => each.own !== true && each.line !== undefined && (mode !== "no" || given.has(each.unit)),
  );
  return counted.length > 0 ? 1 : 0;
}

/** The file that a symlink leads to: findings bear the name of what was loaded. */
function realName(file: string): string {
  try {
    return resolve(file, "..", readlinkSync(file));
  } catch {
    return file;
  }
}
