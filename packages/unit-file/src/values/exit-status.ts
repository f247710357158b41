import { exitStatusNames } from "./exit-status-names.ts";
import type { Kind } from "./kind.ts";
import { forEachWord } from "./lists.ts";
import { parseInteger, parseUnsigned } from "./numbers.ts";
import { parseSignal } from "./signals.ts";

/** A set of ways to end: exit statuses and signals, each in ascending order (systemd.service(5), SuccessExitStatus=). */
export interface ExitStatusSet {
  readonly statuses: readonly number[];
  readonly signals: readonly number[];
}

/** An exit status by name or number, 0 to 255; undefined where it is none. */
export function parseExitStatus(text: string): number | undefined {
  if (Object.hasOwn(exitStatusNames, text)) return exitStatusNames[text];
  return parseUnsigned(text, 255);
}

/** The set of exit statuses and signals. */
export const exitStatusSet: Kind<ExitStatusSet> = {
  name: "list of exit statuses and signals",
  signature: "(aiai)",
  repeats: "adds",
  initial: { statuses: [], signals: [] },
  assign(previous, a) {
    if (a.value === "") return { statuses: [], signals: [] };
    const statuses = new Set(previous.statuses);
    const signals = new Set(previous.signals);
    forEachWord(a, {}, (word) => {
      const status = parseExitStatus(word);
      if (status !== undefined) {
        statuses.add(status);
        return;
      }
      const signal = /^[0-9]/.test(word) ? undefined : parseSignal(word);
      if (signal !== undefined) signals.add(signal);
      else a.warn(`Failed to parse value, ignoring: ${word}`);
    });
    const ascending = (x: number, y: number): number => x - y;
    return { statuses: [...statuses].sort(ascending), signals: [...signals].sort(ascending) };
  },
  toBus: (v) => [v.statuses, v.signals],
};

/** One exit status or nothing (SuccessActionExitStatus=); D-Bus shows -1 for nothing. */
export const optionalExitStatus: Kind<number | undefined> = {
  name: "exit status",
  signature: "i",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const status = parseUnsigned(a.value, 255);
    if (status !== undefined) return status;
    const out = parseInteger(a.value, -(2 ** 31), 2 ** 32) !== undefined;
    a.warn(
      `Failed to parse exit status '${a.value}', ignoring: ${out ? "Numerical result out of range" : "Invalid argument"}`,
    );
    return previous;
  },
  toBus: (v) => v ?? -1,
};
