import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually } from "./eventually.ts";
import { canBootLab, clone, lab, lacks, programs, stewardctl, stewardd } from "./machine.ts";

/** How a daemon is booted for a test. */
export interface BootOptions {
  /** As PID 1, as root beside another init, or as an ordinary user (nobody, where the test itself is root). */
  readonly mode: "pid1" | "root" | "user";
  /** Unit files and other files: path (relative ones below the unit directory of the mode) to text; `#!` makes it executable, `-> TARGET` a symlink. */
  readonly units?: Readonly<Record<string, string>>;
  /** Whether the daemon finds a writable cgroup v2 tree (root modes). */
  readonly cgroup?: "v2" | "none";
  /** Environment of the daemon. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of stewardd. */
  readonly args?: readonly string[];
  /** The machine's own unit files: hidden by default, so that a test sees its own alone. */
  readonly vendor?: boolean;
  /** How stewardd is started, where that is not its own launcher: a command line. */
  readonly launcher?: string;
  /** The program to boot instead of stewardd: a command line. Nothing waits for it to answer. */
  readonly init?: string;
}

/** What a program left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A daemon that stands, and the clients that speak to it. */
export interface Instance {
  readonly mode: BootOptions["mode"];
  /** The folder of the programs under test, as services see it. */
  readonly programs: string;
  /** The unit directory, as the daemon sees it. */
  readonly unitDirectory: string;
  exec(program: string, ...args: readonly string[]): Promise<Outcome>;
  /** Runs a shell script inside. */
  sh(script: string): Promise<Outcome>;
  systemctl(...args: readonly string[]): Promise<Outcome>;
  stewardctl(...args: readonly string[]): Promise<Outcome>;
  journalctl(...args: readonly string[]): Promise<Outcome>;
  /** `show -P NAME UNIT` through stewardctl. */
  property(unit: string, name: string): Promise<string>;
  /** What the daemon wrote on its own output. */
  console(): string;
  /** Starts a long-running client inside; the caller ends it. */
  start(program: string, ...args: readonly string[]): ChildProcess;
  /** Where a path of the instance is seen from outside. */
  path(inside: string): string;
  /** The pid of the daemon's keeper (pid1: of the namespace's init), seen from outside. */
  readonly pid: number;
  /** Ends everything; nothing remains. May be called twice. */
  stop(): Promise<void>;
}

/** With STEWARD_REFERENCE=1 the tests boot the genuine systemd instead: what they expect is then checked against the original. */
export const isReference = process.env.STEWARD_REFERENCE === "1";
const referenceInit = "/lib/systemd/systemd --system --log-target=journal";

const defaultTarget = "[Unit]\nDescription=Default\nAllowIsolate=yes\n";
const standing = new Set<() => void>();
const removeAll = (): void => {
  for (const remove of standing) remove();
};
process.once("exit", removeAll);
// A worker that is stopped from outside does not come to its exit handlers by itself.
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => {
    removeAll();
    process.kill(process.pid, signal);
  });

const run = (program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome> =>
  new Promise((resolve) => {
    const options = { maxBuffer: 1 << 28, ...(env === undefined ? {} : { env: { ...env } }) };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
      resolve({ code, stdout, stderr });
    }).stdin?.end();
  });

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  if (text.startsWith("-> ")) {
    symlinkSync(text.slice(3), path);
    return;
  }
  writeFileSync(path, text);
  chmodSync(path, text.startsWith("#!") ? 0o755 : 0o644);
};

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
let count = 0;

/** Boots a daemon and waits until it answers. Needs what `canBootLab` says, but for the user mode. */
export async function boot(options: BootOptions): Promise<Instance> {
  const instance = canBootLab() ? await bootLab(options) : bootBare(options);
  if (options.init !== undefined) return instance;
  try {
    await eventually(
      `${options.mode} daemon`,
      async () => `${(await ask(instance)).stdout.trim()}\n${instance.console().slice(-3000)}`,
      (answer) => /^(running|degraded|starting|initializing)/.test(answer),
      30_000,
    );
    if (options.mode === "pid1") await settled(instance);
  } catch (error) {
    await instance.stop();
    throw error;
  }
  return instance;
}

/** The quicker client, where it is there; to a user it says "offline" as long as there is no /run/systemd/system. */
const ask = (instance: Instance): Promise<Outcome> =>
  instance[hasSystemctl && instance.mode !== "user" ? "systemctl" : "stewardctl"]("is-system-running");
const hasSystemctl = lacks("systemctl").length === 0;

/** Waits until the boot's jobs are done. */
async function settled(instance: Instance): Promise<void> {
  await eventually(
    "the end of the boot",
    async () => (await ask(instance)).stdout.trim(),
    (state) => state === "running" || state === "degraded",
    60_000,
  );
}

/** In namespaces of its own, by the lab. */
async function bootLab(options: BootOptions): Promise<Instance> {
  const home = mkdtempSync(join(tmpdir(), "steward-test-"));
  chmodSync(home, 0o755);
  count += 1;
  const name = `test-${process.pid}-${count}`;
  const env = { ...process.env, LAB_HOME: home } as Record<string, string>;
  const user = options.mode === "user";
  const vendor = options.vendor ?? isReference;
  const initCommand = options.init ?? (isReference ? referenceInit : undefined);
  const unitDirectory = user ? "/run/user/65534/config/systemd/user" : "/etc/systemd/system";
  const tree = join(home, "tree");
  const units = { "default.target": defaultTarget, ...options.units };
  for (const [path, text] of Object.entries(units))
    write(join(tree, path.startsWith("/") ? path : join(unitDirectory, path)), text);
  const remove = (): void => {
    standing.delete(remove);
    spawnSync(lab, ["stop", name], { env });
    rmSync(home, { recursive: true, force: true });
  };
  standing.add(remove);

  const setup = [
    vendor ? "" : "mount -t tmpfs -o mode=755 tmpfs /usr/lib/systemd/system",
    vendor ? "" : "rm -rf /etc/systemd/system /etc/init.d /etc/rc?.d; mkdir -p /etc/systemd/system",
    "rm -rf /var/log/journal",
    options.cgroup === "none" ? "mount -t tmpfs -o ro tmpfs /sys/fs/cgroup" : "",
    user ? "mkdir -p -m 755 /run/user; mkdir -p /run/user/65534; mkdir -p /tmp/in" : "",
    "cp -a /mnt/tree/. /",
    user ? "chown -R nobody:nogroup /run/user/65534; chmod 700 /run/user/65534" : "",
  ];
  const command = initCommand ?? options.launcher ?? [stewardd, ...(options.args ?? [])].map(quote).join(" ");
  const own = Object.entries(options.env ?? {}).map(([key, value]) => quote(`${key}=${value}`));
  const userEnv = Object.entries(userEnvironment).map(([key, value]) => `${key}=${value}`);
  const asUser = "setpriv --reuid=nobody --regid=nogroup --clear-groups";
  const init = {
    pid1: `env ${own.join(" ")} ${command}`,
    root: `sh -c ${quote(`env ${own.join(" ")} ${command} & while :; do wait; sleep 1; done`)}`,
    user: `sh -c ${quote(`cd /; ${asUser} env ${[...userEnv, ...own].join(" ")} ${command} & while :; do wait; sleep 1; done`)}`,
  }[options.mode];
  const booted = await run(
    lab,
    ["boot", name, "--bind", `${tree}:/mnt/tree`, "--setup", setup.join("\n"), "--init", init],
    env,
  );
  if (booted.code !== 0) {
    remove();
    throw new Error(`the lab did not boot: ${booted.stderr}`);
  }
  const pid = Number(readFileSync(join(home, name, "pid"), "utf8"));
  const inside = (words: readonly string[]): string[] => [
    "exec",
    name,
    ...(user ? [...asUser.split(" "), "env", ...userEnv] : []),
    ...words,
  ];
  const exec = (...words: readonly string[]): Promise<Outcome> => run(lab, inside(words), env);
  return {
    mode: options.mode,
    programs: programs(),
    unitDirectory,
    pid,
    exec,
    sh: (script) => exec("sh", "-c", script),
    ...clients(exec, user, user ? ["-D", "/run/user/65534/state/steward/journal"] : []),
    console: () => readFileSync(join(home, name, "console.log"), "utf8"),
    start: (...words) => spawn(lab, inside(words), { env, stdio: ["ignore", "pipe", "pipe"] }),
    path: (path) => `/proc/${pid}/root${path}`,
    stop: async () => remove(),
  };
}

const userEnvironment = {
  XDG_RUNTIME_DIR: "/run/user/65534",
  XDG_CONFIG_HOME: "/run/user/65534/config",
  XDG_STATE_HOME: "/run/user/65534/state",
  XDG_DATA_HOME: "/run/user/65534/data",
  HOME: "/run/user/65534",
  SYSTEMD_UNIT_PATH: `/run/user/65534/config/systemd/user:${clone}/apps/daemon/units/user`,
};

/** As the ordinary user that runs the tests, without namespaces. */
function bootBare(options: BootOptions): Instance {
  if (options.mode !== "user") throw new Error(`mode ${options.mode} needs root, overlayfs and cgroup v2`);
  const home = mkdtempSync(join(tmpdir(), "steward-test-"));
  const env: Record<string, string> = { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: home };
  for (const [key, value] of Object.entries(userEnvironment)) env[key] = value.replace("/run/user/65534", home);
  const unitDirectory = join(home, "config/systemd/user");
  for (const [path, text] of Object.entries({ "default.target": defaultTarget, ...options.units })) {
    write(path.startsWith("/") ? path.replace("/run/user/65534", home) : join(unitDirectory, path), text);
  }
  const daemon = spawn(stewardd, [...(options.args ?? [])], {
    env: { ...env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  daemon.stdout.on("data", (bytes) => (output += bytes));
  daemon.stderr.on("data", (bytes) => (output += bytes));
  const ended = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
  const remove = (): void => {
    standing.delete(remove);
    daemon.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  };
  standing.add(remove);
  const exec = (program: string, ...args: readonly string[]): Promise<Outcome> => run(program, args, env);
  return {
    mode: "user",
    programs: programs(),
    unitDirectory,
    pid: daemon.pid ?? 0,
    exec,
    sh: (script) => exec("sh", "-c", script),
    ...clients(exec, true, ["-D", join(home, "state/steward/journal")]),
    console: () => output,
    start: (program, ...args) => spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] }),
    path: (path) => path,
    stop: async () => {
      if (existsSync(home)) daemon.kill("SIGTERM");
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
      remove();
    },
  };
}

/** The three clients, as a mode has to call them. */
function clients(exec: Instance["exec"], user: boolean, journal: readonly string[]) {
  const scope = user ? ["--user"] : [];
  const ctl = (...args: readonly string[]): Promise<Outcome> =>
    isReference ? exec("systemctl", ...scope, "--no-pager", ...args) : exec(stewardctl, ...scope, ...args);
  return {
    systemctl: (...args: readonly string[]) => exec("systemctl", ...scope, "--no-pager", ...args),
    stewardctl: ctl,
    journalctl: (...args: readonly string[]) => exec("journalctl", ...journal, "--no-pager", ...args),
    property: async (unit: string, name: string) =>
      (hasSystemctl
        ? await exec("systemctl", ...scope, "show", "-P", name, unit)
        : await ctl("show", "-P", name, unit)
      ).stdout.trimEnd(),
  };
}
