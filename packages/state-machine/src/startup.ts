import { formatTimespan } from "@steward/time";
import { logManager, messageId, priority } from "./log/log.ts";
import { patchCounters, type Turn } from "./turn.ts";

/** The first time that nothing is left to do after the first transaction: start-up is over. */
export function checkStartup(turn: Turn): void {
  const { startup, startedAt } = turn.state.counters;
  if (startup !== "starting" || turn.state.jobs.size > 0) return;
  patchCounters(turn, { startup: "finished" });
  const usec = Math.max(0, turn.now.monotonicUsec - startedAt.monotonicUsec);
  logManager(turn, priority.info, `Startup finished in ${formatTimespan(usec, 1_000)}.`, [
    messageId("userStartupFinished"),
    ["USERSPACE_USEC", String(usec)],
  ]);
}
