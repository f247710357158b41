import type { ExecContext } from "@steward/process-runtime";
import type { PassedDescriptor } from "@steward/state-machine";

/** StandardInput=socket and its kin (systemd.exec(5)) take the one socket that there is: what is wrong where there is none, or several. */
export function socketStreamProblem(context: ExecContext, fds: readonly PassedDescriptor[]): string | undefined {
  const streams = [context.standardInput, context.standardOutput, context.standardError];
  if (!streams.some((stream) => stream?.mode === "socket")) return undefined;
  const sockets = fds.filter(({ stored }) => stored !== true).length;
  if (sockets === 1) return undefined;
  return sockets === 0 ? "Got no socket." : "Got more than one socket.";
}
