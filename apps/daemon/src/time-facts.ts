import type { TimeFacts, ZoneData } from "@steward/state-machine";
import { isContainer } from "@steward/unit-tree";
import type { Environment } from "./environment.ts";

/**
 * What timers need to know of the machine. In a container the time that the host was up before does not count for OnBootSec=, and
 * neither does it where another init has booted the machine: what it was to do after the boot it has done.
 */
export function timeFacts(environment: Environment, zone: ZoneData): TimeFacts {
  const { scope, places, facts, machineId } = environment;
  const bootedElsewhere = scope === "system" && !places.init;
  const bootIsStartup = bootedElsewhere || isContainer(facts.virtualization);
  return { zone, bootIsStartup, machineId, uid: process.getuid?.() ?? 0 };
}
