import { exitStatusName as nameOf } from "@steward/unit-file";

/** systemd.exec(5), "Process Exit Codes", and `systemd-analyze exit-status`: the name of an exit status, or "n/a". */
export function exitStatusName(status: number): string {
  return nameOf(status) ?? "n/a";
}
