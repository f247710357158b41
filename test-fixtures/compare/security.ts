/**
 * Same exposure: puts units to `systemd-analyze security --offline=1` and to `stewardctl analyze security`, and compares every row, the
 * overall figure and the text. Units are those of a directory (this machine's own without one), and as many made up ones as are asked for.
 *
 *     node --conditions=source test-fixtures/compare/security.ts [COUNT] [SEED] [DIRECTORY]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random } from "./random.ts";

const [count = "200", seed = "1", directory = "/lib/systemd/system"] = process.argv.slice(2);
const { below, pick } = random(Number(seed));

/** A value or two for each directive that is looked at. */
const values: Readonly<Record<string, readonly string[]>> = {
  User: ["daemon", "root", "nobody", "0", "www-data", "65534"],
  DynamicUser: ["yes", "no"],
  SupplementaryGroups: ["adm", "adm tty"],
  RemoveIPC: ["yes"],
  UMask: ["0077", "0027", "0007", "0000", "0002", "0022", "0137"],
  KeyringMode: ["private", "shared", "inherit"],
  ProtectProc: ["invisible", "ptraceable", "noaccess", "default"],
  ProcSubset: ["pid", "all"],
  NotifyAccess: ["all", "main", "exec", "none"],
  Delegate: ["yes", "no", "cpu memory"],
  ProtectHome: ["yes", "no", "read-only", "tmpfs"],
  ProtectSystem: ["yes", "no", "full", "strict"],
  RootDirectory: ["/", "/srv", "//"],
  RootImage: ["/srv/x.img"],
  DevicePolicy: ["closed", "strict", "auto"],
  DeviceAllow: ["/dev/null rw", "char-pts", "/dev/fuse r", ""],
  AmbientCapabilities: ["CAP_KILL", "CAP_NET_ADMIN CAP_NET_RAW", ""],
  IPAddressDeny: ["any", "0.0.0.0/0", "0.0.0.0/0 ::/0", "10.0.0.0/8", ""],
  IPAddressAllow: ["localhost", "127.0.0.1", "10.0.0.0/8 localhost", "any", "::1", "fe80::/64", "127.0.0.0/7", ""],
  IPIngressFilterPath: ["/sys/fs/bpf/x"],
  RestrictNamespaces: ["yes", "no", "user", "~user", "~mnt pid", "net uts ipc", ""],
  RestrictAddressFamilies: [
    "none",
    "AF_UNIX",
    "~AF_UNIX",
    "AF_INET AF_INET6",
    "~AF_PACKET",
    "AF_CAN AF_UNIX",
    "~AF_CAN",
    "",
  ],
  SystemCallArchitectures: ["native", "x86", "native x86", ""],
  SystemCallFilter: [
    "@system-service",
    "~@privileged @resources",
    "~@clock @debug",
    "@basic-io @file-system",
    "~@mount",
    "~adjtimex clock_adjtime clock_settime settimeofday",
    "~@privileged:EPERM",
    "read write swapon",
    "@obsolete",
    "~@obsolete",
    "~chown reboot",
    "",
  ],
  CapabilityBoundingSet: [
    "CAP_NET_BIND_SERVICE",
    "~CAP_SYS_ADMIN CAP_SYS_PTRACE",
    "CAP_CHOWN CAP_KILL CAP_SETUID",
    "~CAP_MAC_ADMIN CAP_MAC_OVERRIDE",
    "CAP_DAC_OVERRIDE",
    "",
  ],
};
const flags = (
  "PrivateDevices PrivateMounts PrivateTmp PrivateNetwork PrivateUsers ProtectControlGroups ProtectKernelModules ProtectKernelTunables " +
  "ProtectKernelLogs ProtectClock ProtectHostname LockPersonality MemoryDenyWriteExecute NoNewPrivileges RestrictRealtime RestrictSUIDSGID"
).split(" ");

function madeUp(): string {
  const lines = ["[Unit]", "Description=x", ...(below(6) === 0 ? ["DefaultDependencies=no"] : [])];
  lines.push("[Service]", "ExecStart=/bin/true", ...(below(4) === 0 ? ["Type=notify"] : []));
  for (let n = below(14); n > 0; n--) {
    if (below(2) === 0) lines.push(`${pick(flags)}=${below(4) === 0 ? "no" : "yes"}`);
    else {
      const name = pick(Object.keys(values));
      lines.push(`${name}=${pick(values[name] as readonly string[])}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

const work = mkdtempSync(join(tmpdir(), "security-"));
const made = join(work, "made");
mkdirSync(made);
for (let n = 0; n < Number(count); n++) writeFileSync(join(made, `made-${n}.service`), madeUp());
const files = [directory, made].flatMap((each) =>
  readdirSync(each)
    .filter((name) => /\.(service|socket|mount|swap|slice|timer)$/.test(name))
    .sort()
    .map((name) => join(each, name)),
);

const main = fileURLToPath(new URL("../../apps/ctl/src/main.ts", import.meta.url));
const env = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", SYSTEMD_COLORS: "0" };
type Ask = (...args: readonly string[]) => string[];
const asker =
  (program: string, first: readonly string[]): Ask =>
  (...args) =>
    spawnSync(program, [...first, "security", "--offline=1", "--no-pager", ...args], { encoding: "utf8", env })
      .stdout.split("\n")
      .map((line) => line.trimEnd());
const theirs = asker("systemd-analyze", []);
const ours = asker(process.execPath, ["--conditions=source", main, "analyze"]);

/** systemd says nothing of ProtectProc=noaccess, and its sort is undecided about a row without words: there the order is chance. */
const isWordless = (line: string): boolean => /^✗ ProtectProc= +[0-9.]+$/.test(line);
const settled = (lines: string[]): string[] => (lines.some(isWordless) ? lines.toSorted() : lines);

interface Shown {
  readonly name: string;
  readonly description: string | null;
}

/** The rows of each unit that loads, a unit a line. */
const rowsOf = (lines: readonly string[]): Shown[][] =>
  lines
    .filter((line) => line.startsWith("["))
    .map((line) => JSON.parse(line) as Shown[])
    .map((rows) =>
      rows.some((row) => row.description === null) ? rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : rows,
    );

let units = 0;
let figures = 0;
let different = 0;
function compare(what: string, mine: unknown, wanted: unknown): void {
  figures += 1;
  const [a, b] = [JSON.stringify(mine), JSON.stringify(wanted)];
  if (a === b) return;
  different += 1;
  console.log(`${what}\n    steward ${a}\n    systemd ${b}`);
}

const distinct = files.filter((file, n) => files.findIndex((each) => realpathSync(each) === realpathSync(file)) === n);
for (let at = 0; at < distinct.length; at += 25) {
  const chunk = distinct.slice(at, at + 25);
  const [mine, wanted] = [rowsOf(ours("--json=short", ...chunk)), rowsOf(theirs("--json=short", ...chunk))];
  const [text, wantedText] = [settled(ours(...chunk)), settled(theirs(...chunk))];
  const names = wantedText.flatMap((line) => /for (.*): [0-9]+\.[0-9] /.exec(line)?.[1] ?? []);
  units += wanted.length;
  for (let n = 0; n < Math.max(mine.length, wanted.length); n++)
    for (let row = 0; row < Math.max(mine[n]?.length ?? 0, wanted[n]?.length ?? 0); row++)
      compare(names[n] ?? "", mine[n]?.[row], wanted[n]?.[row]);
  for (let n = 0; n < Math.max(text.length, wantedText.length); n++) compare("as text", text[n], wantedText[n]);
}
rmSync(work, { recursive: true, force: true });
console.log(`${units} units, ${figures} rows, overall figures and lines of text: ${different} different`);
process.exitCode = different === 0 ? 0 : 1;
