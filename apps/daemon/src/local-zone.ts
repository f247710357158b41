import { readFileSync, realpathSync } from "node:fs";
import type { KeeperClient } from "@steward/process-runtime";
import type { ZoneData } from "@steward/state-machine";

const localtime = "/etc/localtime";
const database = "/usr/share/zoneinfo/";

/** The zone that the C library would take: $TZ, or /etc/localtime; UTC where there is none. */
function readLocalZone(env: Readonly<Record<string, string | undefined>> = process.env): ZoneData {
  const named = env.TZ?.replace(/^:/, "");
  if (named !== undefined && /^[A-Za-z]/.test(named) && !named.split("/").includes("..")) {
    const zone = readZone(named, `${database}${named}`);
    if (zone !== undefined) return zone;
  }
  return readZone(localName(), localtime) ?? { name: "UTC" };
}

function readZone(name: string, path: string): ZoneData | undefined {
  try {
    return { name, rules: readFileSync(path).toString("base64") };
  } catch {
    return undefined;
  }
}

function localName(): string {
  try {
    const path = realpathSync(localtime);
    return path.startsWith(database) ? path.slice(database.length) : "local";
  } catch {
    return "UTC";
  }
}

/** The keeper's watch for another zone. */
export const zoneWatch = "timezone";
/** It goes, moves, gets another inode, or is written to (inotify(7)). */
const mask = 0x400 | 0x800 | 0x4 | 0x8;

/** Follows /etc/localtime, as timers have to (OnTimezoneChange= of systemd.timer(5)). */
export class LocalZone {
  private readonly keeper: KeeperClient;
  /** The zone that timers were last told of: recorded state. */
  private readonly told: () => ZoneData | undefined;
  private readonly tell: (zone: ZoneData) => void;

  constructor(keeper: KeeperClient, told: () => ZoneData | undefined, tell: (zone: ZoneData) => void) {
    this.keeper = keeper;
    this.told = told;
    this.tell = tell;
  }

  /** What timers go by: another zone is told first, so that none misses it. */
  current(): ZoneData {
    return this.told() ?? readLocalZone();
  }

  /** Has it watched; when the watch stands, or has reported, it is looked at. */
  watch(): void {
    this.keeper.send({ kind: "watchWay", id: zoneWatch, path: localtime, mask }, 0);
  }

  look(): void {
    const zone = readLocalZone();
    const told = this.told();
    if (told === undefined || told.name !== zone.name || told.rules !== zone.rules) this.tell(zone);
  }
}
