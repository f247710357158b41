/** A property as `show` prints it: by its type, and by its name where that says more (systemctl(1), show). */
import { type Value, Variant } from "@steward/ipc";
import { formatTimespan } from "@steward/time";
import { capabilityNames, namespaceNames } from "./capabilities.ts";
import { structValues } from "./property-structs.ts";
import { quoteDouble } from "./quote.ts";
import type { Times } from "./times.ts";

const MAX = 0xffff_ffff_ffff_ffffn;
const NO_ID = 0xffff_ffff;

/** The texts that stand behind `NAME=`, one for each line; undefined for what only `--all` shows as unprintable. */
export function propertyValues(name: string, variant: Variant, times: Times): readonly string[] | undefined {
  const { signature, value } = variant;
  switch (signature) {
    case "s":
    case "o":
    case "g":
      return [String(value).includes("\n") ? "[unprintable]" : String(value)];
    case "b":
      return [value === true ? "yes" : "no"];
    case "t":
      return [uint64(name, value as bigint, times)];
    case "u":
      return [uint32(name, value as number)];
    case "as":
    case "ao":
      return [(value as string[]).map(quoteDouble).join(" ")];
    case "au":
      return [(value as number[]).join(" ")];
    case "ay":
      return [bytes(name, value as Uint8Array)];
    case "y":
    case "n":
    case "q":
      return undefined;
    default:
      return signature === "i" || signature === "x" || signature === "d"
        ? [signed(name, value as number | bigint)]
        : structValues(name, variant, times);
  }
}

const timestamps = ["NextElapseUSecRealtime", "LastTriggerUSec", "TimeUSec", "RTCTimeUSec"];
const infinite =
  /^(DefaultMemoryLow|DefaultMemoryMin|Memory(Low|High|Max|SwapMax|Limit|Available)|(Default)?TasksMax|(Default)?Limit.*)$/;
const notSet = /^((Startup)?(CPUWeight|IOWeight|CPUShares|BlockIOWeight)|MemoryCurrent|TasksCurrent|.*NSec)$/;

function uint64(name: string, value: bigint, times: Times): string {
  if (name.endsWith("Timestamp") || timestamps.includes(name))
    return value === MAX ? "" : (times.absolute(Number(value)) ?? "");
  if (name.includes("USec")) return formatTimespan(value === MAX ? Infinity : Number(value), 0);
  if (name === "CoredumpFilter") return `0x${value.toString(16)}`;
  if (name === "RestrictNamespaces") return namespaceNames(value);
  if (name === "MountFlags") return propagation[String(value)] ?? "";
  if (name === "CapabilityBoundingSet" || name === "AmbientCapabilities") return capabilityNames(value);
  if (value === MAX && infinite.test(name)) return "infinity";
  if (value === MAX && notSet.test(name)) return "[not set]";
  if (value === MAX && /^IP(In|E)gress(Bytes|Packets)$/.test(name)) return "[no data]";
  return String(value);
}

const propagation: { readonly [flags: string]: string } = {
  "1048576": "shared",
  "524288": "slave",
  "262144": "private",
};

function uint32(name: string, value: number): string {
  if (name.includes("UMask") || name.includes("Mode")) return value.toString(8).padStart(4, "0");
  return (name === "UID" || name === "GID") && value === NO_ID ? "[not set]" : String(value);
}

const numaPolicies = ["default", "preferred", "bind", "interleave", "local"];

function signed(name: string, value: number | bigint): string {
  if (name === "NUMAPolicy") return numaPolicies[Number(value)] ?? "n/a";
  return /^(Failure|Success)ActionExitStatus$/.test(name) && value < 0 ? "[not set]" : String(value);
}

const cpuSets = [
  "CPUAffinity",
  "NUMAMask",
  "AllowedCPUs",
  "AllowedMemoryNodes",
  "EffectiveCPUs",
  "EffectiveMemoryNodes",
];

function bytes(name: string, value: Uint8Array): string {
  if (cpuSets.includes(name)) return ranges(value);
  const buffer = Buffer.from(value);
  if (name === "StandardInputData") return buffer.toString("base64");
  return buffer.toString("hex");
}

/** A bit mask as "0-3 5". */
function ranges(mask: Uint8Array): string {
  const on = (bit: number): boolean => ((mask[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  const parts: string[] = [];
  for (let bit = 0; bit < mask.length * 8; bit++) {
    if (!on(bit)) continue;
    const start = bit;
    while (on(bit + 1)) bit++;
    parts.push(bit > start ? `${start}-${bit}` : String(start));
  }
  return parts.join(" ");
}

/** Properties whose value systemctl has no form for; it says so with --all, while others it leaves out in silence. */
export function isUnprintable(name: string, signature: string): boolean {
  if ("ynq".includes(signature)) return true;
  return /^((Set|Load)Credential(Encrypted)?|Conditions|Asserts|ActivationDetails)$/.test(name);
}

/** Whether a text says nothing: it is shown with --all, or when the property was asked for by name. */
export function isEmptyText(name: string, text: string): boolean {
  return text === "" || text === "~" || (text === "[not set]" && /^(Failure|Success)ActionExitStatus$/.test(name));
}

/** A property's value as JSON: numbers where they are exact, the largest ones as null, structs as arrays. */
export function propertyJson(value: Value): unknown {
  if (value instanceof Variant) return propertyJson(value.value);
  if (typeof value === "bigint")
    return value === MAX ? null : value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(propertyJson);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, entry]) => [String(key), propertyJson(entry)]));
  return value;
}
