/** Where units can have cgroups: a writable part of the v2 hierarchy, unified or beside v1 (cgroups(7)). */
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync } from "node:fs";

/** Mount points of cgroup v2 in /proc/self/mountinfo, proc(5). */
export function cgroup2Mounts(mountinfo: string): { readonly root: string; readonly mountPoint: string }[] {
  const mounts: { root: string; mountPoint: string }[] = [];
  for (const line of mountinfo.split("\n")) {
    const [before, after] = line.split(" - ");
    const fields = before?.split(" ") ?? [];
    if (after?.startsWith("cgroup2 "))
      mounts.push({ root: fields[3] ?? "/", mountPoint: unescapeMount(fields[4] ?? "") });
  }
  return mounts;
}

function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** This process's path in the v2 hierarchy, from /proc/self/cgroup; undefined without one. */
function cgroup2Path(cgroups: string): string | undefined {
  return cgroups
    .split("\n")
    .find((line) => line.startsWith("0::"))
    ?.slice(3);
}

/** Directory of this process below one of the mounts; undefined when it lies outside of what is mounted. */
export function ownCgroupDirectory(mountinfo: string, cgroups: string): string | undefined {
  const own = cgroup2Path(cgroups);
  if (own === undefined || own.includes("/..")) return undefined;
  for (const { root, mountPoint } of cgroup2Mounts(mountinfo)) {
    const below =
      root === "/" ? own : own === root ? "/" : own.startsWith(`${root}/`) ? own.slice(root.length) : undefined;
    if (below !== undefined) return below === "/" ? mountPoint : mountPoint + below;
  }
  return undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether a directory can be made there and taken away again: the only proof that counts. */
function canMakeBelow(directory: string): boolean {
  const probe = `${directory}/steward-probe-${process.pid}`;
  try {
    accessSync(directory, constants.W_OK);
    mkdirSync(probe);
    rmdirSync(probe);
    return true;
  } catch {
    return false;
  }
}

/**
 * The directory below which unit cgroups are made, or undefined: then each unit gets a reaper. As PID 1 it is this process's own
 * cgroup, beside another init or for a user a directory of steward's own in it, so that nothing of the host's is touched.
 */
export function findCgroupBase(options: {
  readonly isPid1: boolean;
  readonly scope: "system" | "user";
}): string | undefined {
  const own = ownCgroupDirectory(readText("/proc/self/mountinfo"), readText("/proc/self/cgroup"));
  if (own === undefined || !canMakeBelow(own)) return undefined;
  if (options.isPid1) return own;
  const name = options.scope === "system" ? `steward-${process.ppid}` : `steward-user-${process.ppid}`;
  const base = `${own}/${name}`;
  try {
    mkdirSync(base, { recursive: true });
    return base;
  } catch {
    return undefined;
  }
}

/** A unit's cgroup, relative to the base: its slice's parts and its name (systemd.slice(5): a-b.slice lies in a.slice). */
export function unitCgroupPath(unit: string, slice: string | undefined): string {
  const parts = slice === undefined || slice === "-.slice" ? [] : slicePath(slice);
  return [...parts, escapeCgroupName(unit)].join("/");
}

function slicePath(slice: string): string[] {
  const words = slice.replace(/\.slice$/, "").split("-");
  return words.map((_, index) => escapeCgroupName(`${words.slice(0, index + 1).join("-")}.slice`));
}

/** Names that could be taken for the kernel's own files get an underscore (systemd's cg_escape). */
function escapeCgroupName(name: string): string {
  const reserved =
    name === "" ||
    /^[_.]/.test(name) ||
    ["notify_on_release", "release_agent", "tasks"].includes(name) ||
    /^(cgroup|cpu|cpuset|cpuacct|io|blkio|memory|devices|pids|bpf-[a-z-]+|hugetlb|rdma|misc|freezer)\./.test(name);
  return reserved ? `_${name}` : name;
}
