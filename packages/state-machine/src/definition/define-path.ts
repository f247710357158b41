import type { GraphUnit } from "@steward/graph";
import type { PathSpec } from "@steward/unit-file";
import type { PathDefinition } from "./definition.ts";
import { reader } from "./settings.ts";

export function definePath(unit: GraphUnit): PathDefinition {
  const get = reader(unit.settings, "Path");
  return {
    paths: get.list("Paths") as readonly PathSpec[],
    makeDirectory: get.flag("MakeDirectory", false),
    triggerLimitIntervalUsec: get.number("TriggerLimitIntervalSec", 2_000_000),
    triggerLimitBurst: get.number("TriggerLimitBurst", 200),
  };
}
