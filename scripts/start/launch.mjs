// Starts stewardd on a layout: in namespaces of its own where that is allowed, else as this user under a private runtime directory.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clone } from "./clone.mjs";
import { fitForUser, ownNode } from "./layout.mjs";

const stewardd = join(clone, "apps/daemon/bin/stewardd");

/** Steward's own minimal set for a user: the machine's units stay out of this. */
const ownUnits = join(clone, "apps/daemon/units/user");

/** Whether this process may make mount and PID namespaces and mount in them. */
export function canMakeNamespaces() {
  if (process.getuid() !== 0) return false;
  const script = "mount --make-rprivate / && mount -t tmpfs tmpfs /mnt";
  return spawnSync("unshare", ["--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script]).status === 0;
}

/** As root: the host's files stay as they are, the network is shared so that curl reaches the services. */
export function launchInNamespaces(layout) {
  const cgroup = makeCgroup();
  const into = cgroup === undefined ? "" : 'echo 0 >"$CGROUP_DIR/cgroup.procs"; ';
  const flags = `--mount --pid --fork --mount-proc --kill-child${cgroup === undefined ? "" : " --cgroup"}`;
  // When this script is killed outright, the namespace goes with it.
  const command = `${into}exec setpriv --pdeathsig KILL unshare ${flags} sh "$CLONE/scripts/start/enter.sh"`;
  const env = {
    ...process.env,
    LAYOUT: layout.home,
    CLONE: clone,
    NODE: ownNode(),
    CGROUP: cgroup === undefined ? "0" : "1",
    CGROUP_DIR: cgroup ?? "",
  };
  const child = spawn("sh", ["-c", command], { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  return {
    child,
    mode: "root",
    keeper: () => keeperBelow(child.pid),
    socket: () => {
      const pid = keeperBelow(child.pid);
      return pid === undefined ? undefined : `/proc/${pid}/root/run/systemd/private`;
    },
    inside: (pid) => `root ${pid}`,
    dispose: () => removeCgroup(cgroup),
  };
}

/** As an ordinary user: nothing outside the layout's folder is touched. */
export function launchAsUser(layout) {
  fitForUser(layout);
  const directories = {
    XDG_RUNTIME_DIR: "run",
    XDG_CONFIG_HOME: "config",
    XDG_STATE_HOME: "state",
    XDG_DATA_HOME: "data",
  };
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME ?? layout.home,
    SYSTEMD_UNIT_PATH: `${layout.units}:${ownUnits}`,
  };
  if (process.env.TERM !== undefined) env.TERM = process.env.TERM;
  for (const [variable, name] of Object.entries(directories)) {
    env[variable] = join(layout.home, name);
    mkdirSync(env[variable], { mode: 0o700 });
  }
  const child = spawn(stewardd, ["--user", "--log-console"], {
    cwd: "/",
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return {
    child,
    mode: "user",
    keeper: () => child.pid,
    socket: () => join(layout.home, "run/systemd/private"),
    inside: () => `user ${layout.home}`,
    dispose: () => {},
  };
}

/**
 * The keeper: PID 1 in there, a child of unshare out here. Before it is that, its /run is still the host's, and on a host with
 * systemd the socket there is systemd's.
 */
function keeperBelow(pid) {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    const isKeeper = first !== "" && readFileSync(`/proc/${first}/comm`, "utf8") === "steward-keeper\n";
    return isKeeper ? Number(first) : undefined;
  } catch {
    return undefined;
  }
}

/** A cgroup for this run below our own, where the v2 tree can be written. */
function makeCgroup() {
  const base = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((path) => existsSync(join(path, "cgroup.procs")));
  if (base === undefined) return undefined;
  const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
  const path = join(base, own, `steward-start-${process.pid}`);
  try {
    mkdirSync(path);
    writeFileSync(join(path, "cgroup.procs"), "");
  } catch (error) {
    if (error.syscall === "mkdir") return undefined;
  }
  return path;
}

function removeCgroup(path) {
  if (path === undefined) return;
  try {
    writeFileSync(join(path, "cgroup.kill"), "1");
  } catch {
    // an older kernel; everything in it has ended with the namespace anyway
  }
  for (let tries = 0; tries < 100 && existsSync(path); tries += 1) {
    try {
      removeTree(path);
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
function removeTree(path) {
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(path, entry.name));
  rmdirSync(path);
}

/** Removes the layout's folder. */
export function removeLayout(layout) {
  rmSync(layout.home, { recursive: true, force: true });
}
