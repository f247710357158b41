import { logUnit, messageId, priority } from "../log/log.ts";
import type { Turn } from "../turn.ts";

/** How a unit ended, in the words that systemd has for every type. */
export function logResult(turn: Turn, unit: string, result: string): void {
  const success = turn.state.scope === "user" ? priority.debug : priority.info;
  if (result === "success") logUnit(turn, success, unit, "Deactivated successfully.", [messageId("success")]);
  else
    logUnit(turn, priority.warning, unit, `Failed with result '${result}'.`, [
      messageId("failureResult"),
      ["UNIT_RESULT", result],
    ]);
}
