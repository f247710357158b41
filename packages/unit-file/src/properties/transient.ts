import { ownSection, propertyOf, type SectionName, sectionOf } from "../directives/sections.ts";
import type { UnitType } from "../names.ts";
import { type BusValue, U64_MAX } from "../values/kind.ts";
import { signalName } from "../values/signals.ts";
import { structTexts } from "./transient-structs.ts";

/** A property as StartTransientUnit and SetUnitProperties carry it. */
export interface TransientProperty {
  readonly name: string;
  readonly value: BusValue;
}

/** The text of a unit file that says what properties say, and those for which there is no text here. */
export interface TransientUnit {
  readonly text: string;
  readonly unsupported: readonly string[];
}

/**
 * Writes the unit file of a transient unit: what was asked for on the bus, in the words of a file, to be loaded as any other.
 * Values are quoted, and specifiers in them taken literally, as systemd does. Never throws.
 */
export function transientUnitText(type: UnitType, properties: readonly TransientProperty[]): TransientUnit {
  const own = ownSection(type);
  const sections: SectionName[] = own ? ["Unit", own] : ["Unit"];
  const lines = new Map<SectionName, string[]>(sections.map((section) => [section, []]));
  const unsupported: string[] = [];
  for (const { name, value } of joinLimits(properties)) {
    const written = sections.some((section) => {
      const statements = write(section, name, value);
      // A statement is one line: what would be two is none (a value cannot bring statements of its own along).
      if (statements === undefined || statements.some((line) => /[\n\r\0]/.test(line))) return false;
      // A backslash at the end would join the next line; white space there is not part of the value.
      lines.get(section)?.push(...statements.map((line) => (line.endsWith("\\") ? `${line} ` : line)));
      return true;
    });
    if (!written) unsupported.push(name);
  }
  const text = sections.map(
    (section) => `[${section}]\n${(lines.get(section) ?? []).map((line) => `${line}\n`).join("")}`,
  );
  return { text: text.join("\n"), unsupported };
}

/** A limit and its soft limit are two properties and one directive. */
function joinLimits(properties: readonly TransientProperty[]): TransientProperty[] {
  const amount = (value: BusValue): string => (value === U64_MAX ? "infinity" : String(value));
  const soft = new Map(properties.map(({ name, value }) => [name, value]));
  return properties.flatMap(({ name, value }) => {
    // A list of controllers says more than that there is one.
    if (name === "Delegate" && value === true && soft.has("DelegateControllers")) return [];
    if (!/^Limit[A-Z]+/.test(name)) return [{ name, value }];
    if (name.endsWith("Soft")) return soft.has(name.slice(0, -4)) ? [] : [{ name: name.slice(0, -4), value }];
    const own = soft.get(`${name}Soft`);
    return [{ name, value: own === undefined ? value : `${amount(own)}:${amount(value)}` }];
  });
}

/** Properties whose directive bears another name than the tables say, because they are worked out or gathered. */
const renamed: Readonly<Record<string, string>> = {
  TimeoutAbortUSec: "TimeoutAbortSec",
  WatchdogUSec: "WatchdogSec",
  TriggerLimitIntervalUSec: "TriggerLimitIntervalSec",
  RootHashPath: "RootHash",
  RootHashSignaturePath: "RootHashSignature",
  EnvironmentFiles: "EnvironmentFile",
};

/** The statements of one property in a section; undefined where the section has no such property. */
function write(section: SectionName, name: string, value: BusValue): string[] | undefined {
  const gathered = gatheredStatements(section, name, value);
  if (gathered) return gathered;
  if (name.endsWith("Ex") && name.startsWith("Exec")) return execStatements(section, name.slice(0, -2), value);
  if (/^Exec[A-Z][A-Za-z]+$/.test(name) && name !== "ExecSearchPath" && name !== "ExecPaths")
    return execStatements(section, name, value);
  const known = sectionOf(section)?.directives;
  const texts = Object.hasOwn(structTexts, name) ? structTexts[name] : undefined;
  if (texts) return known?.has(name) ? texts(value).map((text) => `${name}=${text}`) : undefined;
  const converted = Object.hasOwn(conversions, name) ? conversions[name]?.(value) : scaled(name, value);
  if (converted) return known?.has(converted[0]) ? [`${converted[0]}=${converted[1]}`] : undefined;
  const directive = directiveOf(section, name);
  if (directive === undefined) return undefined;
  const statement = (text: string): string => `${directive}=${text}`;
  if (typeof value === "boolean") return [statement(value ? "yes" : "no")];
  // A description is one line, whatever the command was that it was made of.
  if (directive === "Description") return [statement(literal(String(value).replace(/\s*[\n\r]+\s*/g, " ")))];
  if (typeof value === "string") return [statement(literal(value))];
  if (typeof value === "bigint")
    return [statement(value === U64_MAX ? "infinity" : name.endsWith("USec") ? `${value}us` : String(value))];
  if (typeof value === "number")
    return [statement(/Mode$|^UMask$/.test(directive) ? value.toString(8) : String(value))];
  if (value.every((item) => typeof item === "string")) return wordStatements(directive, value as readonly string[]);
  return structStatements(directive, value);
}

type Conversion = (value: BusValue) => readonly [directive: string, text: string];

const numbers = (value: BusValue): string => {
  const bytes = value as readonly number[];
  return bytes
    .flatMap((byte, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => i * 8 + bit))
    .join(" ");
};
const numberList =
  (directive: string): Conversion =>
  (value) => [directive, numbers(value)];
const stream =
  (directive: string, kind: string): Conversion =>
  (value) => [directive, `${kind}:${literal(String(value))}`];

/** Properties whose value has another shape in a file. */
const conversions: Readonly<Record<string, Conversion>> = {
  CPUQuotaPerSecUSec: (value) => ["CPUQuota", value === U64_MAX ? "" : `${Number(value) / 10_000}%`],
  CPUAffinity: numberList("CPUAffinity"),
  NUMAMask: numberList("NUMAMask"),
  AllowedCPUs: numberList("AllowedCPUs"),
  StartupAllowedCPUs: numberList("StartupAllowedCPUs"),
  AllowedMemoryNodes: numberList("AllowedMemoryNodes"),
  StartupAllowedMemoryNodes: numberList("StartupAllowedMemoryNodes"),
  DelegateControllers: (value) => ["Delegate", (value as readonly string[]).join(" ")],
  StandardInputFileDescriptorName: stream("StandardInput", "fd"),
  StandardOutputFileDescriptorName: stream("StandardOutput", "fd"),
  StandardErrorFileDescriptorName: stream("StandardError", "fd"),
  StandardInputFile: stream("StandardInput", "file"),
  StandardOutputFile: stream("StandardOutput", "file"),
  StandardErrorFile: stream("StandardError", "file"),
  StandardOutputFileToAppend: stream("StandardOutput", "append"),
  StandardErrorFileToAppend: stream("StandardError", "append"),
  StandardOutputFileToTruncate: stream("StandardOutput", "truncate"),
  StandardErrorFileToTruncate: stream("StandardError", "truncate"),
};

/** MemoryMaxScale and its kin: a share of 2^32-1. */
function scaled(name: string, value: BusValue): readonly [string, string] | undefined {
  const match = /^((?:Default)?Memory[A-Za-z]+|TasksMax)Scale$/.exec(name);
  return match ? [match[1] as string, `${Math.round((Number(value) * 10_000) / 0xffff_ffff) / 100}%`] : undefined;
}

function directiveOf(section: SectionName, name: string): string | undefined {
  const table = sectionOf(section);
  const other = renamed[name];
  if (other !== undefined && table?.directives.has(other)) return other;
  if (table?.directives.has(name)) return name;
  for (const [directive, setting] of table?.settings ?? []) {
    if (setting.isDirective && propertyOf(directive, setting) === name) return directive;
  }
  const inSeconds = name.replace(/USec$/, "Sec");
  return table?.directives.has(inSeconds) ? inSeconds : undefined;
}

/** Lists that several directives add to. */
function gatheredStatements(section: SectionName, name: string, value: BusValue): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value as readonly (readonly BusValue[])[];
  if (section === "Unit" && (name === "Conditions" || name === "Asserts")) {
    return items
      .map(
        ([type, trigger, negate, text]) => `${type}=${trigger ? "|" : ""}${negate ? "!" : ""}${literal(String(text))}`,
      )
      .reverse();
  }
  if (section === "Timer" && name === "TimersMonotonic")
    return items.map(([base, usec]) => `${String(base).replace(/USec$/, "Sec")}=${usec}us`).reverse();
  if (section === "Timer" && name === "TimersCalendar")
    return items.map(([base, text]) => `${base}=${literal(String(text))}`).reverse();
  if (section === "Path" && name === "Paths")
    return items.map(([type, path]) => `${type}=${literal(String(path))}`).reverse();
  if (section === "Socket" && name === "Listen")
    return items.map(([type, address]) => `Listen${type}=${literal(String(address))}`);
  return undefined;
}

/** A command with its prefixes. The flags are a boolean (ignore failure) or names, as in ExecStart and ExecStartEx. */
function execStatements(section: SectionName, directive: string, value: BusValue): string[] | undefined {
  if (!sectionOf(section)?.directives.has(directive) || !Array.isArray(value)) return undefined;
  return (value as readonly (readonly BusValue[])[]).map(([path, argv, flags]) => {
    const words = argv as readonly string[];
    const has = (flag: string): boolean => Array.isArray(flags) && flags.includes(flag);
    const separate = words[0] !== path;
    const prefix = [
      flags === true || has("ignore-failure") ? "-" : "",
      has("no-env-expand") ? ":" : "",
      has("privileged") ? "+" : has("ambient") ? "!!" : has("no-setuid") ? "!" : "",
      separate ? "@" : "",
    ].join("");
    return `${directive}=${[quoted(prefix + String(path)), ...(separate ? words : words.slice(1)).map(quoted)].join(" ")}`;
  });
}

/** Lists of words; dependencies are names and need no quotes. */
function wordStatements(directive: string, words: readonly string[]): string[] {
  if (words.length === 0) return [`${directive}=`];
  if (directive === "ExecSearchPath") return [`${directive}=${words.map(literal).join(":")}`];
  return [`${directive}=${words.map(quoted).join(" ")}`];
}

/** Lists of structs, by the directive. */
function structStatements(directive: string, value: readonly BusValue[]): string[] | undefined {
  const items = value as readonly (readonly BusValue[])[];
  const each = (format: (item: readonly BusValue[]) => string): string[] =>
    items.map((item) => `${directive}=${format(item)}`);
  switch (directive) {
    case "EnvironmentFile":
      return each(([path, missingOk]) => `${missingOk ? "-" : ""}${literal(String(path))}`);
    case "DeviceAllow":
      return each(([path, access]) => `${literal(String(path))} ${access}`).reverse();
    case "LoadCredential":
    case "LoadCredentialEncrypted":
      return each(([id, path]) => `${literal(String(id))}:${literal(String(path))}`);
    case "TemporaryFileSystem":
      return each(
        ([path, options]) => `${literal(String(path))}${options === "" ? "" : `:${literal(String(options))}`}`,
      );
    case "BindPaths":
    case "BindReadOnlyPaths":
      return each(
        ([from, to, missingOk, flags]) =>
          `${missingOk ? "-" : ""}${literal(String(from))}:${literal(String(to))}:${flags === 0n ? "norbind" : "rbind"}`,
      );
    case "IODeviceWeight":
    case "IOReadBandwidthMax":
    case "IOWriteBandwidthMax":
    case "IOReadIOPSMax":
    case "IOWriteIOPSMax":
      return each(([path, number]) => `${literal(String(path))} ${number}`);
    case "SystemCallFilter":
    case "SystemCallLog":
    case "RestrictAddressFamilies":
    case "RestrictFileSystems":
    case "RestrictNetworkInterfaces":
      return [`${directive}=${value[0] === true ? "" : "~"}${(value[1] as readonly string[]).join(" ")}`];
    case "SuccessExitStatus":
    case "RestartPreventExitStatus":
    case "RestartForceExitStatus": {
      const [statuses, signals] = value as readonly (readonly number[])[];
      return [
        `${directive}=${[...(statuses ?? []), ...(signals ?? []).map((n) => `SIG${signalName(n) ?? n}`)].join(" ")}`,
      ];
    }
    default:
      return value.length === 0 ? [`${directive}=`] : undefined;
  }
}

/** Text in which no specifier is resolved. */
function literal(text: string): string {
  return text.replaceAll("%", "%%");
}

/** A word in quotes with C escapes, for lists and command lines. */
function quoted(text: string): string {
  if (/^[A-Za-z0-9_@:+=,./!-]+$/.test(text)) return text;
  let out = "";
  for (const unit of literal(text)) {
    const code = unit.charCodeAt(0);
    if (unit === '"' || unit === "\\") out += `\\${unit}`;
    else if (code < 32 || code === 127) out += `\\x${code.toString(16).padStart(2, "0")}`;
    else out += unit;
  }
  return `"${out}"`;
}
