import type { GraphUnit } from "@steward/graph";
import { commands, defineKill, noneIfZero } from "./define-commands.ts";
import type { SocketDefinition } from "./definition.ts";
import { reader } from "./settings.ts";

const DEFAULT_TIMEOUT_USEC = 90_000_000;

/** The settings of a [Socket] section that the core reads, with the defaults of systemd.socket(5). */
export function defineSocket(unit: GraphUnit): SocketDefinition {
  const get = reader(unit.settings, "Socket");
  const accept = get.flag("Accept", false);
  // A limit that 252 does not have acts where a file asks for it.
  const isSet = (name: string): boolean => (unit.origins?.("Socket", name) ?? []).length > 0;
  const limitsPolls = isSet("PollLimitIntervalSec") || isSet("PollLimitBurst");
  return {
    commands: {
      ExecStartPre: commands(get, "ExecStartPre"),
      ExecStartPost: commands(get, "ExecStartPost"),
      ExecStopPre: commands(get, "ExecStopPre"),
      ExecStopPost: commands(get, "ExecStopPost"),
    },
    usesUsb: get.list("Listen").some((listen) => (listen as { readonly type?: unknown }).type === "USBFunction"),
    accept,
    hasOwner: get.text("SocketUser", "") !== "" || get.text("SocketGroup", "") !== "",
    flushPending: get.flag("FlushPending", false),
    removeOnStop: get.flag("RemoveOnStop", false),
    maxConnections: get.number("MaxConnections", 64),
    maxConnectionsPerSource: get.number("MaxConnectionsPerSource", 0),
    descriptorName: get.text("FileDescriptorName", "") || unit.id,
    timeoutUsec: noneIfZero(get.number("TimeoutSec", DEFAULT_TIMEOUT_USEC)),
    triggerLimitIntervalUsec: get.number("TriggerLimitIntervalSec", 2_000_000),
    triggerLimitBurst: get.number("TriggerLimitBurst", accept ? 200 : 20),
    pollLimitIntervalUsec: limitsPolls ? get.number("PollLimitIntervalSec", 2_000_000) : 0,
    pollLimitBurst: limitsPolls ? get.number("PollLimitBurst", accept ? 150 : 15) : 0,
    ...defineKill(get),
  };
}
