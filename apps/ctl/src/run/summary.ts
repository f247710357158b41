/** What is said of a service that has ended, and the exit code that follows (systemd-run(1), "Exit status"). */
import { formatTimespan } from "@steward/time";
import { signalName } from "@steward/unit-file";
import { type Properties, plain } from "../bus/manager.ts";
import { formatBytes } from "../print/bytes.ts";

const unmeasured = 0xffff_ffff_ffff_ffffn;
/** CLD_EXITED, CLD_KILLED and CLD_DUMPED of waitid(2). */
const codes = ["", "exited", "killed", "dumped"] as const;

/** The lines that --wait ends with. */
export function endSummary(properties: Properties): readonly string[] {
  const number = (name: string): bigint => BigInt(plain<number | bigint>(properties, name) ?? unmeasured);
  const lines = [`Finished with result: ${plain<string>(properties, "Result") ?? "n/a"}`];
  const code = Number(plain<number>(properties, "ExecMainCode") ?? 0);
  const status = Number(plain<number>(properties, "ExecMainStatus") ?? 0);
  if (code === 1) lines.push(`Main processes terminated with: code=exited/status=${status}`);
  else if (code > 0)
    lines.push(`Main processes terminated with: code=${codes[code] ?? "n/a"}/status=${signalText(status)}`);
  const began = number("InactiveExitTimestampMonotonic");
  const ended = number("InactiveEnterTimestampMonotonic");
  if (began > 0n && began !== unmeasured && ended > began)
    lines.push(`Service runtime: ${formatTimespan(Number(ended - began), 1000)}`);
  const cpu = number("CPUUsageNSec");
  if (cpu !== unmeasured) lines.push(`CPU time consumed: ${formatTimespan(Number((cpu + 999n) / 1000n), 1000)}`);
  for (const [name, text] of amounts) {
    const bytes = number(name);
    if (bytes !== unmeasured) lines.push(`${text}: ${formatBytes(bytes)}`);
  }
  return lines;
}

const amounts = [
  ["IPIngressBytes", "IP traffic received"],
  ["IPEgressBytes", "IP traffic sent"],
  ["IOReadBytes", "IO bytes read"],
  ["IOWriteBytes", "IO bytes written"],
] as const;

function signalText(status: number): string {
  return signalName(status)?.replace(/^SIG/, "") ?? String(status);
}

/** 0 for success, whatever that is to the service; else the service's own status where it has one. */
export function exitCodeOf(properties: Properties): number {
  const result = plain<string>(properties, "Result");
  if (result === "success") return 0;
  const status = Number(plain<number>(properties, "ExecMainStatus") ?? 0);
  return result === "exit-code" && status > 0 ? status : 1;
}
