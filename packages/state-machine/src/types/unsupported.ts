import type { Machine } from "../engine.ts";
import { logUnit, priority } from "../log/log.ts";

/**
 * A type that this version loads and shows but does not run. Whoever asks to start such a unit gets an error that says so; one
 * that is pulled in ends its job as `unsupported`, and whoever only wants it goes on.
 */
export function unsupportedMachine(type: string): Machine {
  const refuses = `Not yet: this version of steward loads ${type} units and does not run them.`;
  return {
    refuses,
    start(turn, unit) {
      logUnit(turn, priority.notice, unit, refuses);
      return "unsupported";
    },
    stop: () => "already",
  };
}
