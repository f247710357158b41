import type { BusValue, Kind } from "./kind.ts";
import { forEachWord } from "./lists.ts";

/** An address with the length of its prefix: four bytes or sixteen. */
export interface IpPrefix {
  readonly bytes: readonly number[];
  readonly prefixLength: number;
}

/** Four numbers of an IPv4 address; undefined where it is none. */
export function parseIpv4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((p) => (/^(0|[1-9][0-9]{0,2})$/.test(p) ? Number(p) : 256));
  return bytes.every((b) => b <= 255) ? bytes : undefined;
}

/** Sixteen numbers of an IPv6 address; undefined where it is none. No zone, no brackets. */
export function parseIpv6(text: string): number[] | undefined {
  let source = text;
  const lastColon = source.lastIndexOf(":");
  if (source.includes(".")) {
    const tail = parseIpv4(source.slice(lastColon + 1));
    if (!tail) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = tail;
    source = `${source.slice(0, lastColon + 1)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const halves = source.split("::");
  if (halves.length > 2) return undefined;
  const groups = (half: string): string[] => (half === "" ? [] : half.split(":"));
  const head = groups(halves[0] as string);
  const tail = halves.length === 2 ? groups(halves[1] as string) : [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...new Array<string>(halves.length === 2 ? missing : 0).fill("0"), ...tail];
  if (!all.every((g) => /^[0-9a-fA-F]{1,4}$/.test(g))) return undefined;
  return all.flatMap((g) => {
    const n = Number.parseInt(g, 16);
    return [n >> 8, n & 255];
  });
}

const named: Readonly<Record<string, readonly string[]>> = {
  any: ["0.0.0.0/0", "::/0"],
  localhost: ["127.0.0.0/8", "::1/128"],
  "link-local": ["169.254.0.0/16", "fe80::/64"],
  multicast: ["224.0.0.0/4", "ff00::/8"],
};

/** "10.0.0.0/8" or an address alone; host bits are cleared. Undefined where it is none. */
function parseIpPrefix(text: string): IpPrefix | undefined {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const bytes = parseIpv4(address) ?? parseIpv6(address);
  if (!bytes) return undefined;
  const bits = bytes.length * 8;
  const length = slash < 0 ? bits : /^[0-9]{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : 999;
  if (length > bits) return undefined;
  return { bytes: bytes.map((b, i) => b & maskByte(length - i * 8)), prefixLength: length };
}

function maskByte(bits: number): number {
  return bits >= 8 ? 255 : bits <= 0 ? 0 : (255 << (8 - bits)) & 255;
}

/** IPAddressAllow= and IPAddressDeny=: prefixes, or any, localhost, link-local, multicast. */
export const ipPrefixes: Kind<readonly IpPrefix[]> = {
  name: "list of IP prefixes",
  signature: "a(iayu)",
  repeats: "adds",
  initial: [],
  choices: Object.keys(named),
  assign(previous, a) {
    if (a.value === "") return [];
    const items = [...previous];
    forEachWord(a, {}, (word) => {
      const texts = Object.hasOwn(named, word) ? (named[word] as readonly string[]) : [word];
      for (const text of texts) {
        const prefix = parseIpPrefix(text);
        if (prefix) add(items, prefix);
        else a.warn(`Address prefix is invalid, ignoring assignment: ${word}`);
      }
    });
    return items;
  },
  toBus: (v): BusValue => v.map((p) => [p.bytes.length === 4 ? 2 : 10, p.bytes, p.prefixLength]),
};

/** A prefix counts once. */
function add(items: IpPrefix[], prefix: IpPrefix): void {
  const same = (p: IpPrefix): boolean =>
    p.prefixLength === prefix.prefixLength && String(p.bytes) === String(prefix.bytes);
  if (!items.some(same)) items.push(prefix);
}
