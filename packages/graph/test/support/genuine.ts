import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Scope } from "../../src/index.ts";

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
  readonly activeState: string;
  readonly edges: readonly string[];
  readonly isFromMountinfo: boolean;
}

/** Asks the genuine systemd what it makes of a directory of units, and which jobs starting one of them takes. It refuses to do so as root. */
export function askSystemd(directory: string, start: string, scope: Scope = "system"): GenuineAnswer {
  const command = [SYSTEMD, "--test", `--${scope}`, `--unit=${start}`];
  if (process.getuid?.() === 0) command.unshift("setpriv", "--reuid=nobody", "--clear-groups");
  const text = execFileSync(command[0] as string, command.slice(1), {
    encoding: "utf8",
    env: {
      PATH: "/usr/bin:/bin",
      SYSTEMD_UNIT_PATH: directory,
      ...(scope === "user" ? { HOME: directory, XDG_RUNTIME_DIR: directory } : {}),
    },
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
  const isContainer = spawnSync("systemd-detect-virt", ["--container", "--quiet"]).status === 0;
  return { ...parseDump(text), isContainer };
}

type Draft = { -readonly [K in keyof GenuineUnit]: K extends "edges" ? string[] : GenuineUnit[K] };

/** Reads the output of `systemd --test`. */
function parseDump(text: string): Omit<GenuineAnswer, "isContainer"> {
  const units = new Map<string, Draft>();
  const jobs: string[] = [];
  let unit: Draft | undefined;
  for (const line of text.split("\n")) {
    const head = /^\t-> Unit (\S+):$/.exec(line);
    if (head) {
      unit = { loadState: "", activeState: "", edges: [], isFromMountinfo: false };
      units.set(head[1] as string, unit);
    } else if (line.startsWith("-> By jobs")) unit = undefined;
    const load = /^\t\tUnit Load State: (\S+)$/.exec(line);
    if (load && unit) unit.loadState = load[1] as string;
    const active = /^\t\tUnit Active State: (\S+)$/.exec(line);
    if (active && unit) unit.activeState = active[1] as string;
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

/** Its units, and the jobs of the first transaction as `type unit`, sorted. */
export interface GenuineAnswer {
  readonly units: ReadonlyMap<string, GenuineUnit>;
  readonly jobs: readonly string[];
  /** Whether it ran in a container, where it does without some default dependencies. */
  readonly isContainer: boolean;
}
