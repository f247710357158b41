import { type MachineFacts, onAcPower, paths, readText } from "./facts.ts";
import { pressureIsBelow } from "./pressure.ts";

/** The version of systemd whose contract this is, as clients are told it. */
const contractVersion = "252";

/** The C library that this process runs on, which is the machine's; empty where it is another than glibc. */
function glibcVersion(): string {
  const report = process.report as unknown as { excludeNetwork: boolean; getReport(): object };
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ?? "";
}

/** One Condition…= or Assert…= line, as the unit file says it. */
export interface ConditionLine {
  readonly type: string;
  readonly parameter: string;
  readonly negate: boolean;
  readonly trigger: boolean;
}

/** A line with what the look at the machine gave. */
export interface ConditionOutcome extends ConditionLine {
  readonly result: "untested" | "succeeded" | "failed" | "error";
}

type Check = (parameter: string, facts: MachineFacts) => boolean;

const yes = /^(1|yes|y|true|t|on)$/i;
const no = /^(0|no|n|false|f|off)$/i;

/** Capability numbers by name, capabilities(7). */
const capabilities = (
  "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service " +
  "net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin " +
  "sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override " +
  "mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
).split(" ");

const containers = [
  "systemd-nspawn",
  "lxc-libvirt",
  "lxc",
  "openvz",
  "docker",
  "podman",
  "rkt",
  "wsl",
  "proot",
  "pouch",
  "container-other",
];

/** Whether what was found (systemd-detect-virt(1)) is a container rather than a virtual machine or none. */
export function isContainer(virtualization: string): boolean {
  return containers.includes(virtualization);
}

/** Every condition type of systemd.unit(5), "Conditions and Asserts", without its Condition prefix. */
const checks: Readonly<Record<string, Check>> = {
  Architecture: (parameter, facts) => parameter === facts.architecture || parameter === "native",
  Firmware: (parameter) => parameter === "uefi" && paths.exists("/sys/firmware/efi"),
  Virtualization: (parameter, { virtualization }) => {
    const inContainer = isContainer(virtualization);
    if (yes.test(parameter)) return virtualization !== "none";
    if (no.test(parameter)) return virtualization === "none";
    if (parameter === "container") return inContainer;
    if (parameter === "vm") return virtualization !== "none" && !inContainer;
    if (parameter === "private-users") return inUserNamespace();
    return parameter === virtualization;
  },
  Host: (parameter, facts) => globMatch(parameter, facts.hostname) || parameter.replaceAll("-", "") === facts.machineId,
  KernelCommandLine: (parameter, facts) =>
    facts.kernelCommandLine.some(
      (word) => word === parameter || (!parameter.includes("=") && word.startsWith(`${parameter}=`)),
    ),
  KernelVersion: (parameter, facts) => versionExpressions(parameter, facts.kernelRelease),
  Version: (parameter, facts) => {
    const [, component = "", expressions = ""] = /^\s*([a-z]*)\s*(.*)$/s.exec(parameter) ?? [];
    if (component === "systemd") return versionExpressions(expressions, contractVersion);
    if (component === "glibc") return versionExpressions(expressions, glibcVersion());
    if (component === "kernel") return versionExpressions(expressions, facts.kernelRelease);
    throw new Error(`unknown component in ${parameter}: systemd, kernel or glibc`);
  },
  Credential: (parameter, facts) => {
    const directory = facts.environment.get("CREDENTIALS_DIRECTORY");
    return directory !== undefined && /^[^/]+$/.test(parameter) && paths.exists(`${directory}/${parameter}`);
  },
  Environment: (parameter, facts) => {
    const at = parameter.indexOf("=");
    return at < 0
      ? facts.environment.has(parameter)
      : facts.environment.get(parameter.slice(0, at)) === parameter.slice(at + 1);
  },
  Security: (parameter) => {
    if (parameter === "selinux") return paths.exists("/sys/fs/selinux/enforce");
    if (parameter === "apparmor") return paths.exists("/sys/kernel/security/apparmor");
    if (parameter === "smack") return paths.exists("/sys/fs/smackfs");
    if (parameter === "ima") return paths.exists("/sys/kernel/security/ima");
    if (parameter === "tomoyo") return paths.exists("/sys/kernel/security/tomoyo/version");
    if (parameter === "uefi-secureboot")
      return paths.exists("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
    if (parameter === "tpm2") return paths.exists("/sys/class/tpmrm/tpmrm0");
    return false;
  },
  Capability: (parameter, facts) => {
    const number = capabilities.indexOf(parameter.toLowerCase().replace(/^cap_/, ""));
    if (number < 0) throw new Error(`unknown capability ${parameter}`);
    return ((facts.capabilityBounding >> BigInt(number)) & 1n) === 1n;
  },
  ACPower: (parameter) => yes.test(parameter) === onAcPower(),
  NeedsUpdate: () => false,
  FirstBoot: (parameter, facts) => yes.test(parameter) === facts.firstBoot,
  PathExists: (parameter) => paths.exists(parameter),
  PathExistsGlob: (parameter) => paths.glob(parameter),
  PathIsDirectory: (parameter) => paths.isDirectory(parameter),
  PathIsSymbolicLink: (parameter) => paths.isSymbolicLink(parameter),
  PathIsMountPoint: (parameter) => paths.isMountPoint(parameter),
  PathIsReadWrite: (parameter) => paths.isWritable(parameter),
  PathIsEncrypted: (parameter) => paths.isEncrypted(parameter),
  DirectoryNotEmpty: (parameter) => paths.notEmptyDirectory(parameter),
  FileNotEmpty: (parameter) => paths.notEmptyFile(parameter),
  FileIsExecutable: (parameter) => paths.isExecutable(parameter),
  User: (parameter, facts) =>
    parameter === "@system" ? facts.uid < 1000 : parameter === facts.userName || parameter === String(facts.uid),
  Group: (parameter, facts) => facts.groupNames().includes(parameter) || facts.gids.map(String).includes(parameter),
  ControlGroupController: (parameter, facts) =>
    parameter === "v2" || parameter === "v1"
      ? facts.cgroupControllers.length > 0 === (parameter === "v2")
      : facts.cgroupControllers.includes(parameter),
  Memory: (parameter, facts) => compareExpression(parameter, (text) => facts.memoryBytes - sizeBytes(text)),
  CPUs: (parameter, facts) => compareExpression(parameter, (text) => facts.cpus - Number(text)),
  CPUFeature: (parameter) => new RegExp(`^flags\\s*:.*\\b${parameter.replace(/\W/g, "")}\\b`, "m").test(cpuInfo()),
  OSRelease: (parameter, facts) =>
    parameter.split(/\s+/).every((word) => {
      const match = /^([A-Za-z_0-9]+)\s*(\$?[<>=!]=?|=\$)\s*(.*)$/.exec(word);
      if (!match) throw new Error("expected FIELD=value");
      const actual = facts.osRelease.get(match[1] as string) ?? "";
      const wanted = (match[3] as string).replace(/^"(.*)"$/, "$1");
      const operator = match[2] as string;
      return operator === "=" || operator === "=="
        ? actual === wanted
        : operator === "!="
          ? actual !== wanted
          : ordered(operator, compareVersions(actual, wanted));
    }),
  MemoryPressure: (parameter) => pressureIsBelow("memory", parameter),
  CPUPressure: (parameter) => pressureIsBelow("cpu", parameter),
  IOPressure: (parameter) => pressureIsBelow("io", parameter),
  PathIsSocket: (parameter) => paths.isSocket(parameter),
  KernelModuleLoaded: (parameter) => paths.isDirectory(`/sys/module/${parameter.replaceAll("-", "_")}`),
};

/** The names of all condition types that `checkConditions` knows. */
export const conditionTypes: readonly string[] = Object.keys(checks);

/**
 * Looks at each line in order. As in systemd, the first line that is not a trigger and fails ends the look: those behind
 * it stay untested.
 */
export function checkConditions(lines: readonly ConditionLine[], facts: MachineFacts): ConditionOutcome[] {
  let ended = false;
  return lines.map((line) => {
    if (ended) return { ...line, result: "untested" as const };
    const result = checkOne(line, facts);
    if (result !== "succeeded" && !line.trigger) ended = true;
    return { ...line, result };
  });
}

function checkOne(line: ConditionLine, facts: MachineFacts): ConditionOutcome["result"] {
  const check = checks[line.type.replace(/^(Condition|Assert)/, "")];
  if (check === undefined) return "error";
  try {
    return check(line.parameter, facts) !== line.negate ? "succeeded" : "failed";
  } catch {
    return "error";
  }
}

function cpuInfo(): string {
  return readText("/proc/cpuinfo");
}

function inUserNamespace(): boolean {
  const map = readText("/proc/self/uid_map").trim().split(/\s+/);
  return !(map[0] === "0" && map[1] === "0" && map[2] === "4294967295");
}

/** A shell-style pattern over a whole name; case is ignored, as for host names. */
function globMatch(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i").test(text);
}

const operators = /^(<=|>=|=|==|!=|<|>|\$=|!\$=)?\s*(.*)$/;

function ordered(operator: string, difference: number): boolean {
  switch (operator) {
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
    case "!=":
      return difference !== 0;
    default:
      return difference === 0;
  }
}

function compareExpression(parameter: string, difference: (text: string) => number): boolean {
  const match = operators.exec(parameter.trim());
  const number = difference(match?.[2] ?? "");
  if (Number.isNaN(number)) throw new Error("expected a number");
  return ordered(match?.[1] ?? ">=", number);
}

function versionExpressions(parameter: string, actual: string): boolean {
  return parameter
    .trim()
    .replace(/([<>=!])\s+(?=[^<>=!])/g, "$1") // an operator that stands alone takes the next word
    .split(/\s+(?=[<>=!]|[^<>=!\s])/)
    .every((expression) => {
      const match = operators.exec(expression);
      const wanted = match?.[2] ?? "";
      return match?.[1] === undefined ? globMatch(wanted, actual) : ordered(match[1], compareVersions(actual, wanted));
    });
}

/** The order of version strings of the UAPI version format specification, as `systemd-analyze compare-versions`. */
function compareVersions(a: string, b: string): number {
  const pieces = (text: string): string[] => text.match(/\d+|[A-Za-z]+|[~^-]/g) ?? [];
  const [left, right] = [pieces(a), pieces(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [x, y] = [left[at], right[at]];
    if (x === y) continue;
    if (x === undefined) return y === "~" ? 1 : -1;
    if (y === undefined) return x === "~" ? -1 : 1;
    const numbers = /^\d/.test(x) && /^\d/.test(y);
    if (numbers && Number(x) !== Number(y)) return Number(x) - Number(y);
    if (!numbers && x !== y) return /^\d/.test(x) ? 1 : /^\d/.test(y) ? -1 : x < y ? -1 : 1;
  }
  return 0;
}

function sizeBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGTPE]?)B?$/i.exec(text.trim());
  if (!match) return Number.NaN;
  return Number(match[1]) * 1024 ** " KMGTPE".indexOf((match[2] ?? "").toUpperCase() || " ");
}
