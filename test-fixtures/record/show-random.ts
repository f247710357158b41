/**
 * Writes units with random directives and values, sensible ones and nonsense, for show-compare.ts:
 *
 *     node --conditions=source test-fixtures/record/show-random.ts DIRECTORY [COUNT] [SEED]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { type Directive, directives } from "../../packages/unit-file/src/index.ts";

const [directory = "", count = "300", seed = "1"] = process.argv.slice(2);

/** A small generator of numbers: the same seed gives the same units everywhere. */
let state = Number(seed) >>> 0;
const random = (n: number): number => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % n;
};
const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;

const values = [
  ...[
    "yes",
    "no",
    "on",
    "0",
    "1",
    "true",
    "infinity",
    "5",
    "5s",
    "1min 30s",
    "100ms",
    "10us",
    "5d",
    "5M",
    "2h 5",
    "5 6",
    "-1",
    "+5",
    "-5",
    "010",
    "0x10",
    "3",
  ],
  ...[
    "1G",
    "1.5M",
    "64K",
    "1K 1",
    "1.5",
    "50%",
    "12.5%",
    "200%",
    "65536",
    "4294967295",
    "4294967296",
    "99999",
    "1024",
    "1024:2048",
    "2048:1024",
    "0755",
    "7777",
  ],
  ...[
    "/a",
    "//a/./b/",
    "/a/../b",
    "-/x",
    "+/y",
    "-+/z",
    "~",
    "-~",
    "/x:/y",
    "/x:/y:rbind",
    "file:/x",
    "append:/y",
    "/run/s",
    "/mq",
    "x:y",
    "bar/baz",
    "%t/x",
  ],
  ...[
    "a b",
    '"q r"',
    "\\x41b",
    "hello\\nworld",
    "''",
    "",
    "",
    "x=y",
    "ä",
    "a\tb",
    "%i",
    "%n",
    "%p %%",
    "%Z",
    "A=b C=d",
    '"A=b c"',
    "A=%n",
    "FOO",
    "FOO BAR=1",
    "FOO=bar",
  ],
  ...[
    "foo.service",
    "foo@.service",
    "foo@x.socket bar.target",
    "a.slice",
    "b.service c.service",
    "org.foo.Bar",
    "man:x(1) http://a",
    "1:2",
    "foo:bar",
    "root:ro",
  ],
  ...[
    "10.0.0.0/8",
    "::1",
    "fe80::/10 127.0.0.1",
    "[::1]:80",
    "1.2.3.4:5",
    "80",
    "any",
    "localhost",
    "AF_INET",
    "AF_UNIX AF_INET6",
    "~AF_PACKET",
    "ipv4:tcp:80",
    "udp:1-10",
    "vsock:2:3",
    "@abs",
    "kobject-uevent",
    "eth0",
    "~lo",
  ],
  ...[
    "CAP_CHOWN",
    "CAP_KILL cap_net_admin 3",
    "~CAP_SYS_ADMIN",
    "@system-service",
    "~@clock:EPERM mount",
    "read write",
    "EPERM",
    "kill",
    "EINVAL",
    "SIGTERM",
    "INT",
    "RTMIN+3",
    "9",
    "0-3,5",
    "7 9-11",
    "root",
    "nobody",
    "1000",
  ],
  ...[
    "/dev/null rw",
    "char-pts r",
    "/dev/sda 100",
    "/dev/sda 10M",
    "egress:/x",
    "cpu memory",
    "ext4 tmpfs",
    "uts net",
    "~user",
    "cgroup ipc",
    "noroot keep-caps",
    "default all",
    "private-huge 0x10",
    "aGVsbG8=",
    "|!x",
    "!/a",
    "|/b",
  ],
  ...[
    "tty",
    "null",
    "journal",
    "fd:foo",
    "fd",
    "socket",
    "inherit",
    "kmsg+console",
    "idle",
    "rr",
    "realtime",
    "best-effort",
    "fifo",
    "bind",
    "local",
    "full",
    "strict",
    "read-only",
    "tmpfs",
    "invisible",
    "pid",
    "private",
    "shared",
    "slave",
  ],
  ...[
    "x86-64",
    "x86",
    "native arm",
    "user",
    "debug",
    "local3",
    "daemon",
    "always",
    "on-failure",
    "oneshot",
    "forking",
    "main",
    "all",
    "abort",
    "continue",
    "stop",
    "mixed",
    "process",
    "none",
    "reboot",
    "exit-force",
    "isolate",
    "fail",
    "flush",
  ],
  ...["inactive-or-failed", "daily", "Mon..Fri 10:00", "*:0/5", "low-delay", "udplite", "ns"],
];

const sections = [
  "Service",
  "Service",
  "Service",
  "Service",
  "Service",
  "Socket",
  "Mount",
  "Timer",
  "Path",
  "Slice",
  "Swap",
  "Automount",
] as const;

/** What makes a unit of each type complete, so that most load. */
const first: Readonly<Record<string, string>> = {
  Service: "ExecStart=/bin/true",
  Socket: "ListenStream=/run/zz",
  Timer: "OnBootSec=1",
  Path: "PathExists=/zz",
  Mount: "What=/dev/zz",
};

const known = directives().filter((row) => row.since === 0 && row.section !== "Install");

function randomUnit(section: string, i: number): string {
  const own = known.filter((row) => row.section === section || row.section === "Unit");
  const start = section === "Swap" ? `What=/zz/${i}` : first[section];
  let text = start === undefined ? "" : `[${section}]\n${start}\n`;
  for (let k = 0; k < 18; k++) {
    const row: Directive = pick(own);
    // What names the unit itself is mostly left alone.
    if (["Where", "What", "ExecStart", "RootDirectory"].includes(row.name) && random(4) > 0) continue;
    const value = random(3) === 0 && row.choices.length > 0 ? pick(row.choices) : pick(values);
    text += `[${row.section}]\n${row.name}=${value}\n`;
    if (random(5) === 0) text += `${row.name}=${pick(values)}\n`;
  }
  return text;
}

mkdirSync(directory, { recursive: true });
for (let i = 0; i < Number(count); i++) {
  const section = pick(sections);
  const type = section.toLowerCase();
  const name = ["mount", "automount", "swap"].includes(type)
    ? `zz-${i}.${type}`
    : type === "slice"
      ? `zz-s${i}.slice`
      : `z${i}.${type}`;
  writeFileSync(`${directory}/${name}`, randomUnit(section, i));
  if (["socket", "timer", "path"].includes(type))
    writeFileSync(`${directory}/z${i}.service`, "[Service]\nExecStart=/bin/true\n");
}
