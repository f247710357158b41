import { formatIpv6 } from "../values/activation.ts";
import { capabilityNames } from "../values/capability-names.ts";
import { type BusValue, U64_MAX } from "../values/kind.ts";

/** How numbers and structs of D-Bus look in a file, where that is more than the number or the words themselves. */

/** C escapes for whatever is not plain text: values of SetCredential= and kin. */
function escaped(bytes: readonly number[]): string {
  return bytes
    .map((byte) =>
      byte > 32 && byte < 127 && byte !== 34 && byte !== 37 && byte !== 39 && byte !== 92
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, "0")}`,
    )
    .join("");
}

/** Names of set bits. */
function namesOf(bits: bigint, names: readonly (readonly [bit: bigint, name: string])[]): string {
  return names
    .filter(([bit]) => (bits & bit) !== 0n)
    .map(([, name]) => name)
    .join(" ");
}

/** secure_bits of capabilities(7). */
const secureBits = (
  ["noroot", "noroot-locked", "no-setuid-fixup", "no-setuid-fixup-locked", "keep-caps", "keep-caps-locked"] as const
).map((name, bit) => [1n << BigInt(bit), name] as const);

/** CLONE_NEW… of clone(2). */
const namespaces = [
  [0x0200_0000n, "cgroup"],
  [0x0800_0000n, "ipc"],
  [0x4000_0000n, "net"],
  [0x0002_0000n, "mnt"],
  [0x2000_0000n, "pid"],
  [0x1000_0000n, "user"],
  [0x0400_0000n, "uts"],
] as const;
const allNamespaces = namespaces.reduce((all, [bit]) => all | bit, 0n);

const mountFlags = [
  [1n << 20n, "shared"],
  [1n << 19n, "slave"],
  [1n << 18n, "private"],
] as const;

const numaPolicies = ["default", "preferred", "bind", "interleave", "local"] as const;
const protocols: Readonly<Record<string, string>> = { "132": "sctp", "136": "udplite" };
const bindFamilies: Readonly<Record<string, string>> = { "2": "ipv4", "10": "ipv6" };
const bindProtocols: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp" };

/** Capabilities: everything but some is written as that, also for a kernel that knows more. */
function capabilities(value: BusValue): string {
  const bits = BigInt(value as bigint);
  const all = capabilityNames.reduce((mask, _, i) => mask | (1n << BigInt(i)), 0n);
  const list = (wanted: bigint): string => capabilityNames.filter((_, i) => wanted & (1n << BigInt(i))).join(" ");
  return (bits & ~all) === 0n ? list(bits) : `~${list(~bits & all & U64_MAX)}`;
}

function address([family, bytes, prefix]: readonly BusValue[]): string {
  const parts = bytes as readonly number[];
  return `${family === 2 ? parts.join(".") : formatIpv6(parts)}/${prefix}`;
}

function socketBind([family, protocol, count, from]: readonly BusValue[]): string {
  const [n, first] = [Number(count), Number(from)];
  const ports = n === 0 ? "any" : n === 1 ? String(first) : `${first}-${first + n - 1}`;
  return [bindFamilies[String(family)], bindProtocols[String(protocol)], ports]
    .filter((word) => word !== undefined)
    .join(":");
}

const rows = (value: BusValue): readonly (readonly BusValue[])[] => value as readonly (readonly BusValue[])[];
const label = (value: BusValue): readonly string[] => {
  const [ignore, text] = value as readonly [boolean, string];
  return [`${ignore ? "-" : ""}${text}`];
};
const bits = (value: BusValue, names: readonly (readonly [bigint, string])[]): readonly string[] => [
  namesOf(BigInt(value as bigint), names),
];

/** By property: the texts of its statements. */
export const structTexts: Readonly<Record<string, (value: BusValue) => readonly string[]>> = {
  CPUWeight: weight,
  StartupCPUWeight: weight,
  NUMAPolicy: (value) => [numaPolicies[Number(value)] ?? String(value)],
  SecureBits: (value) => bits(value, secureBits),
  MountFlags: (value) => bits(value, mountFlags),
  RestrictNamespaces: (value) => {
    const allowed = BigInt(value as bigint) & allNamespaces;
    return [allowed === 0n ? "yes" : allowed === allNamespaces ? "no" : namesOf(allowed, namespaces)];
  },
  CapabilityBoundingSet: (value) => [capabilities(value)],
  AmbientCapabilities: (value) => [capabilities(value)],
  SocketProtocol: (value) => [protocols[String(value)] ?? ""],
  WorkingDirectory: (value) => [String(value).replace(/^!/, "-").replaceAll("%", "%%")],
  StandardInputData: (value) => [encodeBase64(value as readonly number[])],
  SetCredential: (value) => rows(value).map(([id, data]) => `${id}:${escaped(data as readonly number[])}`),
  LogExtraFields: (value) => rows(value).map((bytes) => `"${escaped(bytes as readonly number[])}"`),
  IPAddressAllow: (value) => rows(value).map(address),
  IPAddressDeny: (value) => rows(value).map(address),
  SocketBindAllow: (value) => rows(value).map(socketBind),
  SocketBindDeny: (value) => rows(value).map(socketBind),
  SELinuxContext: label,
  AppArmorProfile: label,
  SmackProcessLabel: label,
};

function weight(value: BusValue): readonly string[] {
  return [value === 0n ? "idle" : value === U64_MAX ? "" : String(value)];
}

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function encodeBase64(bytes: readonly number[]): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(i, i + 3);
    const word = (a << 16) | (b << 8) | c;
    const left = bytes.length - i;
    text += base64[word >> 18]! + base64[(word >> 12) & 63]!;
    text += left > 1 ? base64[(word >> 6) & 63]! : "=";
    text += left > 2 ? base64[word & 63]! : "=";
  }
  return text;
}
