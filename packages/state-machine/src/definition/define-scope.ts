import type { GraphUnit } from "@steward/graph";
import type { ScopeDefinition } from "./definition.ts";
import { reader } from "./settings.ts";

const DEFAULT_TIMEOUT_USEC = 90_000_000;
const SIGKILL = 9;
const SIGTERM = 15;

/** systemd.scope(5): 0 is no time-out, as Infinity is. */
const noneIfZero = (usec: number): number => (usec === 0 ? Number.POSITIVE_INFINITY : usec);

/** What the core reads of a [Scope] section. */
export function defineScope(unit: GraphUnit): ScopeDefinition {
  const get = reader(unit.settings, "Scope");
  return {
    timeoutStopUsec: noneIfZero(get.number("TimeoutStopSec", DEFAULT_TIMEOUT_USEC)),
    runtimeMaxUsec: noneIfZero(get.number("RuntimeMaxSec", Number.POSITIVE_INFINITY)),
    runtimeRandomizedExtraUsec: get.number("RuntimeRandomizedExtraSec", 0),
    killMode: get.word("KillMode", "control-group"),
    killSignal: get.number("KillSignal", SIGTERM),
    finalKillSignal: get.number("FinalKillSignal", SIGKILL),
    sendSighup: get.flag("SendSIGHUP", false),
    sendSigkill: get.flag("SendSIGKILL", true),
    oomPolicy: get.word("OOMPolicy", "stop"),
  };
}
