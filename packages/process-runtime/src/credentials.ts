/** Who a unit's processes run as: User=, Group=, SupplementaryGroups= to numbers (systemd.exec(5)). */
import { execStatus } from "./exec-status.ts";

/** An entry of the user database, passwd(5). */
export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** An entry of the group database, group(5). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
}

/** Where names are looked up; numbers are given as decimal text. */
export interface NameLookup {
  user(nameOrUid: string): UserEntry | undefined;
  group(nameOrGid: string): GroupEntry | undefined;
  /** All groups that list the user as member, without the primary one. */
  groupsOf(userName: string): readonly number[];
}

/** The identity that a plan takes on. Undefined numbers stay as they are. */
export interface Credentials {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** What setgroups(2) gets; undefined: not called. */
  readonly groups: readonly number[] | undefined;
  /** Undefined where the user has none worth telling, as with a nologin shell. */
  readonly name: string | undefined;
  readonly home: string | undefined;
  readonly shell: string | undefined;
}

/** A name that does not exist: the child ends with 217/USER or 216/GROUP. */
export interface CredentialsFailure {
  readonly exitStatus: typeof execStatus.user | typeof execStatus.group;
  readonly errno: number;
  readonly message: string;
}

const esrch = 3;

/** Root and nobody exist everywhere, and nobody has no home, whatever the database says (systemd's get_user_creds). */
function findUser(text: string, lookup: NameLookup): UserEntry | undefined {
  if (text === "nobody" || text === "65534")
    return { name: "nobody", uid: 65534, gid: 65534, home: "/", shell: "/usr/sbin/nologin" };
  const found = lookup.user(text);
  if (found === undefined && (text === "root" || text === "0"))
    return { name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/sh" };
  return found;
}

function findGroup(text: string, lookup: NameLookup): number | undefined {
  if (text === "root" || text === "0") return 0;
  if (text === "nogroup" || text === "65534") return 65534;
  return lookup.group(text)?.gid;
}

const hasShell = (shell: string): boolean => shell !== "" && !/\/(nologin|false|true)$/.test(shell);

/** Resolves the three settings; empty or undefined ones are not set. A number has to be in the database too, as systemd wants it. */
export function resolveCredentials(
  wanted: {
    readonly user?: string | undefined;
    readonly group?: string | undefined;
    readonly supplementaryGroups?: readonly string[] | undefined;
  },
  lookup: NameLookup,
): Credentials | CredentialsFailure {
  const user = wanted.user ? findUser(wanted.user, lookup) : undefined;
  if (wanted.user && user === undefined)
    return {
      exitStatus: execStatus.user,
      errno: esrch,
      message: `Failed to determine user credentials: no user "${wanted.user}"`,
    };
  const group = wanted.group ? findGroup(wanted.group, lookup) : undefined;
  if (wanted.group && group === undefined)
    return {
      exitStatus: execStatus.group,
      errno: esrch,
      message: `Failed to determine group credentials: no group "${wanted.group}"`,
    };
  const gid = group ?? user?.gid;
  const extra: number[] = [];
  for (const name of wanted.supplementaryGroups ?? []) {
    const found = findGroup(name, lookup);
    if (found === undefined)
      return {
        exitStatus: execStatus.group,
        errno: esrch,
        message: `Failed to determine supplementary groups: no group "${name}"`,
      };
    extra.push(found);
  }
  // As initgroups(3) with the chosen primary group, then the supplementary ones of the unit.
  const member = user !== undefined ? lookup.groupsOf(user.name) : [];
  const all = [...new Set([...(user !== undefined && gid !== undefined ? [gid] : []), ...member, ...extra])];
  return {
    uid: user?.uid,
    gid,
    groups: user === undefined && extra.length === 0 && gid === undefined ? undefined : all,
    name: user?.name,
    home: user?.home.startsWith("/") && user.home !== "/" ? user.home : undefined,
    shell: user !== undefined && hasShell(user.shell) ? user.shell : undefined,
  };
}
