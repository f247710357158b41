import { byBytes } from "../text.ts";
import { errnoNames } from "./errno-names.ts";

import type { BusValue, Kind } from "./kind.ts";
import { forEachWord } from "./lists.ts";
import { parseInteger } from "./numbers.ts";
import { remember } from "./remember.ts";
import { scalar } from "./scalars.ts";
import { foreignSyscalls, syscallGroups, unnumberedSyscalls } from "./syscall-groups.ts";

/** A filter on system calls: the calls named, each with the error that it gives (-1: what SystemCallErrorNumber= says). */
export interface SyscallFilter {
  readonly allowList: boolean;
  readonly calls: ReadonlyMap<string, number>;
}

/** The error number that stands for "kill the process". */
export const ERRNO_KILL = 0x7fff_fffe;

const groupCache = new Map<string, readonly string[]>();

const errnoByNumber = new Map<number, string>();
for (const [name, number] of Object.entries(errnoNames)) {
  if (!errnoByNumber.has(number)) errnoByNumber.set(number, name);
}

/** The name of an error number, as EPERM for 1. */
export function errnoName(number: number): string | undefined {
  return errnoByNumber.get(number);
}

/** The system calls of a set, those of the sets inside it too; undefined where there is no such set. */
export function syscallsOf(group: string): readonly string[] | undefined {
  const known = groupCache.get(group);
  if (known) return known;
  if (!Object.hasOwn(syscallGroups, group)) return undefined;
  const found: string[] = [];
  for (const word of (syscallGroups[group] as string).split(" ")) {
    if (word.startsWith("@")) found.push(...(syscallsOf(word) ?? []));
    else if (word !== "") found.push(word);
  }
  groupCache.set(group, found);
  return found;
}

/** A set as it is written: system calls, and the sets inside it by their names; undefined where there is no such set. */
export function syscallSetMembers(group: string): readonly string[] | undefined {
  return Object.hasOwn(syscallGroups, group) ? (syscallGroups[group] as string).split(" ") : undefined;
}

let knownCalls: ReadonlySet<string> | undefined;

/** Whether any architecture has a system call of that name. */
export function isSyscall(name: string): boolean {
  knownCalls ??= new Set(Object.keys(syscallGroups).flatMap((group) => syscallsOf(group) ?? []));
  return knownCalls.has(name);
}

/** Whether an architecture has a system call of that name, out of those of the sets that change something; others than x86-64 are taken to have all. */
export function isSyscallOf(architecture: string, name: string): boolean {
  return isSyscall(name) && !unnumberedSyscalls.has(name) && !foreignSyscalls[architecture]?.has(name);
}

function parseErrno(text: string): number | undefined {
  if (text === "kill") return ERRNO_KILL;
  if (Object.hasOwn(errnoNames, text)) return errnoNames[text];
  return parseInteger(text, 0, 4095);
}

/** SystemCallFilter= and SystemCallLog= (systemd.exec(5)). The first assignment says whether it is a list of what is allowed or of what is not. */
export const syscallFilter: Kind<SyscallFilter | undefined> = remember({
  name: "list of system calls and @sets",
  signature: "(bas)",
  repeats: "adds",
  initial: undefined,
  assign(previous, a): SyscallFilter | undefined {
    if (a.value === "") return undefined;
    const invert = a.value.startsWith("~");
    const log = a.directive === "SystemCallLog";
    const allowList = previous ? previous.allowList : !invert;
    const calls = new Map(previous?.calls);
    const put = (call: string, errno: number): void => {
      if (invert !== allowList) calls.set(call, errno);
      else calls.delete(call);
    };
    if (!previous && allowList && !log) for (const call of syscallsOf("@default") ?? []) calls.set(call, -1);
    forEachWord(
      a,
      {},
      (word) => {
        const colon = log ? -1 : word.indexOf(":");
        const name = colon < 0 ? word : word.slice(0, colon);
        const errno = colon < 0 ? -1 : parseErrno(word.slice(colon + 1));
        if (errno === undefined || name === "") {
          a.warn(`Failed to parse syscall:errno, ignoring: ${word}`);
        } else if (!invert && errno >= 0) {
          a.warn(`Allow-listed system calls cannot take error number, ignoring: ${word}`);
        } else if (name.startsWith("@")) {
          const set = syscallsOf(name);
          if (!set) a.warn(`Unknown system call group, ignoring: ${name}`);
          else for (const call of set) put(call, errno);
        } else if (isSyscall(name)) put(name, errno);
        else a.warn(`Failed to parse system call, ignoring: ${name}`);
      },
      invert ? a.value.slice(1) : a.value,
    );
    return { allowList, calls };
  },
  toBus(v): BusValue {
    if (!v) return [false, []];
    const shown = [...v.calls].flatMap(([call, errno]) => {
      if (unnumberedSyscalls.has(call)) return [];
      if (errno < 0) return call;
      return `${call}:${errno === ERRNO_KILL ? "kill" : (errnoName(errno) ?? errno)}`;
    });
    return [v.allowList, shown.sort(byBytes)];
  },
});

/** SystemCallErrorNumber=: an error by name or number, or `kill`. D-Bus shows 2^31-2 for `kill`. */
export const syscallErrno: Kind<number> = scalar(
  "error number",
  "i",
  ERRNO_KILL,
  (text, a) => {
    if (text === "" || text === "kill") return ERRNO_KILL;
    const value = parseErrno(text);
    if (value === undefined || value < 1) {
      a.warn(`${value === undefined ? "Failed to parse" : "Invalid"} error number, ignoring: ${text}`);
      return undefined;
    }
    return value;
  },
  (v) => v,
);

const architectures = [
  "native",
  "x86",
  "x86-64",
  "x32",
  "arm",
  "arm64",
  "loongarch64",
  "mips",
  "mips64",
  "mips64-n32",
  "mips-le",
  "mips64-le",
  "mips64-le-n32",
  "parisc",
  "parisc64",
  "ppc",
  "ppc64",
  "ppc64-le",
  "riscv64",
  "s390",
  "s390x",
];

/** SystemCallArchitectures=: names; `native` stays as it is. */
export const syscallArchitectures: Kind<readonly string[]> = {
  name: "list of architectures",
  signature: "as",
  repeats: "adds",
  initial: [],
  choices: architectures,
  assign(previous, a) {
    if (a.value === "") return [];
    const found = new Set(previous);
    forEachWord(a, { unquote: true, retainEscape: true }, (word) => {
      if (architectures.includes(word)) found.add(word);
      else a.warn(`Failed to parse system call architecture "${word}", ignoring: Invalid argument`);
    });
    return [...found];
  },
  toBus: (v) => [...v].sort(byBytes),
};

/** Personality=: an architecture by systemd's name of it. */
export const personality: Kind<string> = scalar(
  "personality",
  "s",
  "",
  (text, a) => {
    if (text === "" || ["x86", "x86-64", "ppc", "ppc-le", "ppc64", "ppc64-le", "s390", "s390x", "arm64"].includes(text))
      return text;
    a.warn(`Failed to parse personality, ignoring: ${text}`);
    return undefined;
  },
  (v) => v,
);
