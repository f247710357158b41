import { statSync } from "node:fs";
import type { ExecPlan } from "@steward/process-runtime";
import type { Environment } from "./environment.ts";

/** Where timers with Persistent= write down when they triggered last (systemd.timer(5)). */
export function stampDirectory({ scope, home }: Pick<Environment, "scope" | "home">): string {
  if (scope === "system") return "/var/lib/systemd/timers";
  return `${process.env.XDG_DATA_HOME || `${home}/.local/share`}/systemd/timers`;
}

const stampName = (unit: string): string => `stamp-${unit}`;

/** When a timer triggered last, in microseconds since 1970; undefined where it never did. */
export function readStamp(directory: string, unit: string): number | undefined {
  try {
    return Number(statSync(`${directory}/${stampName(unit)}`, { bigint: true }).mtimeNs / 1000n);
  } catch {
    return undefined;
  }
}

/** Writes it down. What goes wrong is not the timer's trouble. */
export function touchPlan(directory: string, unit: string, usec: number): ExecPlan {
  return {
    inputs: [],
    env: [],
    steps: [
      { op: "touch", base: directory, path: stampName(unit), mode: 0o644, usec, ignoreFailure: true, exitStatus: 1 },
    ],
  };
}
