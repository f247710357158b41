import type { GraphUnit } from "@steward/graph";
import { defineKill, noneIfZero } from "./define-commands.ts";
import type { MountDefinition } from "./definition.ts";
import { reader } from "./settings.ts";

const DEFAULT_TIMEOUT_USEC = 90_000_000;

/** The settings of a [Mount] section that the core reads (systemd.mount(5)). */
export function defineMount(unit: GraphUnit): MountDefinition {
  const get = reader(unit.settings, "Mount");
  return { timeoutUsec: noneIfZero(get.number("TimeoutSec", DEFAULT_TIMEOUT_USEC)), ...defineKill(get) };
}
