/** security: how exposed units are (systemd-analyze(1), "security"). Files are read, no manager is needed. */
import { existsSync } from "node:fs";
import { instantiate, type LoadedUnit, loadUnit, parseUnitName, type UnitCatalog } from "@steward/unit-file";
import { type Options, textOption } from "../../command-line.ts";
import type { Context } from "../../context.ts";
import { Failure } from "../../failure.ts";
import { booleanOption } from "../../own-options.ts";
import { cell, tableLines } from "../../print/table.ts";
import { highlightGreen, highlightRed, highlightYellow } from "../../print/terminal.ts";
import { mangleUnitName } from "../../unit-name.ts";
import { compareText, printJson, wantsJson } from "../../verbs/filters.ts";
import { printFinding } from "../../verify/finding.ts";
import { catalogOf, contextOf, placeOf } from "../../verify/load-units.ts";
import { settingFindings } from "../../verify/settings.ts";
import { type Exposure, exposureOf, formatExposure, levelOf } from "./exposure.ts";
import { securityFacts } from "./facts.ts";
import { type Policy, readPolicy } from "./policy.ts";
import { withProfile } from "./profile.ts";

export async function security(context: Context, words: readonly string[]): Promise<number> {
  const { options, out } = context;
  const threshold = thresholdOf(options);
  const path = textOption(options, "security-policy");
  const policy = path === undefined ? {} : readPolicy(path, (text) => out.error(text));
  const isOffline = booleanOption(options, "offline") === true;
  if (textOption(options, "profile") !== undefined && !isOffline)
    throw new Failure("Option --profile= is only supported for security --offline=true.");
  if (words.length === 0 && !isOffline) return overview(context, policy);
  let code = 0;
  for (const unit of unitsOf(context, words)) {
    if (unit === undefined) {
      code = 1;
      continue;
    }
    const exposure = exposureOf(securityFacts(unit), policy);
    show(context, unit.id, exposure);
    if (exposure.overall > threshold) code = 1;
  }
  return code;
}

/** As an integer out of 100; more than that is never reached. */
function thresholdOf(options: Options): number {
  const text = textOption(options, "threshold");
  if (text === undefined) return 100;
  const value = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 100) return value;
  throw new Failure(`Failed to parse threshold: ${text}`);
}

/** The units that were named, as files or by name; undefined, with a word on stderr, for those that cannot be loaded. */
function unitsOf(context: Context, words: readonly string[]): (LoadedUnit | undefined)[] {
  const { options } = context;
  const root = (textOption(options, "root") ?? "").replace(/\/+$/, "");
  const isOffline = booleanOption(options, "offline") === true;
  const places = words.map((word) => {
    if (isOffline || word.includes("/") || existsSync(word)) return placeOf(word, root);
    return { directory: ".", name: mangleUnitName(word) };
  });
  for (const { name } of places)
    if (parseUnitName(name) === undefined) throw new Failure(`Failed to prepare filename ${name}: Invalid argument`);
  const directories = [...new Set(places.map((each) => each.directory))].filter((each) => each !== ".");
  const catalog = withProfile(catalogOf(options, directories), options);
  return places.map(({ name }) => loaded(context, catalog, name));
}

function loaded(context: Context, catalog: UnitCatalog, name: string): LoadedUnit | undefined {
  // A template stands for this instance of it, as under systemd-analyze.
  const wanted = parseUnitName(name)?.kind === "template" ? (instantiate(name, "i") ?? name) : name;
  const unit = loadUnit(catalog, wanted, contextOf(context.options));
  for (const finding of settingFindings(catalog.tree, unit)) printFinding(context, finding);
  if (unit.loadState === "loaded") return unit;
  context.out.error(unit.loadError?.message ?? `Unit ${wanted} not found.`);
  return undefined;
}

function show(context: Context, name: string, { details, overall }: Exposure): void {
  const { out } = context;
  if (wantsJson(context)) {
    const shown = details.map(({ set = null, name, field, description = null, exposure }) => ({
      set,
      name,
      json_field: field,
      description,
      exposure: exposure === undefined ? null : formatExposure(exposure),
    }));
    printJson(context, shown);
    return;
  }
  const columns = [
    { title: "" },
    { title: "NAME" },
    { title: "DESCRIPTION", soft: true },
    { title: "EXPOSURE", right: true },
  ];
  const cells = details.map(({ set, name, description, exposure }) => [
    set === undefined ? cell(" ") : set ? cell("✓", highlightGreen) : cell("✗", highlightRed),
    cell(name),
    cell(description ?? ""),
    cell(exposure === undefined ? "" : formatExposure(exposure)),
  ]);
  for (const line of tableLines(columns, cells, { header: true })) out.line(line);
  const { predicate, smiley } = levelOf(overall);
  out.line(
    `\n→ Overall exposure level for ${name}: ${formatExposure(overall)} ${paintOf(overall)(predicate)} ${smiley}`,
  );
}

function paintOf(overall: number): (text: string) => string {
  if (overall >= 90) return highlightRed;
  if (overall >= 75) return highlightYellow;
  return overall >= 50 ? (text) => text : highlightGreen;
}

/** Without names: the long-running services that the manager holds, or where none runs, those that are installed; a line each. */
async function overview(context: Context, policy: Policy): Promise<number> {
  const { options, out } = context;
  const catalog = catalogOf(options);
  const names = (await loadedServices(context)) ?? [...catalog.entries.keys()].filter(isPlainService);
  const units = names
    .map((name) => loadUnit(catalog, name, contextOf(options)))
    .filter((unit, index, all) => all.findIndex(({ id }) => id === unit.id) === index)
    .filter(({ loadState, settings }) => loadState === "loaded" && settings.Service.Type !== "oneshot")
    .sort((a, b) => compareText(a.id, b.id));
  const shown = units.map((unit) => {
    const { overall } = exposureOf(securityFacts(unit), policy);
    return { unit: unit.id, overall, exposure: formatExposure(overall), ...levelOf(overall) };
  });
  if (wantsJson(context)) {
    printJson(
      context,
      shown.map(({ unit, exposure, predicate, smiley: happy }) => ({ unit, exposure, predicate, happy })),
    );
    return 0;
  }
  const columns = [{ title: "UNIT" }, { title: "EXPOSURE", right: true }, { title: "PREDICATE" }, { title: "HAPPY" }];
  const cells = shown.map(({ unit, overall, exposure, predicate, smiley }) => [
    cell(unit),
    cell(exposure),
    cell(predicate, paintOf(overall)),
    cell(smiley),
  ]);
  for (const line of tableLines(columns, cells, { header: true })) out.line(line);
  return 0;
}

function isPlainService(name: string): boolean {
  const parts = parseUnitName(name);
  return parts?.type === "service" && parts.kind !== "template";
}

async function loadedServices({ manager, options }: Context): Promise<readonly string[] | undefined> {
  if (textOption(options, "root") !== undefined || options.global === true) return undefined;
  try {
    const [rows] = await manager.call("ListUnits");
    return (rows as unknown as readonly (readonly [string])[]).map(([name]) => name).filter(isPlainService);
  } catch {
    return undefined;
  }
}
