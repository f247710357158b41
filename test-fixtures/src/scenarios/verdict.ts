import type { Trace } from "./run.ts";

const text = (trace: Trace): string => trace.join("\n");

export const isAmong = (trace: Trace, known: readonly Trace[]): boolean =>
  known.some((one) => text(one) === text(trace));

/** The recorded trace that has most lines in common with ours. */
export function closest(trace: Trace, known: readonly Trace[]): Trace | undefined {
  const shared = (one: Trace): number => one.filter((line) => trace.includes(line)).length;
  return [...known].sort((a, b) => shared(b) - shared(a))[0];
}

/** Both sides, line by line; what is equal is shown once. */
export function sideBySide(systemd: Trace, steward: Trace): string {
  const lines: string[] = [];
  for (let i = 0; i < Math.max(systemd.length, steward.length); i++) {
    const [theirs, ours] = [systemd[i], steward[i]];
    if (theirs === ours) lines.push(`      ${theirs}`);
    else lines.push(`  systemd: ${theirs ?? "(nothing)"}`, `  steward: ${ours ?? "(nothing)"}`);
  }
  return lines.join("\n");
}
