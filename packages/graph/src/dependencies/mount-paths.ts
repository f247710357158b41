import { simplifyPath, unitNameFromPath, unitNameToPath, unitTypeOf } from "@steward/unit-file";
import { hasExecContext } from "./exec.ts";
import type { GraphOptions, GraphUnit } from "./graph-unit.ts";
import { hasMountOption, isBindMount, isNetworkMount, mountPoint } from "./mounts.ts";
import { flag, list, setting, word } from "./settings.ts";
import { isLoaded, sectionOf } from "./unit-types.ts";

const systemDirectories = {
  runtime: "/run",
  state: "/var/lib",
  cache: "/var/cache",
  logs: "/var/log",
  configuration: "/etc",
};

const directoryDirectives = [
  ["RuntimeDirectory", "runtime"],
  ["StateDirectory", "state"],
  ["CacheDirectory", "cache"],
  ["LogsDirectory", "logs"],
  ["ConfigurationDirectory", "configuration"],
] as const;

/** Every path whose mounts a unit needs: RequiresMountsFor= (systemd.unit(5)) and what the type and the directives imply. */
export function requiredPaths(unit: GraphUnit, options: GraphOptions): ReadonlyMap<string, "file" | "implicit"> {
  const out = new Map<string, "file" | "implicit">();
  if (!isLoaded(unit.id, unit)) return out;
  const paths = list(unit, "Unit", "RequiresMountsFor").filter((path): path is string => typeof path === "string");
  const implied: string[] = [];
  const section = sectionOf(unit.id);
  if (hasExecContext(unit)) paths.push(...execPaths(unit, section, options));
  switch (unitTypeOf(unit.id)) {
    case "mount": {
      const where = mountPoint(unit);
      if (where !== "/") implied.push(parentOf(where));
      const what = word(unit, "Mount", "What");
      const isHere = isBindMount(unit) || hasMountOption(unit, "loop") || !isNetworkMount(unit);
      if (what?.startsWith("/") && isHere) implied.push(what);
      break;
    }
    case "automount": {
      const where = word(unit, "Automount", "Where") ?? unitNameToPath(unit.id);
      if (where && where !== "/") implied.push(parentOf(where));
      break;
    }
    case "swap": {
      const what = word(unit, "Swap", "What");
      if (what?.startsWith("/")) paths.push(what);
      break;
    }
    case "timer":
      if (flag(unit, "Timer", "Persistent", false) && options.scope !== "user") paths.push("/var/lib/systemd/timers");
      break;
    case "path":
      paths.push(...absolute(list(unit, "Path", "Paths").map(pathOf)));
      break;
    case "socket":
      paths.push(...absolute(list(unit, "Socket", "Listen").map(addressOf)));
      break;
  }
  for (const path of implied) out.set(simplifyPath(path), "implicit");
  for (const path of paths) out.set(simplifyPath(path), "file");
  return out;
}

function execPaths(unit: GraphUnit, section: string, options: GraphOptions): string[] {
  const out: string[] = [];
  const home = setting(unit, section, "WorkingDirectory");
  if (typeof home === "object" && home !== null) {
    if ((home as { missingOk?: unknown }).missingOk !== true) out.push(...absolute([pathOf(home)]));
  }
  for (const directive of ["RootDirectory", "RootImage"]) {
    const path = word(unit, section, directive);
    if (path?.startsWith("/")) out.push(path);
  }
  for (const [directive, kind] of directoryDirectives) {
    const base = options.directories?.[kind] ?? (options.scope === "user" ? undefined : systemDirectories[kind]);
    if (base === undefined) continue;
    for (const item of list(unit, section, directive)) {
      const name = pathOf(item);
      if (typeof name === "string") out.push(`${base}/${name}`);
    }
  }
  if (options.scope !== "user" && flag(unit, section, "PrivateTmp", false)) out.push("/var/tmp");
  return out;
}

function absolute(values: readonly unknown[]): string[] {
  return values.filter((value): value is string => typeof value === "string" && value.startsWith("/"));
}

function pathOf(item: unknown): unknown {
  return (item as { path?: unknown } | null)?.path;
}

/** The address of a socket that stands in the file system; that of a message queue only looks like a path. */
function addressOf(item: unknown): unknown {
  const { type, address } = item as { type?: unknown; address?: unknown };
  return type === "MessageQueue" ? undefined : address;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

/** The mount units that would serve a path: its own, and those of every directory above, `/` included. */
export function mountNamesFor(path: string): readonly string[] {
  const out: string[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const name = unitNameFromPath(path.slice(0, end), "mount");
    if (name) out.push(name);
  }
  if (path !== "/") out.push("-.mount");
  return out;
}

/** The mount units that serve the paths that a unit needs: where a file describes one, the unit requires it (systemd.unit(5), RequiresMountsFor=). */
export function mountsNeeded(unit: GraphUnit, options: GraphOptions): ReadonlySet<string> {
  return new Set([...requiredPaths(unit, options).keys()].flatMap((path) => mountNamesFor(path)));
}
