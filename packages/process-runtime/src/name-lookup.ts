/** Users and groups: /etc/passwd and /etc/group first, then `getent`, which asks all of nsswitch.conf(5). */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import type { GroupEntry, NameLookup, UserEntry } from "./credentials.ts";

/** One line of passwd(5); undefined when it is none. */
function parsePasswdLine(line: string): UserEntry | undefined {
  const [name, , uid, gid, , home, shell] = line.split(":");
  if (!name || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home ?? "", shell: shell ?? "" };
}

/** One line of group(5), with its members; undefined when it is none. */
function parseGroupLine(line: string): (GroupEntry & { readonly members: readonly string[] }) | undefined {
  const [name, , gid, members] = line.split(":");
  if (!name || !/^\d+$/.test(gid ?? "")) return undefined;
  return { name, gid: Number(gid), members: (members ?? "").split(",").filter((m) => m !== "") };
}

/** Reads a file again only when it changed. */
function cached<T>(path: string, parse: (line: string) => T | undefined): () => readonly T[] {
  let stamp = "";
  let entries: readonly T[] = [];
  return () => {
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const now = `${mtimeMs} ${size} ${ino}`;
      if (now !== stamp) {
        entries = readFileSync(path, "utf8")
          .split("\n")
          .map(parse)
          .filter((entry) => entry !== undefined);
        stamp = now;
      }
    } catch {
      entries = [];
      stamp = "";
    }
    return entries;
  };
}

function getent(database: string, key: string): string | undefined {
  if (key.startsWith("-")) return undefined;
  const { status, stdout } = spawnSync("getent", [database, key], { encoding: "utf8", timeout: 5000 });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}

/** The lookup of this machine. Blocks for a `getent` only for names that the files do not hold. */
export function systemNames(etc = "/etc"): NameLookup {
  const users = cached(`${etc}/passwd`, parsePasswdLine);
  const groups = cached(`${etc}/group`, parseGroupLine);
  return {
    user: (key) => {
      const isId = /^\d+$/.test(key);
      const found = users().find((entry) => entry.name === key) ?? users().find((e) => isId && e.uid === Number(key));
      if (found !== undefined) return found;
      const line = getent("passwd", key);
      return line === undefined ? undefined : parsePasswdLine(line);
    },
    group: (key) => {
      const isId = /^\d+$/.test(key);
      const found = groups().find((entry) => entry.name === key) ?? groups().find((e) => isId && e.gid === Number(key));
      if (found !== undefined) return found;
      const line = getent("group", key);
      return line === undefined ? undefined : parseGroupLine(line);
    },
    groupsOf: (name) => {
      const local = groups()
        .filter((entry) => entry.members.includes(name))
        .map((entry) => entry.gid);
      if (users().some((entry) => entry.name === name)) return local;
      const line = getent("initgroups", name) ?? "";
      const remote = line
        .split(/\s+/)
        .slice(1)
        .filter((word) => /^\d+$/.test(word))
        .map(Number);
      return [...new Set([...local, ...remote])];
    },
  };
}
