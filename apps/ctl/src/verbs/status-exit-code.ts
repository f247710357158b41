import { readFileSync } from "node:fs";
import { exitCodes } from "../exit-codes.ts";
import type { Facts } from "./unit-facts.ts";

/** The exit code that a unit's state stands for (systemctl(1), "Exit status"). */
export function exitCodeOf(facts: Facts): number {
  const state = facts.text("ActiveState");
  if (facts.text("LoadState") === "not-found" && state === "inactive") return exitCodes.noSuchUnit;
  if (state === "active" || state === "reloading") return exitCodes.success;
  const pidFile = facts.text("PIDFile");
  if ((state === "inactive" || state === "failed") && pidFile !== undefined && isReadable(pidFile))
    return exitCodes.deadWithPidFile;
  return exitCodes.notRunning;
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
