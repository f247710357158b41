import { all, anyOf, type Match, matchValue } from "../read/match.ts";

/** MESSAGE_ID of a process that dumped core (systemd.journal-fields(7)). */
const COREDUMP = "fc2e22bc6ee647b6b90729ab34a250b1";

/**
 * What `journalctl -u` takes for a unit: what its processes wrote, what the manager and privileged daemons say of it, and
 * its core dumps (journalctl(1), --unit=). A slice takes all that runs in it.
 */
export function unitMatch(unit: string): Match {
  const any = [
    matchValue("_SYSTEMD_UNIT", unit),
    all([matchValue("MESSAGE_ID", COREDUMP), matchValue("_UID", "0"), matchValue("COREDUMP_UNIT", unit)]),
    all([matchValue("_PID", "1"), matchValue("UNIT", unit)]),
    all([matchValue("_UID", "0"), matchValue("OBJECT_SYSTEMD_UNIT", unit)]),
  ];
  if (unit.endsWith(".slice")) any.push(matchValue("_SYSTEMD_SLICE", unit));
  return anyOf(any);
}

/** The same for a unit of a user's manager (journalctl(1), --user-unit=). */
export function userUnitMatch(unit: string, uid: number): Match {
  const own = matchValue("_UID", String(uid));
  const any = [
    all([matchValue("_SYSTEMD_USER_UNIT", unit), own]),
    all([matchValue("USER_UNIT", unit), own]),
    all([matchValue("COREDUMP_USER_UNIT", unit), own]),
    all([matchValue("OBJECT_SYSTEMD_USER_UNIT", unit), own]),
  ];
  if (unit.endsWith(".slice")) any.push(all([matchValue("_SYSTEMD_USER_SLICE", unit), own]));
  return anyOf(any);
}
