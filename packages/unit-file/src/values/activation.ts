import { type CalendarEvent, formatCalendar, parseCalendar, parseTimespan } from "@steward/time";
import { simplifyPath } from "../escape-name.ts";
import { parseIpv4, parseIpv6 } from "./ip.ts";
import { type Assignment, type Kind, toU64 } from "./kind.ts";
import { parseInteger, parseSize } from "./numbers.ts";
import { checkPath, withoutVarRun } from "./paths.ts";
import { scalar } from "./scalars.ts";

/** One Listen…= of a socket unit, in the order of the file. `address` is normal form: what `show` and the kernel call it. */
export interface ListenSpec {
  readonly type:
    | "Stream"
    | "Datagram"
    | "SequentialPacket"
    | "FIFO"
    | "Netlink"
    | "Special"
    | "MessageQueue"
    | "USBFunction";
  readonly address: string;
}

/** Normal form of an address for ListenStream= and its kin; undefined where it is none (systemd.socket(5), ListenStream=). */
export function normalizeSocketAddress(text: string): string | undefined {
  if (text.startsWith("/")) return text.length <= 107 ? simplifyPath(text) : undefined;
  if (text.startsWith("@")) return text.length <= 108 && text.length > 1 ? text : undefined;
  if (text.startsWith("vsock:")) {
    const match = /^vsock:([0-9]*):([0-9]+)$/.exec(text);
    return match ? `vsock:${match[1] === "" ? "4294967295" : match[1]}:${match[2]}` : undefined;
  }
  const port = parsePort(text);
  if (port !== undefined) return `[::]:${port}`;
  const bracket = /^\[([^\]%]*)(%[^\]]+)?\](?:%([^:]+))?:([0-9]+)$/.exec(text);
  if (bracket) {
    const bytes = parseIpv6(bracket[1] as string);
    const p = parsePort(bracket[4] as string);
    const zone = bracket[2] ?? (bracket[3] ? `%${bracket[3]}` : "");
    return bytes && p !== undefined ? `[${formatIpv6(bytes)}${zone}]:${p}` : undefined;
  }
  const colon = text.lastIndexOf(":");
  const bytes = colon < 0 ? undefined : parseIpv4(text.slice(0, colon));
  const p = parsePort(text.slice(colon + 1));
  return bytes && p !== undefined ? `${bytes.join(".")}:${p}` : undefined;
}

function parsePort(text: string): number | undefined {
  const port = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  return port >= 1 && port <= 65535 ? port : undefined;
}

/** An IPv6 address in its shortest form (RFC 5952). */
export function formatIpv6(bytes: readonly number[]): string {
  const groups = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number));
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; ) {
    let k = i;
    while (k < 8 && groups[k] === 0) k += 1;
    if (k - i > best.length) best = { start: i, length: k - i };
    i = k + 1;
  }
  const hex = groups.map((g) => g.toString(16));
  if (best.start < 0) return hex.join(":");
  return `${hex.slice(0, best.start).join(":")}::${hex.slice(best.start + best.length).join(":")}`;
}

/** All Listen…= share one list, so that their order is kept; an empty assignment to any resets it. */
export function listen(type: ListenSpec["type"]): Kind<readonly ListenSpec[]> {
  return {
    name: "address to listen on",
    signature: "a(ss)",
    repeats: "adds",
    initial: [],
    assign(previous, a) {
      if (a.value === "") return [];
      const value = a.expand(a.value);
      if (value === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${a.value}', ignoring: ${a.expandError()}`);
        return previous;
      }
      const address = listenAddress(type, value, a);
      return address === undefined ? previous : [...previous, { type, address }];
    },
    toBus: (v) => v.map((l) => [l.type, l.address]),
  };
}

/** Netlink families by name (netlink(7)). */
const netlinkFamilies = new Set(
  "route firewall inet-diag nflog xfrm selinux iscsi audit fib-lookup netfilter ip6-fw dnrtmsg kobject-uevent generic scsitransport ecryptfs rdma".split(
    " ",
  ),
);

function listenAddress(type: ListenSpec["type"], value: string, a: Assignment): string | undefined {
  switch (type) {
    case "FIFO":
    case "Special":
    case "USBFunction":
    case "MessageQueue":
      return checkPath(type === "FIFO" ? withoutVarRun(value, a) : value, a);
    case "Netlink": {
      if (netlinkFamilies.has(value.split(" ")[0] as string) && /^\S+( [0-9]+)?$/.test(value))
        return value.includes(" ") ? value : `${value} 0`;
      a.warn(`Failed to parse address value in '${value}', ignoring: Invalid argument`);
      return undefined;
    }
    default: {
      const address = normalizeSocketAddress(value.startsWith("/") ? withoutVarRun(value, a) : value);
      if (address === undefined) a.warn(`Failed to parse address value in '${value}', ignoring: Invalid argument`);
      else if (type === "SequentialPacket" && !/^[/@]|^vsock:/.test(address)) {
        a.warn(`Address family not supported, ignoring: ${value}`);
        return undefined;
      }
      return address;
    }
  }
}

/** One OnActiveSec= and so on, or OnCalendar= with its normal form. */
export type TimerSpec =
  | { readonly base: TimerBase; readonly usec: number }
  | { readonly base: "OnCalendar"; readonly expression: string; readonly event: CalendarEvent };

/** What a monotonic timer counts from. */
export type TimerBase = "OnActive" | "OnBoot" | "OnStartup" | "OnUnitActive" | "OnUnitInactive";

/** All timers of a unit share one list; an empty assignment to any resets it. */
export function timerSpec(base: TimerBase | "OnCalendar"): Kind<readonly TimerSpec[]> {
  return {
    name: base === "OnCalendar" ? "calendar expression" : "time span",
    signature: base === "OnCalendar" ? "a(sst)" : "a(stt)",
    repeats: "adds",
    initial: [],
    assign(previous, a) {
      if (a.value === "") return [];
      const value = a.expand(a.value);
      if (value === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${a.value}', ignoring: ${a.expandError()}`);
        return previous;
      }
      if (base === "OnCalendar") {
        const event = parseCalendar(value, a.facts.zones);
        if (event) return [{ base, expression: formatCalendar(event), event }, ...previous];
        a.warn(`Failed to parse calendar specification, ignoring: ${value}`);
        return previous;
      }
      const usec = parseTimespan(value);
      if (usec === undefined) {
        a.warn(`Failed to parse timer value, ignoring: ${value}`);
        return previous;
      }
      // systemd prepends, so the last one written is listed first.
      return [{ base, usec }, ...previous];
    },
    toBus: () => [],
  };
}

/** One of a path unit's paths. */
export interface PathSpec {
  readonly type: "PathExists" | "PathExistsGlob" | "PathChanged" | "PathModified" | "DirectoryNotEmpty";
  readonly path: string;
}

/** All paths of a unit share one list; an empty assignment to any resets it. */
export function pathSpec(type: PathSpec["type"]): Kind<readonly PathSpec[]> {
  return {
    name: "path",
    signature: "a(ss)",
    repeats: "adds",
    initial: [],
    assign(previous, a) {
      if (a.value === "") return [];
      const value = a.expand(a.value);
      if (value === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${a.value}', ignoring: ${a.expandError()}`);
        return previous;
      }
      const checked = checkPath(value, a);
      return checked === undefined ? previous : [{ type, path: checked }, ...previous];
    },
    toBus: (v) => v.map((p) => [p.type, p.path]),
  };
}

/** IPTOS=: a name or a number. */
export const ipTos: Kind<number> = scalar(
  "type of service",
  "i",
  -1,
  (t, a) => {
    const words: Readonly<Record<string, number>> = { "low-delay": 16, throughput: 8, reliability: 4, "low-cost": 2 };
    const value = Object.hasOwn(words, t) ? words[t] : parseInteger(t, 0, 255);
    if (value === undefined) a.warn(`Failed to parse IP TOS value, ignoring: ${t}`);
    return value;
  },
  (v) => v,
  ["low-delay", "throughput", "reliability", "low-cost"],
);

/** A size with a binary suffix that D-Bus shows as `t` (ReceiveBuffer=, PipeSize=). */
export const bufferSize: Kind<number> = scalar(
  "size",
  "t",
  0,
  (t, a) => {
    const value = parseSize(t);
    if (value === undefined) a.warn(`Failed to parse size value '${t}', ignoring: Invalid argument`);
    return value;
  },
  toU64,
);

/** SocketProtocol=: udplite or sctp. */
export const socketProtocol: Kind<number> = scalar(
  "socket protocol",
  "i",
  0,
  (t, a) => {
    if (t === "") return 0;
    if (t === "udplite") return 136;
    if (t === "sctp") return 132;
    a.warn(`Failed to parse socket protocol, ignoring: ${t}`);
    return undefined;
  },
  (v) => v,
  ["udplite", "sctp"],
);

/** FileDescriptorName=: what LISTEN_FDNAMES calls the sockets. */
export const descriptorName: Kind<string> = scalar(
  "descriptor name",
  "s",
  "",
  (t, a) => {
    if (t === "") return "";
    const value = a.expand(t);
    if (value !== undefined && value.length <= 255 && /^[\x20-\x39\x3b-\x7e]*$/.test(value)) return value;
    a.warn(`Invalid file descriptor name, ignoring: ${value ?? t}`);
    return undefined;
  },
  (v) => v,
);

/** Priority= of a swap: -1 to 32767; unset is what the kernel gives. */
export const swapPriority: Kind<number | undefined> = {
  name: "priority",
  signature: "i",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const value = parseInteger(a.value, -2147483648, 2147483647);
    if (value === undefined) a.warn(`Invalid swap priority '${a.value}', ignoring.`);
    else if (value < -1) {
      a.warn(`Sorry, swap priorities smaller than -1 may only be assigned by the kernel itself, ignoring: ${a.value}`);
    } else if (value > 32767) a.warn(`Swap priority out of range, ignoring: ${a.value}`);
    else return value;
    return previous;
  },
  toBus: (v) => v ?? -1,
};
