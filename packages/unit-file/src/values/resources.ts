import { parseTimespan } from "@steward/time";
import { isNormalizedPath, simplifyPath } from "../escape-name.ts";
import { nextWord } from "../words.ts";
import { type Facts, type Kind, toU64, U64_MAX } from "./kind.ts";
import { forEachWord, list } from "./lists.ts";
import { parseBoolean, parseInteger, parsePermyriad, parseSize } from "./numbers.ts";

/** A weight within bounds; unset is what the kernel gives. */
export function weight(min: number, max: number, message: (text: string) => string): Kind<number | undefined> {
  return {
    name: "weight",
    signature: "t",
    repeats: "replaces",
    initial: undefined,
    assign(previous, a) {
      if (a.value === "") return undefined;
      const value = parseInteger(a.value, min, max);
      if (value === undefined) a.warn(message(a.value));
      return value ?? previous;
    },
    toBus: (v) => (v === undefined ? U64_MAX : BigInt(v)),
  };
}

/** CPUWeight=: 1 to 10000, or `idle`, which is 0. */
export const cpuWeight: Kind<number | undefined> = {
  ...weight(1, 10000, (t) => `Invalid CPU weight, ignoring: ${t}`),
  choices: ["idle"],
  assign(previous, a) {
    if (a.value === "") return undefined;
    if (a.value === "idle") return 0;
    const value = parseInteger(a.value, 1, 10000);
    if (value === undefined) a.warn(`Invalid CPU weight, ignoring: ${a.value}`);
    return value ?? previous;
  },
};

function why(text: string): string {
  return parseInteger(text, -(2 ** 63), 2 ** 64) === undefined ? "Invalid argument" : "Numerical result out of range";
}

/** A minus where a size begins is out of range, anything else is no size at all. */
function whySize(text: string): string {
  return /^([0-9.]+[KMGTPEB]?\s*)*-[0-9]/.test(text) ? "Numerical result out of range" : "Invalid argument";
}

/** CPUQuota=: microseconds of CPU time for each second; Infinity is no quota. */
export const cpuQuota: Kind<number> = {
  name: "percentage",
  signature: "t",
  repeats: "replaces",
  initial: Number.POSITIVE_INFINITY,
  assign(previous, a) {
    if (a.value === "") return Number.POSITIVE_INFINITY;
    const value = parsePermyriad(a.value, false);
    if (value === undefined || value === 0) {
      a.warn(`Invalid CPU quota '${a.value}', ignoring.`);
      return previous;
    }
    return value * 100;
  },
  toBus: toU64,
};

/** The physical memory in 4 KiB pages times a share, as systemd counts it. */
function memoryShare(facts: Facts, permyriad: number): number {
  const pages = Math.floor(facts.physicalMemoryBytes / 4096);
  return Math.floor((pages * permyriad) / 10_000) * 4096;
}

/** A memory limit: a size, a percentage of the machine's memory, or infinity. `minimum`: whether 0 is allowed. */
export function memoryLimit(initial: number, zeroAllowed: boolean): Kind<number> {
  return {
    name: "memory limit",
    signature: "t",
    repeats: "replaces",
    initial,
    assign(previous, a) {
      // An empty MemoryMin= or MemoryLow= takes the protection away, an empty limit lifts it.
      if (a.value === "") return zeroAllowed && /(Min|Low)$/.test(a.directive) ? 0 : Number.POSITIVE_INFINITY;
      if (a.value === "infinity") return Number.POSITIVE_INFINITY;
      const share = parsePermyriad(a.value);
      const bytes = share === undefined ? parseSize(a.value) : memoryShare(a.facts, share);
      if (bytes === undefined) a.warn(`Invalid memory limit '${a.value}', ignoring: ${whySize(a.value)}`);
      else if (bytes === 0 && !zeroAllowed) a.warn(`Memory limit '${a.value}' out of range, ignoring.`);
      else return bytes;
      return previous;
    },
    toBus: toU64,
  };
}

/** TasksMax=: a number, a percentage of the system's limit, or infinity. Unset: the manager's default. */
export const tasksMax: Kind<number | undefined> = {
  name: "number of tasks",
  signature: "t",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    if (a.value === "infinity") return Number.POSITIVE_INFINITY;
    const share = parsePermyriad(a.value);
    const value =
      share === undefined
        ? parseInteger(a.value, 0, Number.MAX_SAFE_INTEGER)
        : Math.floor((a.facts.tasksMax * share) / 10_000);
    if (value === undefined) a.warn(`Invalid maximum tasks value '${a.value}', ignoring: ${why(a.value)}`);
    else if (value === 0) a.warn(`Maximum tasks value '${a.value}' out of range, ignoring.`);
    else return value;
    return previous;
  },
  toBus: (v) => toU64(v ?? Number.POSITIVE_INFINITY),
};

/** A device (a path) with a number: a weight, a bandwidth, a latency. */
export interface DeviceNumber {
  readonly path: string;
  readonly value: number;
}

/** `PATH NUMBER`; a second one for a path replaces the first. */
function deviceNumbers(
  name: string,
  what: string,
  parse: (text: string) => number | undefined,
  bad: (text: string) => string,
): Kind<readonly DeviceNumber[]> {
  return {
    name,
    signature: "a(st)",
    repeats: "adds",
    initial: [],
    assign(previous, a) {
      if (a.value === "") return [];
      const first = nextWord(a.value, 0, { unquote: true });
      const rest = typeof first === "string" ? "" : a.value.slice(first.next);
      if (typeof first === "string" || rest === "") {
        a.warn(
          first === "malformed"
            ? `Failed to extract ${what} from '${a.value}', ignoring.`
            : `Invalid ${what.replace(" and ", " or ")} specified in '${a.value}', ignoring.`,
        );
        return previous;
      }
      const path = a.expand(first.word);
      if (path === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${first.word}', ignoring: ${a.expandError()}`);
        return previous;
      }
      // Any path will do here, /dev or not, absolute or not.
      if (!isNormalizedPath(simplifyPath(path))) {
        a.warn(`${a.directive}= path is not normalized, ignoring: ${path}`);
        return previous;
      }
      const value = parse(rest);
      if (value === undefined) {
        a.warn(bad(rest));
        return previous;
      }
      const simple = simplifyPath(path);
      const others = previous.filter((d) => d.path !== simple);
      return [...others, { path: simple, value }];
    },
    // No limit is not shown.
    toBus: (v) => v.filter((d) => d.value !== Number.POSITIVE_INFINITY).map((d) => [d.path, toU64(d.value)]),
  };
}

export const ioDeviceWeight = deviceNumbers(
  "device and weight",
  "device path and weight",
  (t) => parseInteger(t, 1, 10000),
  (t) => `IO weight '${t}' invalid, ignoring: ${why(t)}`,
);

export const ioLimit = deviceNumbers(
  "device and bandwidth",
  "device node and bandwidth",
  (t) => (t === "infinity" ? Number.POSITIVE_INFINITY : parseSize(t, 1000) || undefined),
  (t) => `Invalid IO limit '${t}', ignoring.`,
);

export const ioLatency = deviceNumbers(
  "device and latency",
  "device path and latency",
  (t) => parseTimespan(t),
  (t) => `Failed to parse timer value, ignoring: ${t}`,
);

export const blockIoDeviceWeight = deviceNumbers(
  "device and weight",
  "device node and weight",
  (t) => parseInteger(t, 10, 1000),
  (t) => `Invalid block IO weight '${t}', ignoring: ${why(t)}`,
);

export const blockIoBandwidth = deviceNumbers(
  "device and bandwidth",
  "device node and bandwidth",
  (t) => parseSize(t, 1000) || undefined,
  (t) => `Invalid Block IO Bandwidth '${t}', ignoring.`,
);

/** DeviceAllow=: a node, or `char-NAME`, `block-NAME`, with some of r, w, m. */
export interface DeviceRule {
  readonly path: string;
  readonly access: string;
}

export const deviceAllow: Kind<readonly DeviceRule[]> = {
  name: "device and access",
  signature: "a(ss)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const first = nextWord(a.value, 0, { unquote: true });
    if (typeof first === "string") {
      a.warn(`Failed to extract device path and rights from '${a.value}', ignoring.`);
      return previous;
    }
    const access = a.value.slice(first.next);
    const expanded = a.expand(first.word);
    if (expanded === undefined) {
      a.warn(`Failed to resolve unit specifiers in '${first.word}', ignoring: ${a.expandError()}`);
      return previous;
    }
    const isClass = /^(char|block)-./.test(expanded);
    const path = isClass ? expanded : simplifyPath(expanded);
    if (!isClass) {
      if (!isNormalizedPath(path)) {
        a.warn(`${a.directive}= path is not normalized, ignoring: ${path}`);
        return previous;
      }
      if (!/^\/(dev\/.|run\/systemd\/inaccessible\/)/.test(path)) {
        a.warn(`Invalid device node path '${path}', ignoring.`);
        return previous;
      }
    }
    if (access !== "" && !/^[rwm]+$/.test(access)) {
      a.warn(`Invalid device rights '${access}', ignoring.`);
      return previous;
    }
    const rights = access === "" ? "rwm" : ["r", "w", "m"].filter((r) => access.includes(r)).join("");
    // The last one written stands first.
    return [{ path, access: rights }, ...previous];
  },
  toBus: (v) => v.map((d) => [d.path, d.access]),
};

const controllers = [
  "cpu",
  "cpuacct",
  "cpuset",
  "io",
  "blkio",
  "memory",
  "devices",
  "pids",
  "bpf-firewall",
  "bpf-devices",
  "bpf-foreign",
  "bpf-socket-bind",
  "bpf-restrict-network-interfaces",
];

/** What Delegate=yes hands over. */
const delegated = ["cpu", "cpuset", "io", "memory", "pids"];

/** Delegate=: everything, nothing, or some controllers by name. */
export interface Delegate {
  readonly on: boolean;
  readonly controllers: readonly string[];
}

export const delegate: Kind<Delegate> = {
  name: "boolean or list of controllers",
  signature: "b",
  repeats: "adds",
  initial: { on: false, controllers: [] },
  choices: ["yes", "no", ...controllers],
  assign(previous, a) {
    if (a.value === "") return { on: true, controllers: [] };
    const flag = parseBoolean(a.value);
    if (flag !== undefined) return { on: flag, controllers: flag ? delegated : [] };
    const found = new Set(previous.controllers);
    forEachWord(a, { unquote: true }, (word) => {
      if (controllers.includes(word)) found.add(word);
      else a.warn(`Invalid controller name '${word}', ignoring`);
    });
    return { on: true, controllers: controllers.filter((c) => found.has(c)) };
  },
  toBus: (v) => v.on,
};

/** DisableControllers=: controllers by name, which assignments add to. */
export const disableControllers: Kind<readonly string[]> = {
  name: "list of controllers",
  signature: "as",
  repeats: "adds",
  initial: [],
  choices: controllers,
  assign(previous, a) {
    if (a.value === "") return [];
    const found = new Set(previous);
    let wrong = false;
    forEachWord(a, {}, (word) => {
      if (controllers.includes(word)) found.add(word);
      else wrong = true;
    });
    if (!wrong) return controllers.filter((c) => found.has(c));
    a.warn(`Invalid cgroup string: ${a.value}, ignoring`);
    return previous;
  },
  toBus: (v) => v,
};

/** Where a BPF program may be attached to a control group (bpf(2)). */
const bpfTypes = new Set(
  "ingress egress sock_create sock_ops device bind4 bind6 connect4 connect6 post_bind4 post_bind6 sendmsg4 sendmsg6 sysctl recvmsg4 recvmsg6 getsockopt setsockopt".split(
    " ",
  ),
);

/** `ingress:/path` and the like (BPFProgram=). */
export const bpfPrograms: Kind<readonly { readonly type: string; readonly path: string }[]> = list(
  "type and path",
  "a(ss)",
  (a, add) => {
    const colon = a.value.indexOf(":");
    const type = a.value.slice(0, Math.max(0, colon));
    const path = a.expand(a.value.slice(colon + 1));
    if (colon < 0 || path === undefined) a.warn(`Invalid syntax in ${a.directive}=, ignoring: ${a.value}`);
    else if (!bpfTypes.has(type)) a.warn(`Unknown BPF attach type=${type}, ignoring: ${a.value}`);
    else if (!path.startsWith("/")) a.warn(`${a.directive}= path is not absolute, ignoring: ${path}`);
    else add({ type, path: simplifyPath(path) });
  },
  (v) => v.map((p) => [p.type, p.path]).reverse(),
);

/** SocketBindAllow=: which addresses may be bound. */
export interface SocketBindRule {
  readonly family: number;
  readonly protocol: number;
  readonly ports: number;
  readonly firstPort: number;
}

export const socketBind: Kind<readonly SocketBindRule[]> = {
  name: "list of bind rules",
  signature: "a(iiqq)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    if (a.value === "any") return [...previous, { family: 0, protocol: 0, ports: 0, firstPort: 0 }];
    const parts = a.value.split(":");
    let family = 0;
    let protocol = 0;
    if (parts[0] === "ipv4" || parts[0] === "ipv6") family = parts.shift() === "ipv4" ? 2 : 10;
    if (parts[0] === "tcp" || parts[0] === "udp") protocol = parts.shift() === "tcp" ? 6 : 17;
    const port = parts.shift();
    const bad = (): readonly SocketBindRule[] => {
      a.warn(`Unable to parse ${a.directive}= assignment, ignoring: ${a.value}`);
      return previous;
    };
    if (parts.length > 0) return bad();
    if (port === undefined || port === "any") return [...previous, { family, protocol, ports: 0, firstPort: 0 }];
    const [first = 0, last = first] = port.split("-", 2).map((p) => parseInteger(p, 0, 65535) ?? Number.NaN);
    if (!(first >= 1 && last <= 65535 && first <= last)) return bad();
    return [...previous, { family, protocol, ports: last - first + 1, firstPort: first }];
  },
  // The last one written is shown first.
  toBus: (v) => v.map((r) => [r.family, r.protocol, r.ports, r.firstPort]).reverse(),
};
