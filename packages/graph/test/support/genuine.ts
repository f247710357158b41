import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const SYSTEMD = "/lib/systemd/systemd";

/** Why the genuine systemd cannot be asked here; undefined when it can. */
export function missingSystemd(): string | undefined {
  if (!existsSync(SYSTEMD)) return `${SYSTEMD} is missing`;
  if (process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status !== 0) return "setpriv is missing";
  return undefined;
}

/** What `systemd --test` says of one unit: its load state, and `Kind other (origins)`. */
export interface GenuineUnit {
  readonly loadState: string;
  readonly edges: readonly string[];
  readonly isFromMountinfo: boolean;
}

/** Asks the genuine systemd what it makes of a directory of units, and which jobs starting one of them takes. It refuses to do so as root. */
export function askSystemd(directory: string, start: string): { units: Map<string, GenuineUnit>; jobs: string[] } {
  const command = [SYSTEMD, "--test", "--system", `--unit=${start}`];
  if (process.getuid?.() === 0) command.unshift("setpriv", "--reuid=nobody", "--clear-groups");
  const text = execFileSync(command[0] as string, command.slice(1), {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", SYSTEMD_UNIT_PATH: directory },
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
  return parseDump(text);
}

/** Reads the output of `systemd --test`. */
export function parseDump(text: string): { units: Map<string, GenuineUnit>; jobs: string[] } {
  const units = new Map<string, { loadState: string; edges: string[]; isFromMountinfo: boolean }>();
  const jobs: string[] = [];
  let unit: { loadState: string; edges: string[]; isFromMountinfo: boolean } | undefined;
  for (const line of text.split("\n")) {
    const head = /^\t-> Unit (\S+):$/.exec(line);
    if (head) {
      unit = { loadState: "", edges: [], isFromMountinfo: false };
      units.set(head[1] as string, unit);
    } else if (line.startsWith("-> By jobs")) unit = undefined;
    const load = /^\t\tUnit Load State: (\S+)$/.exec(line);
    if (load && unit) unit.loadState = load[1] as string;
    if (unit && line === "\t\tFrom /proc/self/mountinfo: yes") unit.isFromMountinfo = true;
    const edge = /^\t\t(\w+): (\S+) \((.*)\)$/.exec(line);
    if (edge && unit && !/^(References|ReferencedBy)$/.test(edge[1] as string)) {
      const origins = (edge[3] as string).split(" ").map((origin) => origin.replace(/^(origin|destination)-/, ""));
      unit.edges.push(`${edge[1]} ${edge[2]} (${[...new Set(origins)].sort().join(" ")})`);
    }
    const job = /^\t\tAction: (\S+) -> (\S+)$/.exec(line);
    if (job && !unit) jobs.push(`${job[2]} ${job[1]}`);
  }
  return { units, jobs: jobs.sort() };
}
