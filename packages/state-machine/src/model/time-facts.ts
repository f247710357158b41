/** A time zone as data: the C library's rules for it. */
export interface ZoneData {
  readonly name: string;
  /** A file of /usr/share/zoneinfo in base64 (tzfile(5)); without it the zone is UTC. */
  readonly rules?: string;
}

export function isSameZone(a: ZoneData, b: ZoneData): boolean {
  return a.name === b.name && a.rules === b.rules;
}

/** What timers need to know of the machine. Comes with `load`, like the definitions. */
export interface TimeFacts {
  /** The local zone, in which OnCalendar= is read. */
  readonly zone: ZoneData;
  /** OnBootSec= counts from the manager's own start: in a container, and where another init has booted the machine. */
  readonly bootIsStartup: boolean;
  /** Of these FixedRandomDelay= is made: 32 hex digits, and the manager's user. */
  readonly machineId: string;
  readonly uid: number;
}

export const noTimeFacts: TimeFacts = {
  zone: { name: "UTC" },
  bootIsStartup: false,
  machineId: "00000000000000000000000000000000",
  uid: 0,
};
