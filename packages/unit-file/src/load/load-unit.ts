import type { Diagnostic, Position } from "../diagnostics.ts";
import type { SectionName, Settings } from "../directives/sections.ts";
import { defaultFacts, defaultSpecifiers } from "../facts.ts";
import { parseUnitFile, type UnitFile } from "../grammar/parse.ts";
import { instantiate, parseUnitName, type UnitNameParts, type UnitType } from "../names.ts";
import type { SpecifierContext } from "../specifiers.ts";
import type { Facts } from "../values/kind.ts";
import { type ApplyTarget, applyUnitFile } from "./apply.ts";
import { resolveName, type UnitCatalog } from "./catalog.ts";
import type { UnitDependency } from "./dependencies.ts";
import { dropInPaths, linkedDependencies } from "./drop-ins.ts";
import { finishUnit } from "./finish.ts";
import { leadsToNull } from "./masks.ts";
import { settingsBuilder } from "./settings.ts";
import { verifyUnit } from "./verify.ts";

/** How loading ended, in systemd's words. */
export type LoadState = "loaded" | "not-found" | "bad-setting" | "error" | "masked";

/** What loading needs to know of the manager and the machine. What is left out is as on a machine that nothing is known about. */
export interface LoadContext {
  readonly facts?: Facts;
  readonly specifiers?: SpecifierContext;
}

/** A file that a unit was made from, with its time of modification in microseconds: when that changes, a reload is due. */
export interface UnitSource {
  readonly path: string;
  readonly mtimeUsec: number;
}

/** A unit as its files say it is. Implicit dependencies are not in it: they follow from settings (packages/graph). */
export interface LoadedUnit {
  /** The name that the fragment has: what an alias leads to. */
  readonly id: string;
  /** All names, the id first. */
  readonly names: readonly string[];
  readonly type: UnitType;
  readonly parts: UnitNameParts;
  readonly instance: string | undefined;
  readonly loadState: LoadState;
  /** A D-Bus error, where the state is not "loaded". */
  readonly loadError: { readonly name: string; readonly message: string } | undefined;
  readonly fragmentPath: string | undefined;
  readonly dropInPaths: readonly string[];
  /** SourcePath=: what a generator made the unit from. */
  readonly sourcePath: string | undefined;
  readonly settings: Settings;
  /** Where a setting was made, in order; empty where it holds its default. */
  readonly origins: (section: SectionName, name: string) => readonly Position[];
  /** What directives and .wants, .requires and .upholds directories state. */
  readonly dependencies: readonly UnitDependency[];
  readonly diagnostics: readonly Diagnostic[];
  /** The fragment and drop-ins that were read. NeedDaemonReload compares them with the disk. */
  readonly sources: readonly UnitSource[];
  /** Whether defaults that follow from other settings are worked out: false where reading ended before. */
  readonly isFinished: boolean;
  /** The facts it was loaded with: some properties are shown from them. */
  readonly facts: Facts;
}

/** One file for `loadUnitFromFiles`. */
export interface GivenFile {
  readonly path: string;
  readonly text: string;
}

/** Loads a unit by any of its names. Never throws: what is wrong is in loadState, loadError and diagnostics. */
export function loadUnit(catalog: UnitCatalog, name: string, context: LoadContext = {}): LoadedUnit {
  const asked = parseUnitName(name);
  if (!asked) return invalidName(name, context);
  const resolved = resolveName(catalog.entries, name);
  // An alias of what is missing stays by itself.
  const isThere = resolved?.path !== undefined && (resolved.id === name || isUsable(catalog, resolved.path));
  const parts = (isThere && parseUnitName(resolved.id)) || asked;
  const names = isThere ? allNames(catalog, parts, name) : [name];
  const unit = new Loading(parts, names, context);
  if (!resolved) return unit.fail("error", "ELOOP", "Too many levels of symbolic links");

  if (resolved.path !== undefined && unit.readFragment(catalog, resolved.path) === "stop") return unit.done();
  if (unit.state === undefined && needsFragment(parts.type)) {
    unit.state = "not-found";
    return unit.done();
  }
  unit.readCompanions(catalog);
  return unit.done();
}

/** Loads a unit from texts instead of a tree: a transient unit, or what an editor holds. The first file is the fragment, the others drop-ins. */
export function loadUnitFromFiles(name: string, files: readonly GivenFile[], context: LoadContext = {}): LoadedUnit {
  const parts = parseUnitName(name);
  if (!parts) return invalidName(name, context);
  const unit = new Loading(parts, [name], context);
  const [fragment, ...dropIns] = files;
  if (fragment) {
    unit.fragmentPath = fragment.path;
    if (unit.parseFragment(fragment.text, fragment.path) === "stop") return unit.done();
  } else if (needsFragment(parts.type)) unit.state = "not-found";
  for (const file of dropIns) {
    unit.dropIns.push(file.path);
    unit.apply(parseUnitFile(file.text, file.path));
  }
  return unit.done();
}

/** Whether what an alias leads to is there at all; masked it may be. */
function isUsable(catalog: UnitCatalog, path: string): boolean {
  return catalog.tree.stat(path) !== undefined || leadsToNull(catalog.tree, path);
}

/** These exist without a file: a slice by its name, a device by udev. */
function needsFragment(type: UnitType): boolean {
  return type !== "slice" && type !== "device";
}

/** The id, the name asked for, and every alias that leads to either, with this unit's instance where they are templates. */
export function allNames(catalog: UnitCatalog, parts: UnitNameParts, asked: string): string[] {
  const names = [parts.name];
  const add = (name: string): void => {
    if (!names.includes(name)) names.push(name);
  };
  if (asked !== parts.name) add(asked);
  for (const alias of catalog.aliases.get(parts.name) ?? []) add(alias);
  if (parts.kind === "instance") {
    for (const alias of catalog.aliases.get(`${parts.prefix}@.${parts.type}`) ?? []) {
      const name = instantiate(alias, parts.instance ?? "");
      if (name !== undefined) add(name);
    }
  }
  return names;
}

function invalidName(name: string, context: LoadContext): LoadedUnit {
  const parts: UnitNameParts = { name, prefix: name, type: "service", kind: "plain", instance: undefined };
  const unit = new Loading(parts, [name], context);
  unit.state = "error";
  const message = `Unit name ${name} is not valid.`;
  return { ...unit.done(), loadError: { name: "org.freedesktop.DBus.Error.InvalidArgs", message } };
}

/** A unit being loaded: opened when the first file is read, closed by done(). */
class Loading {
  state: LoadState | undefined;
  fragmentPath: string | undefined;
  readonly dropIns: string[] = [];
  readonly #parts: UnitNameParts;
  readonly #names: readonly string[];
  readonly #target: ApplyTarget;
  readonly #sources: UnitSource[] = [];
  #error: { code: string; text: string } | undefined;

  constructor(parts: UnitNameParts, names: readonly string[], context: LoadContext) {
    const facts = context.facts ?? defaultFacts;
    this.#parts = parts;
    this.#names = names;
    this.#target = {
      parts,
      fragmentPath: undefined,
      facts,
      specifiers: context.specifiers ?? defaultSpecifiers,
      builder: settingsBuilder(parts.type, facts),
      diagnostics: [],
      dependencies: [],
    };
  }

  fail(state: LoadState, code: string, text: string): LoadedUnit {
    this.state = state;
    this.#error = { code, text };
    return this.done();
  }

  readFragment(catalog: UnitCatalog, path: string): "stop" | "go on" {
    const read = catalog.tree.read(path);
    if (!read.ok) {
      const at = catalog.tree.stat(path);
      // A link to /dev/null, or any device or socket of no length, masks the unit (systemd.unit(5), "Description").
      if (leadsToNull(catalog.tree, path) || (at?.kind === "other" && read.error !== "ELOOP")) {
        this.fragmentPath = path;
        this.state = "masked";
        return "go on";
      }
      if (read.error === "ENOENT") return "go on";
      this.fragmentPath = path;
      this.state = "error";
      this.#error = { code: read.error, text: errorText(read.error) };
      this.#target.diagnostics.push({
        severity: "error",
        file: path,
        line: 0,
        column: 0,
        message: errorText(read.error),
      });
      return "stop";
    }
    this.fragmentPath = path;
    this.#sources.push({ path, mtimeUsec: read.mtimeUsec });
    if (read.text === "") {
      this.state = "masked";
      return "go on";
    }
    return this.parseFragment(read.text, path);
  }

  parseFragment(text: string, path: string): "stop" | "go on" {
    const outcome = this.apply(parseUnitFile(text, path));
    this.state = outcome === "ok" ? "loaded" : outcome === "refused" ? "bad-setting" : "error";
    return outcome === "ok" ? "go on" : "stop";
  }

  apply(parsed: { value: UnitFile; diagnostics: Diagnostic[] }): "ok" | "refused" | "unreadable" {
    this.#target.diagnostics.push(...parsed.diagnostics);
    if (!applyUnitFile(parsed.value, { ...this.#target, fragmentPath: this.fragmentPath })) return "refused";
    if (!parsed.value.error) return "ok";
    this.#error = { code: parsed.value.error.code, text: errorText(parsed.value.error.code) };
    return "unreadable";
  }

  /** .wants, .requires and .upholds directories, then drop-ins. A drop-in that cannot be read changes nothing about the load state. */
  readCompanions(catalog: UnitCatalog): void {
    const { dependencies, diagnostics } = this.#target;
    const warn = (file: string, message: string): void => {
      diagnostics.push({ severity: "warning", file, line: 0, column: 0, message });
    };
    for (const [suffix, kind] of [
      [".wants", "Wants"],
      [".requires", "Requires"],
      [".upholds", "Upholds"],
    ] as const) {
      for (const link of linkedDependencies(catalog, this.#names, suffix, warn)) {
        const name = this.#withInstance(link.name);
        dependencies.push({ kind, name, origin: { file: link.path, line: 0, column: 0 } });
      }
    }
    for (const path of dropInPaths(catalog, this.#names)) {
      this.dropIns.push(path);
      const read = catalog.tree.read(path);
      if (!read.ok) continue;
      this.#sources.push({ path, mtimeUsec: read.mtimeUsec });
      const error = this.#error;
      this.apply(parseUnitFile(read.text, path));
      this.#error = error;
    }
  }

  /** A template in a .wants directory stands for its instance with this unit's instance, or its prefix where it has none. */
  #withInstance(name: string): string {
    const parts = parseUnitName(name);
    if (parts?.kind !== "template") return name;
    const instance = this.#parts.instance ?? this.#parts.prefix;
    return `${parts.prefix}@${instance}.${parts.type}`;
  }

  done(): LoadedUnit {
    const { builder, diagnostics, dependencies, facts } = this.#target;
    let state = this.state ?? "loaded";
    const { Unit } = builder.settings;
    // A mount or swap whose file is bad is there all the same when the kernel says so: systemd works it out to the end.
    const finishes = state === "loaded" || (state === "bad-setting" && ["mount", "swap"].includes(this.#parts.type));
    if (finishes) {
      finishUnit(this.#parts, builder, facts, this.#target.specifiers);
      const file = this.fragmentPath ?? this.#parts.name;
      const findings = verifyUnit(this.#parts, builder, file);
      if (state === "loaded") diagnostics.push(...findings);
      if (findings.some((f) => f.severity === "error")) state = "bad-setting";
    }
    return {
      id: this.#parts.name,
      names: this.#names,
      type: this.#parts.type,
      parts: this.#parts,
      instance: this.#parts.instance,
      loadState: state,
      loadError: loadError(this.#parts.name, state, this.#error),
      fragmentPath: this.fragmentPath,
      dropInPaths: this.dropIns,
      sourcePath: Unit.SourcePath === "" ? undefined : Unit.SourcePath,
      settings: builder.settings,
      origins: builder.origins,
      dependencies,
      diagnostics,
      sources: this.#sources,
      isFinished: finishes,
      facts,
    };
  }
}

function loadError(id: string, state: LoadState, error: { code: string; text: string } | undefined) {
  switch (state) {
    case "loaded":
      return undefined;
    case "not-found":
      return { name: "org.freedesktop.systemd1.NoSuchUnit", message: `Unit ${id} not found.` };
    case "bad-setting":
      return { name: "org.freedesktop.systemd1.BadUnitSetting", message: `Unit ${id} has a bad unit file setting.` };
    case "masked":
      return { name: "org.freedesktop.systemd1.UnitMasked", message: `Unit ${id} is masked.` };
    case "error": {
      const { code, text } = error ?? { code: "EIO", text: errorText("EIO") };
      const message = `Unit ${id} failed to load properly, please adjust/correct and reload service manager: ${text}`;
      return { name: errorName(code), message };
    }
  }
}

/** The C library's words for the errors that reading can give. */
const errorTexts: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EBADMSG: "Bad message",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  ENAMETOOLONG: "File name too long",
  ENOBUFS: "No buffer space available",
  ENOENT: "No such file or directory",
  ENOMEM: "Cannot allocate memory",
  ENOTDIR: "Not a directory",
  ENXIO: "No such device or address",
  EPERM: "Operation not permitted",
};

function errorText(code: string): string {
  return errorTexts[code] ?? code;
}

/** The D-Bus name of an error, as sd-bus maps them. */
function errorName(code: string): string {
  const mapped: Readonly<Record<string, string>> = {
    EPERM: "AccessDenied",
    EACCES: "AccessDenied",
    ENOENT: "FileNotFound",
    ENOMEM: "NoMemory",
    EINVAL: "InvalidArgs",
    EBADMSG: "InconsistentMessage",
    ENOBUFS: "LimitsExceeded",
    EIO: "IOError",
  };
  const name = mapped[code];
  return name ? `org.freedesktop.DBus.Error.${name}` : `System.Error.${code}`;
}
