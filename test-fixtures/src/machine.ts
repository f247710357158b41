import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The root of this clone. */
export const clone = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
/** The launchers under test. */
export const stewardd = `${clone}/apps/daemon/bin/stewardd`;
export const stewardctl = `${clone}/apps/ctl/bin/stewardctl`;
export const lab = `${clone}/test-fixtures/lab/lab`;

let built: string | undefined;
/** The folder of the compiled programs under test (puppet, frame-proxy); compiles what is not up to date. */
export function programs(): string {
  if (built === undefined) {
    execFileSync(`${clone}/test-fixtures/programs/build.sh`, { stdio: ["ignore", "ignore", "inherit"] });
    built = `${clone}/test-fixtures/dist/programs`;
  }
  return built;
}

const isRoot = process.getuid?.() === 0;
const hasProgram = (name: string): boolean =>
  (process.env.PATH ?? "").split(":").some((folder) => {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
const cgroup2 = ["/sys/fs/cgroup/unified/cgroup.procs", "/sys/fs/cgroup/cgroup.procs"];

/** What a test may need of a machine: name to whether it is there. */
const needs = {
  root: () => isRoot,
  overlayfs: () => /\boverlay\b/.test(readFileSync("/proc/filesystems", "utf8")),
  "a cgroup v2 tree": () => cgroup2.some((path) => existsSync(path)),
  systemctl: () => hasProgram("systemctl"),
  journalctl: () => hasProgram("journalctl"),
  systemd: () => existsSync("/lib/systemd/systemd"),
  unshare: () => hasProgram("unshare"),
  "a C compiler": () => hasProgram("cc"),
} as const;
export type Need = keyof typeof needs;

/** The needs that this machine does not meet, for the name of a skipped test: `describe.skipIf(lacks("root").length > 0)`. */
export const lacks = (...names: readonly Need[]): readonly Need[] => names.filter((name) => !needs[name]());

/** Whether `boot` can make namespaces of its own here. */
export const canBootLab = (): boolean => lacks("root", "overlayfs", "a cgroup v2 tree", "unshare").length === 0;
