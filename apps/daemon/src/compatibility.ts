/**
 * docs/compatibility.md, written from the tables that the program itself uses: `node --conditions=source apps/daemon/src/compatibility.ts > docs/compatibility.md`.
 * A test fails when the page is not what this prints.
 */
import type { InterfaceDeclaration } from "@steward/ipc";
import { type Support, supportOf } from "@steward/process-runtime";
import { directives } from "@steward/unit-file";
import { conditionTypes } from "@steward/unit-tree";
import { builtinUnits } from "./builtin-units.ts";
import { controlMethods } from "./bus/control-methods.ts";
import { typeDeclarations } from "./bus/declarations.ts";
import { fileMethods } from "./bus/file-methods.ts";
import { managerInterface, unitInterface } from "./bus/interfaces/index.ts";
import { jobMethods } from "./bus/job-methods.ts";
import { managerProperties } from "./bus/manager-properties.ts";
import { transientMethods } from "./bus/transient-methods.ts";
import { unitMethods } from "./bus/unit-methods.ts";

/** Methods that are answered with NotSupported. */
const refused = new Set(
  `BindMountUnit BindMount MountImageUnit MountImage SwitchRoot DumpByFileDescriptor DumpUnitsMatchingPatternsByFileDescriptor EnqueueMarkedJobs`.split(
    /\s+/,
  ),
);

const head = `# Compatibility

What steward does with every directive and every D-Bus member of systemd (252, and directives of newer versions as far as they are known).
This page is written from the program's own tables; a test keeps it so. To write it anew:

    node --conditions=source apps/daemon/src/compatibility.ts > docs/compatibility.md

- **carried out**: it has its effect.
- **read and shown**: it is parsed, checked and shown by \`systemctl show\`, and it has no effect. A service or a
  socket that sets such a directive says so in its journal, once, in a line that names it.
- **its units do not run yet**: units of that type load, and a start of one is refused with a message that says so.

Differences that are no directive's:

- Memory is counted by the kernel's controller where a unit's cgroup has one. Elsewhere it is the sum of RssAnon and RssShmem of the unit's processes, and
  CPU time is that of the living processes plus that of those that ended. A number that was not measured is not shown.
- \`freeze\` uses the kernel's freezer where a unit has a cgroup. Elsewhere every process of the unit is stopped with SIGSTOP and goes on with SIGCONT: it stands
  still all the same, but its parent can see it (waitpid(2), WUNTRACED), a handler of SIGCONT runs, and anyone who may signal it can wake it.
- Mount units need what mount(8) needs: root, or a user namespace, with CAP_SYS_ADMIN. Mounts that no unit file describes get units, and are left alone when
  the machine goes down: whoever made the container made them.
- Swap and automount units load and are refused with the reason in the journal, as systemd refuses them in a container; there is no udev, so no device unit ever
  becomes active, and what is bound to one does not start.
- \`clean\` is for services; sockets and mounts do not take part.
- A service's descriptor store holds at most 160 descriptors, whatever FileDescriptorStoreMax= says.
- A socket unit has at most 128 addresses and 64 symbolic links. ListenUSBFunction= is refused when its unit is started, and SELinux and SMACK labels are
  given to nothing, as on a kernel without them.
- How often a socket may start its service is bounded by TriggerLimitBurst=, as in 252. PollLimitBurst=, which is newer, acts where a file sets it.
- A slice is frozen by freezing every unit in it; what is started in it later runs.
- Without a writable cgroup tree each unit's processes are held together by a process of the keeper's own, their subreaper.
- As PID 1, SIGTERM ends the container in order (systemd would re-execute itself).
- OnBootSec= counts from steward's own start in a container, as under systemd, and also as root beside another init.
- WakeSystem= does not wake the machine; the timer counts the time that it slept and elapses when it is awake again. (systemd in a container refuses
  such a timer.) A clock change and a change of /etc/localtime reach timers as under systemd.
- Several inotify watches that systemd gives each path unit are one of the keeper's here. Where the kernel drops events because too many came at once,
  PathChanged= and PathModified= start their unit, as something may have changed.
- Descriptors are taken from clients (systemd-run --pipe), and none are given to them: clients that ask for a dump as a descriptor fall back to text.
- On the message bus root and the manager's own user may change things and everybody else may look. polkit is not asked, as systemd without it.
- A property of a transient unit that no line of a file can hold (a line break in a path or a name) is refused. AttachProcessesToUnit takes processes
  into the unit's own group, not into one below it. stewardctl run has no --host and no --machine.
- A scope, or AttachProcessesToUnit, moves processes into the unit's cgroup. Where there is none, they cannot be put below a process of ours: steward holds
  them by pidfd, and with them the descendants that it sees when they come and when they are signalled. A descendant whose parent ends before that is not
  known any more, and lives on when the scope is stopped; a unit whose processes have a subreaper takes in its own descendants only.
`;

function directiveTable(): string {
  const lines: string[] = [];
  let section = "";
  for (const row of directives()) {
    if (row.legacy) continue;
    if (row.section !== section) {
      section = row.section;
      lines.push("", `### [${section}]`, "", "| directive | since | in | steward |", "| --- | --- | --- | --- |");
    }
    const since = row.since === 0 ? "" : String(row.since);
    lines.push(`| ${row.name}= | ${since} | ${row.man} | ${supportOf(row)} |`);
  }
  return lines.join("\n");
}

function counts(): string {
  const totals = new Map<Support, number>();
  for (const row of directives()) if (!row.legacy) totals.set(supportOf(row), (totals.get(supportOf(row)) ?? 0) + 1);
  return [...totals].map(([support, count]) => `${count} ${support}`).join(", ");
}

function members(
  declaration: InterfaceDeclaration,
  methods: ReadonlySet<string> | undefined,
  properties: ReadonlySet<string> | undefined,
): string {
  const lines = [`### ${declaration.name}`, "", "| member | steward |", "| --- | --- |"];
  for (const name of Object.keys(declaration.methods)) {
    const served = methods === undefined || methods.has(name);
    lines.push(
      `| ${name}() | ${refused.has(name) ? "refused: not supported yet" : served ? "served" : "not served"} |`,
    );
  }
  for (const name of Object.keys(declaration.properties)) {
    const served = properties === undefined || properties.has(name);
    lines.push(`| ${name} | ${served ? "served" : "not served"} |`);
  }
  return lines.join("\n");
}

/** The page. */
export function compatibilityPage(): string {
  const managerMethods = new Set(
    Object.keys({ ...jobMethods, ...unitMethods, ...fileMethods, ...controlMethods, ...transientMethods }),
  );
  const types = [...new Set(Object.values(typeDeclarations))];
  return [
    head,
    `## Units whose work steward does itself, or that no container can run\n\nThey load, show as active, and are never executed.\n\n| unit | why |\n| --- | --- |`,
    ...Object.entries(builtinUnits).map(([name, { reason }]) => `| ${name} | ${reason} |`),
    `\n## Conditions\n\nEvery type is looked at on the machine, as Condition…= and as Assert…=: ${conditionTypes.join(", ")}. NeedsUpdate alone\nanswers without looking, and says no: a container's /usr is not updated under its /etc.`,
    `\n## Directives\n\n${counts()}. Older names that systemd still understands are understood too.`,
    directiveTable(),
    "\n## D-Bus\n",
    members(managerInterface, managerMethods, new Set(Object.keys(managerProperties))),
    "",
    members(unitInterface, undefined, undefined),
    "",
    ...types.map((declaration) => `${members(declaration, undefined, undefined)}\n`),
  ].join("\n");
}

if (import.meta.main) process.stdout.write(compatibilityPage());
