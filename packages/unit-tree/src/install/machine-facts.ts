import fs from "node:fs";
import os from "node:os";
import { parseEnvironmentFile, type UnitTree } from "@steward/unit-file";
import type { SpecifierFacts } from "./specifiers.ts";
import type { UnitPaths } from "./unit-paths.ts";

/** The names that systemd has for processor architectures (systemd.unit(5), ConditionArchitecture=). */
const architectures: Readonly<Record<string, string>> = {
  arm: "arm",
  arm64: "arm64",
  ia32: "x86",
  loong64: "loongarch64",
  mips: "mips",
  mipsel: "mips-le",
  ppc64: "ppc64-le",
  riscv64: "riscv64",
  s390x: "s390x",
  x64: "x86-64",
};

/** Fields of /etc/os-release by the letter of their specifier. */
const osFields: Readonly<Record<string, string>> = {
  A: "IMAGE_VERSION",
  B: "BUILD_ID",
  M: "IMAGE_ID",
  o: "ID",
  w: "VERSION_ID",
  W: "VARIANT_ID",
};

function variables(tree: UnitTree, ...paths: readonly string[]): Readonly<Record<string, string>> | undefined {
  for (const path of paths) {
    const file = tree.read(path);
    if (!file.ok) continue;
    return Object.fromEntries(parseEnvironmentFile(file.text, path).value.map(({ name, value }) => [name, value]));
  }
  return undefined;
}

function bootId(): string | undefined {
  try {
    return fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().replaceAll("-", "");
  } catch {
    return undefined;
  }
}

function machineId(tree: UnitTree): string | undefined {
  const file = tree.read("/etc/machine-id");
  return file.ok ? /^[0-9a-f]{32}(?=\n|$)/.exec(file.text)?.[0] : undefined;
}

/** User and group as those of the units' own manager: root for the system's, the caller for his own. */
function credentials(letter: string, system: boolean): string {
  const user = system ? undefined : os.userInfo();
  switch (letter) {
    case "u":
      return user?.username ?? "root";
    case "U":
      return String(user?.uid ?? 0);
    case "G":
      return String(user?.gid ?? 0);
    default:
      return user === undefined ? "root" : groupName(user.gid);
  }
}

function groupName(gid: number): string {
  try {
    const line = fs
      .readFileSync("/etc/group", "utf8")
      .split("\n")
      .find((each) => each.split(":")[2] === String(gid));
    return line?.split(":")[0] ?? String(gid);
  } catch {
    return String(gid);
  }
}

/**
 * What this machine answers to the specifiers of [Install]. What stands in files (machine-id, os-release) is read from the tree, so that of an image is its
 * own; the kernel and the host name are this machine's, as with `systemctl --root=`. Nothing is read before it is asked for.
 */
export function machineFacts(tree: UnitTree, paths: UnitPaths): SpecifierFacts {
  return (letter) => {
    const field = osFields[letter];
    if (field !== undefined) {
      const release = variables(tree, "/etc/os-release", "/usr/lib/os-release");
      return release && (release[field] ?? "");
    }
    switch (letter) {
      case "a":
        return architectures[process.arch];
      case "b":
        return bootId();
      case "H":
        return os.hostname();
      case "l":
        return os.hostname().split(".")[0];
      case "m":
        return machineId(tree);
      case "q":
        return variables(tree, "/etc/machine-info")?.PRETTY_HOSTNAME || os.hostname();
      case "v":
        return os.release();
      default:
        return credentials(letter, paths.scope === "system");
    }
  };
}
