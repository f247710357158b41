import type { Kind } from "./kind.ts";
import { parseInteger } from "./numbers.ts";
import { scalar } from "./scalars.ts";

/** Signals by name without "SIG", Linux on everything but MIPS, Alpha and SPARC (signal(7)). */
const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
};

const SIGRTMIN = 34;
const SIGRTMAX = 64;
const names = new Map(Object.entries(signalNumbers).map(([name, number]) => [number, name]));

/** A signal by name, with or without "SIG", by number, or as RTMIN+3; undefined where it is none. */
export function parseSignal(text: string): number | undefined {
  const number = parseInteger(text, 1, SIGRTMAX);
  if (number !== undefined) return number;
  const name = text.startsWith("SIG") ? text.slice(3) : text;
  if (Object.hasOwn(signalNumbers, name)) return signalNumbers[name];
  const realTime = /^RT(MIN|MAX)?([+-]?[0-9]+)?$/.exec(name);
  if (!realTime) return undefined;
  const [, end, offset = "0"] = realTime;
  const value = (end === "MAX" ? SIGRTMAX : SIGRTMIN) + Number(offset);
  if (end === "MIN" && offset.startsWith("-")) return undefined;
  if (end === "MAX" && Number(offset) > 0) return undefined;
  return value >= SIGRTMIN && value <= SIGRTMAX ? value : undefined;
}

/** The name of a signal without "SIG", RTMIN+N for real-time ones; undefined where there is none. */
export function signalName(number: number): string | undefined {
  if (number >= SIGRTMIN && number <= SIGRTMAX) return number === SIGRTMIN ? "RTMIN" : `RTMIN+${number - SIGRTMIN}`;
  return names.get(number);
}

/** A signal (systemd.kill(5), KillSignal=). */
export function signal(initial: number): Kind<number> {
  return scalar(
    "signal",
    "i",
    initial,
    (text, a) => {
      const value = parseSignal(text);
      if (value === undefined) a.warn(`Failed to parse signal name, ignoring: ${text}`);
      return value;
    },
    (v) => v,
  );
}
