import type { GraphUnit } from "@steward/graph";
import type { TimerSpec } from "@steward/unit-file";
import type { TimerDefinition } from "./definition.ts";
import { reader } from "./settings.ts";

export function defineTimer(unit: GraphUnit): TimerDefinition {
  const get = reader(unit.settings, "Timer");
  return {
    timers: get.list("Timers") as readonly TimerSpec[],
    onClockChange: get.flag("OnClockChange", false),
    onTimezoneChange: get.flag("OnTimezoneChange", false),
    persistent: get.flag("Persistent", false),
    wakeSystem: get.flag("WakeSystem", false),
    remainAfterElapse: get.flag("RemainAfterElapse", true),
    fixedRandomDelay: get.flag("FixedRandomDelay", false),
    accuracyUsec: get.number("AccuracySec", 60_000_000),
    randomizedDelayUsec: get.number("RandomizedDelaySec", 0),
    randomizedOffsetUsec: get.number("RandomizedOffsetSec", 0),
    deferReactivation: get.flag("DeferReactivation", false),
  };
}
