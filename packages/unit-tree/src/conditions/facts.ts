import { accessSync, constants, existsSync, globSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { arch, availableParallelism, hostname, release, totalmem } from "node:os";

/** What conditions ask of the machine. Paths are looked at when asked; the rest is read once. */
export interface MachineFacts {
  readonly uid: number;
  readonly gids: readonly number[];
  readonly userName: string;
  readonly architecture: string;
  readonly virtualization: string;
  readonly hostname: string;
  readonly machineId: string;
  readonly kernelRelease: string;
  readonly kernelCommandLine: readonly string[];
  readonly memoryBytes: number;
  readonly cpus: number;
  /** DefaultTasksMax=: 15 % of what the kernel allows. */
  readonly defaultTasksMax: number;
  readonly firstBoot: boolean;
  readonly environment: ReadonlyMap<string, string>;
  readonly cgroupControllers: readonly string[];
  readonly capabilityBounding: bigint;
  readonly osRelease: ReadonlyMap<string, string>;
  readonly groupNames: () => readonly string[];
}

/** systemd's names of Node's architectures (systemd.unit(5), ConditionArchitecture=). */
const architectures: Readonly<Record<string, string>> = {
  x64: "x86-64",
  ia32: "x86",
  arm64: "arm64",
  arm: "arm",
  ppc64: "ppc64-le",
  s390x: "s390x",
  riscv64: "riscv64",
  mips: "mips",
  mipsel: "mips-le",
  loong64: "loongarch64",
};

/** The text of a small file, or "" where it cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function numberIn(path: string): number {
  return Number(readText(path)) || Number.MAX_SAFE_INTEGER;
}

/** KEY=value lines of os-release(5) and kin. */
function readAssignments(path: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of readText(path).split("\n")) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim());
    if (match) values.set(match[1] as string, (match[2] as string).replace(/^(["'])(.*)\1$/, "$2"));
  }
  return values;
}

/** The container we are in, "vm"s, or "none": systemd-detect-virt(1). */
function detectVirtualization(env: Readonly<Record<string, string | undefined>>, isPid1: boolean): string {
  const told = isPid1 ? env.container : (/(?:^|\0)container=([^\0]*)/.exec(readText("/proc/1/environ"))?.[1] ?? "");
  const known = ["systemd-nspawn", "lxc-libvirt", "lxc", "openvz", "docker", "podman", "rkt", "wsl", "proot", "pouch"];
  if (told !== undefined && told !== "") return known.includes(told) ? told : "container-other";
  if (existsSync("/run/.containerenv")) return "podman";
  if (existsSync("/.dockerenv")) return "docker";
  const kernel = readText("/proc/sys/kernel/osrelease");
  if (/microsoft|wsl/i.test(kernel)) return "wsl";
  if (isPid1 && readText("/run/host/container-manager").trim() !== "") return "container-other";
  const vendor = `${readText("/sys/class/dmi/id/sys_vendor")} ${readText("/sys/class/dmi/id/product_name")}`;
  const machines: readonly (readonly [RegExp, string])[] = [
    [/KVM|Amazon EC2|Firecracker/i, "kvm"],
    [/QEMU/i, "qemu"],
    [/VMware/i, "vmware"],
    [/innotek|VirtualBox/i, "oracle"],
    [/Xen/i, "xen"],
    [/Microsoft Corporation Virtual/i, "microsoft"],
  ];
  for (const [pattern, name] of machines) if (pattern.test(vendor)) return name;
  return /^flags\s*:.*\bhypervisor\b/m.test(readText("/proc/cpuinfo")) ? "vm-other" : "none";
}

/** Reads the machine. */
export function readMachineFacts(options: {
  readonly machineId: string;
  readonly isPid1: boolean;
  readonly environment: ReadonlyMap<string, string>;
  readonly userName: string;
  readonly cgroupBase: string | undefined;
}): MachineFacts {
  const uid = process.getuid?.() ?? 0;
  const status = readText("/proc/self/status");
  return {
    uid,
    gids: [process.getgid?.() ?? 0, ...(process.getgroups?.() ?? [])],
    userName: options.userName,
    architecture: architectures[arch()] ?? arch(),
    virtualization: detectVirtualization(process.env, options.isPid1),
    hostname: hostname(),
    machineId: options.machineId,
    kernelRelease: release(),
    kernelCommandLine: commandLineWords(options.isPid1),
    memoryBytes: totalmem(),
    cpus: availableParallelism(),
    defaultTasksMax: Math.floor(
      0.15 * Math.min(numberIn("/proc/sys/kernel/pid_max"), numberIn("/proc/sys/kernel/threads-max")),
    ),
    firstBoot: existsSync("/run/systemd/first-boot"),
    environment: options.environment,
    cgroupControllers: readText(`${options.cgroupBase ?? "/sys/fs/cgroup"}/cgroup.controllers`)
      .split(/\s+/)
      .filter(Boolean),
    capabilityBounding: BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`),
    osRelease: readAssignments(existsSync("/etc/os-release") ? "/etc/os-release" : "/usr/lib/os-release"),
    groupNames: () => groupNames(options.userName),
  };
}

/** In a container the kernel's command line is PID 1's own (kernel-command-line(7)). */
function commandLineWords(isPid1: boolean): readonly string[] {
  const text = isPid1 ? readText("/proc/1/cmdline").replaceAll("\0", " ") : readText("/proc/cmdline");
  return text.trim().split(/\s+/).filter(Boolean);
}

function groupNames(user: string): readonly string[] {
  const names: string[] = [];
  for (const line of readText("/etc/group").split("\n")) {
    const [name, , gid, members] = line.split(":");
    if (name === undefined || gid === undefined) continue;
    if (process.getgroups?.().includes(Number(gid)) || (members ?? "").split(",").includes(user)) names.push(name, gid);
  }
  return names;
}

/** systemd-ac-power(1): a mains supply is online, or no supply says that it is not. */
export function onAcPower(): boolean {
  const states = globSync("/sys/class/power_supply/*").flatMap((supply) =>
    readText(`${supply}/type`).trim() === "Mains" ? [readText(`${supply}/online`).trim() === "1"] : [],
  );
  return states.length === 0 || states.includes(true);
}

export const paths = {
  exists: existsSync,
  glob: (pattern: string): boolean => globSync(pattern).length > 0,
  isDirectory: (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  isSymbolicLink: (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false,
  isSocket: (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false,
  /** On a device of dm-crypt, or on one that is made of such (systemd.unit(5), ConditionPathIsEncrypted=). */
  isEncrypted: (path: string): boolean => {
    const device = statSync(path, { throwIfNoEntry: false })?.dev ?? 0;
    // gnu_dev_major(3), gnu_dev_minor(3)
    const major = Math.floor(device / 256) % 4096;
    const minor = (device % 256) + Math.floor(device / 0x10_0000) * 256;
    return device > 0 && isEncryptedDevice(`/sys/dev/block/${major}:${minor}`, 0);
  },
  isExecutable: (path: string): boolean => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true && (found.mode & 0o111) !== 0;
  },
  notEmptyFile: (path: string): boolean => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true && found.size > 0;
  },
  notEmptyDirectory: (path: string): boolean => {
    try {
      return readdirSync(path).length > 0;
    } catch {
      return false;
    }
  },
  isWritable: (path: string): boolean => {
    try {
      accessSync(path, constants.W_OK);
      return !isReadOnlyMount(path);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "EROFS" && existsSync(path) && !isReadOnlyMount(path);
    }
  },
  isMountPoint: (path: string): boolean => mountPoints().has(path.replace(/(.)\/+$/, "$1")),
};

/** The device itself, or the one of which it is a part. */
function isEncryptedDevice(directory: string, depth: number): boolean {
  if (readText(`${directory}/dm/uuid`).startsWith("CRYPT-")) return true;
  try {
    const below = readdirSync(`${directory}/slaves`);
    return depth < 8 && below.length === 1 && isEncryptedDevice(`${directory}/slaves/${below[0]}`, depth + 1);
  } catch {
    return false;
  }
}

/** A line of mountinfo (proc(5)): what is mounted where. */
export interface MountEntry {
  readonly where: string;
  readonly what: string;
  readonly type: string;
  /** Of the mount and of its file system, as mount(8) shows them together. */
  readonly options: string;
}

function unescaped(field: string): string {
  return field.replace(/\\(\d{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** All that is mounted in this process's namespace, in the order in which it was. */
export function mountTable(text = readText("/proc/self/mountinfo")): readonly MountEntry[] {
  return text.split("\n").flatMap((line): MountEntry[] => {
    const [own, rest] = line.split(" - ");
    const where = own?.split(" ")[4];
    const flags = own?.split(" ")[5]?.split(",") ?? [];
    const [type, what, superOptions] = rest?.split(" ") ?? [];
    if (where === undefined || type === undefined) return [];
    const ofSystem = superOptions?.split(",") ?? [];
    const isReadOnly = flags.includes("ro") || ofSystem.includes("ro");
    const others = [...flags, ...ofSystem].filter((option) => option !== "rw" && option !== "ro");
    const options = [isReadOnly ? "ro" : "rw", ...new Set(others)].join(",");
    return [{ where: unescaped(where), what: unescaped(what ?? ""), type, options: unescaped(options) }];
  });
}

/** Mount points of this process's namespace, from mountinfo (proc(5)), unescaped. */
export function mountPoints(): ReadonlyMap<string, string> {
  const points = new Map<string, string>();
  for (const line of readText("/proc/self/mountinfo").split("\n")) {
    const fields = line.split(" ");
    if (fields[4] !== undefined)
      points.set(
        fields[4].replace(/\\(\d{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
        fields[5] ?? "",
      );
  }
  return points;
}

function isReadOnlyMount(path: string): boolean {
  let best = "";
  const points = mountPoints();
  for (const point of points.keys())
    if ((path === point || path.startsWith(point === "/" ? "/" : `${point}/`)) && point.length >= best.length)
      best = point;
  return (points.get(best) ?? "").split(",").includes("ro");
}
