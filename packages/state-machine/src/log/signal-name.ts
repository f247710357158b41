import { signalName as nameOf } from "@steward/unit-file";

/** signal(7): the name without SIG, "RTMIN+3" for real-time signals, "n/a" for what is none. */
export function signalName(signal: number): string {
  return nameOf(signal) ?? "n/a";
}
