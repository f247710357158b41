import type { Machine } from "../engine.ts";
import { logUnit, priority } from "../log/log.ts";

/** A type that this version loads and shows but does not run. A start says so by name; whoever only wants it goes on. */
export function unsupportedMachine(type: string): Machine {
  return {
    start(turn, unit) {
      logUnit(turn, priority.notice, unit, `This version of steward does not run ${type} units yet.`);
      return "unsupported";
    },
    stop: () => "already",
  };
}
