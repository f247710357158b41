import { capabilityNames } from "./capability-names.ts";
import type { Assignment, BusValue, Kind } from "./kind.ts";
import { forEachWord } from "./lists.ts";
import { parseInteger, parseUnsigned } from "./numbers.ts";
import { scalar } from "./scalars.ts";

/** Every capability bit that systemd knows of, known by name or not. */
export const allCapabilities = 0xffff_ffff_ffff_ffffn;

/** The number of a capability, by name (in any case) or number. */
export function parseCapability(text: string): number | undefined {
  const index = (capabilityNames as readonly string[]).indexOf(text.toLowerCase());
  return index >= 0 ? index : parseInteger(text, 0, 62);
}

/** The bit of a capability by name. */
export function capabilityBit(name: (typeof capabilityNames)[number]): bigint {
  return 1n << BigInt(capabilityNames.indexOf(name));
}

/** A set of capabilities as a bit mask (systemd.exec(5), CapabilityBoundingSet=): `~` inverts, several assignments are merged. */
export function capabilitySet(initial: bigint): Kind<bigint> {
  return {
    name: "list of capabilities",
    signature: "t",
    repeats: "adds",
    initial,
    assign(previous, a) {
      const invert = a.value.startsWith("~");
      let sum = 0n;
      forEachWord(
        a,
        { unquote: true },
        (word) => {
          const number = parseCapability(word);
          // An unknown capability is passed over without a word: it may be of a newer kernel.
          if (number !== undefined) sum |= 1n << BigInt(number);
        },
        invert ? a.value.slice(1) : a.value,
      );
      if (sum === 0n || previous === initial) return invert ? ~sum & 0xffff_ffff_ffff_ffffn : sum;
      return invert ? previous & ~sum : previous | sum;
    },
    toBus: (v) => v,
  };
}

/** A set of small numbers, such as CPUs: "0-3 5,7". */
export interface NumberSet {
  readonly numbers: ReadonlySet<number>;
}

/** Ranges and numbers separated by commas or white space; undefined where one of them is wrong: then nothing of it counts. */
function parseNumbers(a: Assignment, text = a.value): number[] | undefined {
  const found: number[] = [];
  let wrong = false;
  forEachWord(
    a,
    { separators: " \t\n\r,", unquote: true },
    (word) => {
      if (wrong) return;
      const [low, high = low] = word.split("-", 2).map((part) => parseUnsigned(part));
      if (low === undefined || high === undefined || /-.*-|^-/.test(word)) {
        a.warn(`Failed to parse CPU affinity '${word}'`);
        wrong = true;
      } else if (high > 8191) {
        a.warn(`Cannot add CPU ${high} to set: Numerical result out of range`);
        wrong = true;
      } else if (low > high) a.warn(`Range '${word}' is invalid, ${low} > ${high}, ignoring.`);
      else for (let n = low; n <= high; n++) found.push(n);
    },
    text,
  );
  return wrong ? undefined : found;
}

/** Bytes, the lowest CPU in the lowest bit, as many words of eight bytes as the highest number needs. */
function maskBytes(numbers: ReadonlySet<number>): BusValue {
  if (numbers.size === 0) return [];
  const highest = Math.max(...numbers);
  // systemd counts in words of eight bytes.
  const bytes: number[] = new Array((Math.floor(highest / 64) + 1) * 8).fill(0);
  for (const n of numbers) bytes[n >> 3] = (bytes[n >> 3] as number) | (1 << (n & 7));
  return bytes;
}

/** A set of CPUs or memory nodes that assignments add to. */
export const numberSet: Kind<NumberSet> = {
  name: "list of numbers and ranges",
  signature: "ay",
  repeats: "adds",
  initial: { numbers: new Set() },
  assign(previous, a) {
    if (a.value === "") return { numbers: new Set() };
    // The sets of systemd.resource-control(5) may hold specifiers, CPUAffinity= may not.
    const text = a.directive.includes("Allowed") ? a.expand(a.value) : a.value;
    if (text === undefined) {
      a.warn(`Failed to resolve unit specifiers in '${a.value}', ignoring: ${a.expandError()}`);
      return previous;
    }
    const found = parseNumbers(a, text);
    if (!found && a.directive === "NUMAMask") a.warn(`Failed to parse NUMA node mask, ignoring: ${a.value}`);
    return found ? { numbers: new Set([...previous.numbers, ...found]) } : previous;
  },
  toBus: (v) => maskBytes(v.numbers),
};

/** CPUAffinity=: as a set of CPUs, or `numa` for those of NUMAMask=. */
export const cpuAffinity: Kind<NumberSet & { readonly numa: boolean }> = {
  name: "list of CPUs",
  signature: "ay",
  repeats: "adds",
  initial: { numbers: new Set(), numa: false },
  assign(previous, a) {
    if (a.value === "") return { numbers: new Set(), numa: false };
    if (a.value === "numa") return { ...previous, numa: true };
    const set = numberSet.assign(previous, a);
    return set === previous ? previous : { ...set, numa: false };
  },
  toBus: (v) => maskBytes(v.numbers),
};

/** NUMAMask=: nodes, or `all`. */
export const numaMask: Kind<NumberSet> = {
  ...numberSet,
  name: "list of NUMA nodes",
  assign(previous, a) {
    if (a.value === "all") return { numbers: new Set([0]) };
    return numberSet.assign(previous, a);
  },
};

const secureBitNames: Readonly<Record<string, number>> = {
  noroot: 1,
  "noroot-locked": 2,
  "no-setuid-fixup": 4,
  "no-setuid-fixup-locked": 8,
  "keep-caps": 16,
  "keep-caps-locked": 32,
};

/** SecureBits=: flags by name, which assignments add to. */
export const secureBits: Kind<number> = {
  name: "list of secure bits",
  signature: "i",
  repeats: "adds",
  initial: 0,
  choices: Object.keys(secureBitNames),
  assign(previous, a) {
    if (a.value === "") return 0;
    let bits = 0;
    forEachWord(a, { unquote: true }, (word) => {
      if (Object.hasOwn(secureBitNames, word)) bits |= secureBitNames[word] as number;
    });
    // Names that nobody knows are passed over; when nothing is left, nothing is set.
    return bits === 0 ? 0 : previous | bits;
  },
  toBus: (v) => v,
};

/** Types of namespaces as clone flags (namespaces(7)). */
export const namespaceFlags: Readonly<Record<string, bigint>> = {
  cgroup: 0x02000000n,
  ipc: 0x08000000n,
  net: 0x40000000n,
  mnt: 0x00020000n,
  pid: 0x20000000n,
  user: 0x10000000n,
  uts: 0x04000000n,
};

/** Every namespace type at once. */
export const allNamespaces = Object.values(namespaceFlags).reduce((x, y) => x | y, 0n);

/** RestrictNamespaces=: which namespaces stay allowed, as clone flags. Unset: all. */
export const restrictNamespaces: Kind<bigint | undefined> = {
  name: "boolean or list of namespace types",
  signature: "t",
  repeats: "adds",
  initial: undefined,
  choices: ["yes", "no", ...Object.keys(namespaceFlags)],
  assign(previous, a) {
    if (a.value === "") return undefined;
    if (/^(1|yes|y|true|t|on)$/i.test(a.value)) return 0n;
    if (/^(0|no|n|false|f|off)$/i.test(a.value)) return allNamespaces;
    const invert = a.value.startsWith("~");
    let flags = 0n;
    let bad = false;
    forEachWord(
      a,
      { unquote: true },
      (word) => {
        if (Object.hasOwn(namespaceFlags, word)) flags |= namespaceFlags[word] as bigint;
        else bad = true;
      },
      invert ? a.value.slice(1) : a.value,
    );
    if (bad) {
      a.warn(`Failed to parse namespace type string, ignoring: ${invert ? a.value.slice(1) : a.value}`);
      return previous;
    }
    if (previous === undefined) return invert ? allNamespaces & ~flags : flags;
    return invert ? previous & ~flags : previous | flags;
  },
  toBus: (v) => v ?? 0xffff_ffff_ffff_ffffn,
};

const propagationFlags: Readonly<Record<string, bigint>> = { shared: 1048576n, slave: 524288n, private: 262144n };

/** MountFlags=: how mounts propagate. */
export const mountFlags: Kind<bigint> = scalar(
  "mount propagation",
  "t",
  0n,
  (text, a) => {
    if (text === "") return 0n;
    const flag = Object.hasOwn(propagationFlags, text) ? propagationFlags[text] : undefined;
    if (flag === undefined) a.warn(`Failed to parse mount flag, ignoring: ${text}`);
    return flag;
  },
  (v) => v,
  Object.keys(propagationFlags),
);

const coredumpBits: Readonly<Record<string, number>> = {
  "private-anonymous": 0,
  "shared-anonymous": 1,
  "private-file-backed": 2,
  "shared-file-backed": 3,
  "elf-headers": 4,
  "private-huge": 5,
  "shared-huge": 6,
  "private-dax": 7,
  "shared-dax": 8,
  default: 0x33,
};

/** CoredumpFilter=: which mappings a core dump holds; unset: the manager's. */
export const coredumpFilter: Kind<bigint | undefined> = {
  name: "list of mapping types",
  signature: "t",
  repeats: "adds",
  initial: undefined,
  choices: [...Object.keys(coredumpBits), "all"],
  assign(previous, a) {
    if (a.value === "") return undefined;
    let mask = 0n;
    let bad = false;
    forEachWord(a, {}, (word) => {
      if (word === "default") mask |= 0x33n;
      else if (word === "all") mask = 0xffff_ffff_ffff_ffffn;
      else if (Object.hasOwn(coredumpBits, word)) mask |= 1n << BigInt(coredumpBits[word] as number);
      else if (/^\+?(0x)?[0-9a-f]{1,16}$/i.test(word)) mask |= BigInt(`0x${word.replace(/^\+?(0x)?/i, "")}`);
      else bad = true;
    });
    if (bad) {
      const why = /^-[0-9]/.test(a.value) ? "Numerical result out of range" : "Invalid argument";
      a.warn(`Failed to parse the CoredumpFilter=${a.value}, ignoring: ${why}`);
      return previous;
    }
    return mask | (previous ?? 0n);
  },
  toBus: (v) => v ?? 0x33n,
};
