import type { KeeperClient } from "@steward/process-runtime";
import type { Event, MountPoint } from "@steward/state-machine";
import { unitNameFromPath } from "@steward/unit-file";
import { hasMountUnit, mountTable } from "@steward/unit-tree";
import type { Clock } from "./clock.ts";

/** What following the table of mounts needs. */
export interface MountsParts {
  readonly keeper: KeeperClient;
  readonly clock: Clock;
  /** Loads the units of mount points that are new. */
  readonly load: (names: readonly string[]) => void;
  readonly submit: (event: Event) => void;
  /** Units of mount points that are gone may be forgotten. */
  readonly collect: () => void;
}

/** Mount units follow /proc/self/mountinfo, whoever mounts (systemd.mount(5)). */
export class Mounts {
  private readonly parts: MountsParts;
  private last = "";

  constructor(parts: MountsParts) {
    this.parts = parts;
  }

  /** Asks to be told of the next change, then looks: so nothing that happens between is missed. */
  look(): void {
    const { keeper, clock, load, submit, collect } = this.parts;
    keeper.send({ kind: "mountsWatch" }, 0);
    const mounted = mountPointUnits();
    const text = JSON.stringify(mounted);
    if (text === this.last) return;
    this.last = text;
    load(mounted.map(({ unit }) => unit));
    submit({ kind: "mounts", now: clock.now(), mounted });
    collect();
  }
}

/** All mount points that systemd has units for; of those that lie on top of each other the last. */
function mountPointUnits(): readonly MountPoint[] {
  const units = new Map<string, MountPoint>();
  for (const { where, what, type, options } of mountTable()) {
    const unit = unitNameFromPath(where, "mount");
    if (unit !== undefined && hasMountUnit(where)) units.set(unit, { unit, what, type, options });
  }
  return [...units.values()];
}
