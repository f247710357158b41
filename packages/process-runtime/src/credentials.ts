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
const isNumber = (text: string): boolean => /^(0|[1-9][0-9]*)$/.test(text) && Number(text) < 0xffff_ffff;

const rootUser: UserEntry = { name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/sh" };

/** A number needs no entry: then there is only a uid (systemd's USER_CREDS_ALLOW_MISSING). */
function findUser(
  text: string,
  lookup: NameLookup,
): { readonly uid: number; readonly entry: UserEntry | undefined } | undefined {
  const entry = lookup.user(text) ?? (text === "root" || text === "0" ? rootUser : undefined);
  if (entry !== undefined) return { uid: entry.uid, entry };
  return isNumber(text) ? { uid: Number(text), entry: undefined } : undefined;
}

function findGroup(text: string, lookup: NameLookup): number | undefined {
  const found = lookup.group(text);
  if (found !== undefined) return found.gid;
  if (text === "root") return 0;
  return isNumber(text) ? Number(text) : undefined;
}

const hasShell = (shell: string): boolean => shell !== "" && !/\/(nologin|false|true)$/.test(shell);

/** Resolves the three settings; empty or undefined ones are not set. */
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
  const entry = user?.entry;
  const group = wanted.group ? findGroup(wanted.group, lookup) : undefined;
  if (wanted.group && group === undefined)
    return {
      exitStatus: execStatus.group,
      errno: esrch,
      message: `Failed to determine group credentials: no group "${wanted.group}"`,
    };
  const gid = group ?? entry?.gid;
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
  const member = entry !== undefined ? lookup.groupsOf(entry.name) : [];
  const all = [...new Set([...(entry !== undefined && gid !== undefined ? [gid] : []), ...member, ...extra])];
  return {
    uid: user?.uid,
    gid,
    groups: user === undefined && extra.length === 0 && gid === undefined ? undefined : all,
    name: entry?.name,
    home: entry?.home.startsWith("/") && entry.home !== "/" ? entry.home : undefined,
    shell: entry !== undefined && hasShell(entry.shell) ? entry.shell : undefined,
  };
}
