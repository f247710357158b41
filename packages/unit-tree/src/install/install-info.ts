import {
  formatDiagnostic,
  instantiate,
  isValidInstance,
  parseUnitFile,
  parseUnitName,
  unitTypeOf,
} from "@steward/unit-file";
import { errnoText } from "./messages.ts";
import { expandInstallSpecifiers, type SpecifierFacts } from "./specifiers.ts";

/** How a unit's file is there: itself, as a mask, as a symlink to a name in the search path, or as one to a file outside of it. */
type InstallMode = "regular" | "masked" | "linked" | "alias";

/** One unit in an install operation: where it was found and what its [Install] section says. */
export interface InstallInfo {
  readonly name: string;
  path: string | undefined;
  mode: InstallMode | undefined;
  symlinkTarget: string | undefined;
  /** Named by another unit's Also= alone: what goes wrong with it is a remark, no failure. */
  auxiliary: boolean;
  aliases: string[];
  wantedBy: string[];
  requiredBy: string[];
  upheldBy: string[];
  also: string[];
  defaultInstance: string | undefined;
}

/** A unit of which nothing is known yet. */
export function newInstallInfo(name: string, path: string | undefined, auxiliary: boolean): InstallInfo {
  return {
    name,
    path,
    mode: undefined,
    symlinkTarget: undefined,
    auxiliary,
    aliases: [],
    wantedBy: [],
    requiredBy: [],
    upheldBy: [],
    also: [],
    defaultInstance: undefined,
  };
}

/** Types that may have other names by symlink: mount, slice, swap … are bound to their path or place. */
export function mayAlias(name: string): boolean {
  const type = unitTypeOf(name);
  return type !== undefined && ["service", "socket", "target", "device", "timer", "path"].includes(type);
}

/** Types that templates exist for. */
export function mayTemplate(name: string): boolean {
  const type = unitTypeOf(name);
  return type !== undefined && ["service", "socket", "target", "timer", "path"].includes(type);
}

/** Whether there is anything for `enable` to do. */
export function hasRules(info: InstallInfo): boolean {
  return info.aliases.length + info.wantedBy.length + info.requiredBy.length + info.upheldBy.length > 0;
}

/** Words with quotes taken away and backslashes kept; what follows an unbalanced quote is dropped. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "\\" && i + 1 < text.length) word = (word ?? "") + c + text[++i];
    else if (quote !== "") {
      if (c === quote) quote = "";
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= "";
    } else if (" \t\n\r".includes(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + c;
  }
  if (word !== undefined && quote === "") words.push(word);
  return words;
}

/** What came of reading [Install]: an errno's name when the file cannot be used, and what systemd logs. */
export interface InstallSectionRead {
  readonly error: "EBADMSG" | "EBADSLT" | "EINVAL" | "ENOBUFS" | "EUNATCH" | undefined;
  readonly warnings: readonly string[];
}

/** Takes what a file says in [Install] into `info`; `addAuxiliary` is told of each unit of Also=, and says whether the name is valid. */
export function readInstallSection(
  info: InstallInfo,
  text: string,
  file: string,
  facts: SpecifierFacts,
  addAuxiliary: (name: string) => boolean,
): InstallSectionRead {
  const { value: parsed, diagnostics } = parseUnitFile(text, file);
  const warnings: string[] = [];
  for (const section of parsed.sections) {
    if (section.name !== "Install") continue;
    for (const { key, value, lastLine } of section.entries) {
      const warn = (message: string): void => void warnings.push(`${file}:${lastLine}: ${message}`);
      if (key === "Alias") {
        if (mayAlias(info.name)) addWords(info.aliases, value);
        else warn(`Alias= is not allowed for ${unitTypeOf(info.name)} units, ignoring.`);
      } else if (key === "WantedBy") addWords(info.wantedBy, value);
      else if (key === "RequiredBy") addWords(info.requiredBy, value);
      else if (key === "UpheldBy") addWords(info.upheldBy, value);
      else if (key === "DefaultInstance") {
        const error = setDefaultInstance(info, value, facts, warn);
        if (error !== undefined) return { error, warnings };
      } else if (key === "Also") {
        for (const word of splitWords(value)) {
          const name = expandInstallSpecifiers(word, info, facts);
          if (!name.ok) {
            warn(`Failed to resolve unit name in Also="${word}": ${errnoText(name.error)}`);
            return { error: name.error, warnings };
          }
          if (!addAuxiliary(name.text)) return { error: "EINVAL", warnings };
          info.also.push(name.text);
        }
      }
    }
  }
  if (parsed.error !== undefined)
    warnings.push(...diagnostics.filter(({ severity }) => severity === "error").map(formatDiagnostic));
  return { error: parsed.error?.code, warnings };
}

/** An empty value forgets what earlier lines said. */
function addWords(list: string[], value: string): void {
  if (value === "") list.length = 0;
  else list.push(...splitWords(value));
}

/** An instance that is enabled through its template has no use for DefaultInstance=, and a plain unit none at all. */
function setDefaultInstance(
  info: InstallInfo,
  value: string,
  facts: SpecifierFacts,
  warn: (message: string) => void,
): "EBADSLT" | "EINVAL" | "EUNATCH" | undefined {
  const kind = parseUnitName(info.name)?.kind;
  if (kind === "plain") warn("DefaultInstance= only makes sense for template units, ignoring.");
  if (kind !== "template") return undefined;
  const expanded = expandInstallSpecifiers(value, info, facts);
  if (!expanded.ok) {
    warn(`Failed to resolve instance name in DefaultInstance="${value}": ${errnoText(expanded.error)}`);
    return expanded.error;
  }
  if (expanded.text !== "" && !isValidInstance(expanded.text)) {
    warn(`Invalid DefaultInstance= value "${value}".`);
    return "EINVAL";
  }
  info.defaultInstance = expanded.text === "" ? undefined : expanded.text;
  return undefined;
}

/** The name by which a template is enabled: with its default instance where it has one. */
export function nameWithDefaultInstance(info: InstallInfo): string | undefined {
  return info.defaultInstance === undefined ? undefined : instantiate(info.name, info.defaultInstance);
}
