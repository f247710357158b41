/** Addresses of sockets: the normal form of ListenStream= and its kin to the kernel's bytes, and back (systemd.socket(5), address families(7)). */
import { formatIpv6, parseIpv4, parseIpv6 } from "@steward/unit-file";
import { ByteReader, ByteWriter } from "../bytes.ts";

/** socket(2) families. */
export const family = { unix: 1, inet: 2, inet6: 10, netlink: 16, vsock: 40 } as const;

/** An address as socket(2) and bind(2) take it. `path` is empty unless it stands in the file system. */
export interface SocketAddress {
  readonly domain: number;
  readonly bytes: Uint8Array;
  readonly path: string;
}

/** What an address may need to know of the machine. */
export interface AddressFacts {
  /** By name or number; undefined where there is no such interface. */
  readonly interfaceIndex: (name: string) => number | undefined;
  /** Without IPv6 a bare port listens on IPv4. */
  readonly hasIpv6: boolean;
}

/** netlink(7) families by the names that ListenNetlink= knows. */
const netlinkFamilies: Readonly<Record<string, number>> = {
  route: 0,
  firewall: 3,
  "inet-diag": 4,
  nflog: 5,
  xfrm: 6,
  selinux: 7,
  iscsi: 8,
  audit: 9,
  "fib-lookup": 10,
  netfilter: 12,
  "ip6-fw": 13,
  dnrtmsg: 14,
  "kobject-uevent": 15,
  generic: 16,
  scsitransport: 18,
  ecryptfs: 19,
  rdma: 20,
};

const encoder = new TextEncoder();

/** A number of two bytes in network order. */
function putPort(w: ByteWriter, port: number): void {
  w.u8(port >> 8);
  w.u8(port & 255);
}

function put(domain: number, fill: (w: ByteWriter) => void, path = ""): SocketAddress {
  const w = new ByteWriter(128);
  w.u8(domain);
  w.u8(0);
  fill(w);
  return { domain, bytes: w.finish(), path };
}

function unix(text: string): SocketAddress {
  const name = encoder.encode(text);
  if (text.startsWith("@")) name[0] = 0;
  return put(
    family.unix,
    (w) => {
      for (const byte of name) w.u8(byte);
      if (text.startsWith("/")) w.u8(0);
    },
    text.startsWith("/") ? text : "",
  );
}

function inet(bytes: readonly number[], port: number): SocketAddress {
  return put(family.inet, (w) => {
    putPort(w, port);
    for (const byte of [...bytes, 0, 0, 0, 0, 0, 0, 0, 0]) w.u8(byte);
  });
}

function inet6(bytes: readonly number[], port: number, scope: number): SocketAddress {
  return put(family.inet6, (w) => {
    putPort(w, port);
    w.u32(0);
    for (const byte of bytes) w.u8(byte);
    w.u32(scope);
  });
}

function vsock(cid: number, port: number): SocketAddress {
  return put(family.vsock, (w) => {
    w.u8(0);
    w.u8(0);
    w.u32(port);
    w.u32(cid);
    w.u32(0);
  });
}

/** The address of ListenStream=, ListenDatagram= and ListenSequentialPacket= in normal form; an errno where it cannot be made here. */
export function socketAddress(text: string, facts: AddressFacts): SocketAddress | { readonly errno: number } {
  const enodev = 19;
  if (text.startsWith("/") || text.startsWith("@")) return unix(text);
  const vm = /^vsock:([0-9]+):([0-9]+)$/.exec(text);
  if (vm !== null) return vsock(Number(vm[1]), Number(vm[2]));
  const six = /^\[([^\]%]*)(?:%([^\]]+))?\]:([0-9]+)$/.exec(text);
  if (six !== null) {
    const [, address = "", zone, port] = six;
    if (address === "::" && !facts.hasIpv6) return inet([0, 0, 0, 0], Number(port));
    const scope = zone === undefined ? 0 : facts.interfaceIndex(zone);
    const bytes = parseIpv6(address);
    if (bytes !== undefined) return scope === undefined ? { errno: enodev } : inet6(bytes, Number(port), scope);
  }
  const colon = text.lastIndexOf(":");
  const four = parseIpv4(text.slice(0, colon));
  return four === undefined ? { errno: 22 } : inet(four, Number(text.slice(colon + 1)));
}

/** The address of ListenNetlink=, "family group"; its protocol is the family. */
export function netlinkAddress(text: string): (SocketAddress & { readonly protocol: number }) | undefined {
  const [name = "", group = "0"] = text.split(" ");
  const protocol = netlinkFamilies[name];
  if (protocol === undefined) return undefined;
  const address = put(family.netlink, (w) => {
    w.u8(0);
    w.u8(0);
    w.u32(0);
    w.u32(Number(group));
  });
  return { ...address, protocol };
}

/** An address of a connection. `host` is empty for AF_UNIX and what is not known. */
export interface PeerAddress {
  readonly domain: number;
  /** IPv4 dotted, also of an IPv6 address that maps one; IPv6 in its shortest form, without brackets; a CID. */
  readonly host: string;
  readonly port: number;
}

/** Reads what getsockname(2) and getpeername(2) gave. */
export function readAddress(bytes: Uint8Array): PeerAddress {
  const domain = bytes.length >= 2 ? (bytes[0] as number) | ((bytes[1] as number) << 8) : 0;
  const nothing = { domain, host: "", port: 0 };
  const port = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  switch (domain) {
    case family.inet:
      return bytes.length < 8 ? nothing : { domain, host: [...bytes.subarray(4, 8)].join("."), port };
    case family.inet6: {
      if (bytes.length < 24) return nothing;
      const host = [...bytes.subarray(8, 24)];
      const mapped = host.slice(0, 10).every((byte) => byte === 0) && host[10] === 255 && host[11] === 255;
      return { domain, host: mapped ? host.slice(12).join(".") : formatIpv6(host), port };
    }
    case family.vsock: {
      if (bytes.length < 12) return nothing;
      const reader = new ByteReader(Buffer.from(bytes.subarray(4, 12)));
      const vmPort = reader.u32();
      return { domain, host: String(reader.u32()), port: vmPort };
    }
    default:
      return nothing;
  }
}
