import type { Machine } from "../engine.ts";
import { logUnit, priority } from "../log/log.ts";

/**
 * A type that is loaded and shown, and never runs here, as systemd itself says of some types in a container: the job of a start ends as
 * `unsupported`, and the journal has the reason.
 */
export function unsupportedMachine(reason: string): Machine {
  return {
    start(turn, unit) {
      logUnit(turn, priority.notice, unit, reason);
      return "unsupported";
    },
    stop: () => "already",
  };
}
