/** How processes end, in systemd's words (systemd.exec(5), "Process Exit Codes"; wait4's si_code). */
import { exitStatusName as nameOf } from "@steward/unit-file";

export const endings = ["", "exited", "killed", "dumped", "trapped", "stopped", "continued"] as const;
export const EXITED = 1;
const KILLED = 2;

/** "FAILURE" for 1, "EXEC" for 203; undefined for those without a name. systemctl names those of the C library and of systemd alone. */
export function exitStatusName(status: number): string | undefined {
  return status <= 1 || status >= 200 ? nameOf(status) : undefined;
}

/** Whether a daemon that ends so ended well: status 0, or one of HUP, INT, PIPE and TERM. */
export function isCleanEnding(code: number, status: number): boolean {
  return code === EXITED ? status === 0 : code === KILLED && [1, 2, 13, 15].includes(status);
}
