/** supervisord.conf to unit files: a service for each program, a template where it has several processes, a target for each group. */
import { dirname, resolve } from "node:path";
import { escapeName } from "@steward/unit-file";
import { environmentPairs } from "./environment-pairs.ts";
import { type ConfSection, expand, readConfFiles, type Value } from "./supervisord-file.ts";
import {
  assignment,
  commandWord,
  type Imported,
  type ImportedUnit,
  literal,
  type Note,
  shellWords,
  unitText,
} from "./unit-text.ts";

/** What stands for nothing in a unit: supervisord's own process and its clients. */
const ownSections =
  /^(supervisord|supervisorctl|unix_http_server|inet_http_server|rpcinterface:.*|include|ctlplugin:.*)$/;

/** Keys that a service has no counterpart of, with the reason. */
const reasons: Readonly<Record<string, string>> = {
  priority: "units have no order by number; use After=",
  startsecs: "a service counts as started at once; use Type=notify for more",
  process_name: "processes bear the names of their units",
  numprocs_start: "instances count from 0",
  serverurl: "there is no supervisord to call",
  stdout_logfile_maxbytes: "files are not rotated; the journal is",
  stdout_logfile_backups: "files are not rotated; the journal is",
  stderr_logfile_maxbytes: "files are not rotated; the journal is",
  stderr_logfile_backups: "files are not rotated; the journal is",
  stdout_capture_maxbytes: "there are no event listeners",
  stderr_capture_maxbytes: "there are no event listeners",
  stdout_events_enabled: "there are no event listeners",
  stderr_events_enabled: "there are no event listeners",
};

export function importSupervisord(path: string): Imported {
  const { sections, notes: read } = readConfFiles(path);
  const notes: Note[] = [...read];
  const units: ImportedUnit[] = [];
  const groups = sections.filter(({ name }) => name.startsWith("group:"));
  const shared = sections.find(({ name }) => name === "supervisord")?.values.get("environment");
  for (const section of sections) {
    if (section.name.startsWith("program:")) units.push(...program(section, groups, shared, notes));
    else if (section.name.startsWith("group:")) units.push(group(section, sections, notes));
    else if (!ownSections.test(section.name))
      notes.push({ file: section.file, line: section.line, message: `[${section.name}] has no counterpart` });
    else if (section.name === "supervisord") noteOwn(section, notes);
  }
  return { units, notes };
}

function noteOwn(section: ConfSection, notes: Note[]): void {
  for (const [key, { file, line }] of section.values)
    if (key !== "environment")
      notes.push({ file, line, message: `${key}= concerns supervisord itself and is left out` });
}

function unitBase(name: string): string {
  return escapeName(name).replaceAll("\\x2d", "-");
}

function membersOf(section: ConfSection): readonly string[] {
  return (section.values.get("programs")?.text ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
}

function group(section: ConfSection, sections: readonly ConfSection[], notes: Note[]): ImportedUnit {
  const name = section.name.slice("group:".length);
  for (const [key, { file, line }] of section.values)
    if (key !== "programs")
      notes.push({
        file,
        line,
        message: `${key}= of a group is not carried over: ${reasons[key] ?? "no counterpart"}`,
      });
  const wants = membersOf(section).flatMap((member) => {
    const found = sections.find((each) => each.name === `program:${member}`);
    if (found === undefined)
      notes.push({
        file: section.file,
        line: section.values.get("programs")?.line ?? section.line,
        message: `There is no [program:${member}]`,
      });
    return found === undefined ? [] : countOf(found) > 1 ? `${unitBase(member)}.target` : `${unitBase(member)}.service`;
  });
  const text = unitText(`[${section.name}] of ${section.file}`, [
    [
      "Unit",
      [
        ["Description", literal(name)],
        ["Wants", wants.join(" ")],
      ],
    ],
    ["Install", [["WantedBy", "multi-user.target"]]],
  ]);
  return { name: `${unitBase(name)}.target`, text };
}

function countOf({ values }: ConfSection): number {
  return Number(values.get("numprocs")?.text ?? "1") || 1;
}

const isTrue = (text: string | undefined): boolean => /^(true|yes|on|1)$/i.test(text ?? "");

function program(
  section: ConfSection,
  groups: readonly ConfSection[],
  shared: Value | undefined,
  notes: Note[],
): ImportedUnit[] {
  const name = section.name.slice("program:".length);
  const count = countOf(section);
  const own = groups.find((each) => membersOf(each).includes(name))?.name.slice("group:".length);
  const partOf = [own, count > 1 ? name : undefined]
    .filter((each) => each !== undefined)
    .map((each) => `${unitBase(each)}.target`);
  // A process's number becomes the instance: a mark here, %i once everything else is quoted.
  const number = "\u0002";
  const names = {
    program_name: name,
    group_name: own ?? name,
    numprocs: String(count),
    process_num: count > 1 ? number : "0",
  };
  const taken = new Set(["command", "numprocs"]);
  const get = (key: string): string | undefined => {
    taken.add(key);
    const value = section.values.get(key);
    return value === undefined ? undefined : expand(value, names, notes);
  };
  const note = (key: string, message: string): void => {
    const { file, line } = section.values.get(key) ?? section;
    notes.push({ file, line, message });
  };
  const directory = get("directory");
  const words = commandOf(get("command"), directory, section, (message) => note("command", message));
  const environment = [
    ...(shared === undefined ? [] : environmentPairs(expand(shared, {}, notes))),
    ...environmentPairs(get("environment") ?? ""),
  ];
  const autostart = get("autostart");
  const install = own === undefined && count === 1 && (autostart === undefined || isTrue(autostart));
  const retries = get("startretries");
  const errors = streamOf(get("stderr_logfile"), directory);
  // KillMode= ends what is left of the group in either case.
  get("killasgroup");
  const lines = unitText(`[${section.name}] of ${section.file}`, [
    [
      "Unit",
      [
        ["Description", literal(name)],
        ["After", "network.target"],
        ["PartOf", partOf.length === 0 ? undefined : partOf.join(" ")],
        ["StartLimitBurst", retries === undefined ? undefined : String(Number(retries) + 1)],
      ],
    ],
    [
      "Service",
      [
        ["ExecStart", words?.map(commandWord).join(" ") ?? "/bin/false"],
        ["WorkingDirectory", directory === undefined ? undefined : literal(directory)],
        ["User", get("user")],
        ["UMask", get("umask")],
        ...environment.map(([key, value]) => ["Environment", assignment(key, value)] as const),
        ["Restart", restartOf(get("autorestart"))],
        [
          "SuccessExitStatus",
          get("exitcodes")
            ?.split(",")
            .map((each) => each.trim())
            .filter((each) => each !== "0")
            .join(" ") || undefined,
        ],
        ["KillSignal", signalOf(get("stopsignal"))],
        ["TimeoutStopSec", `${get("stopwaitsecs") ?? "10"}s`],
        ["KillMode", isTrue(get("stopasgroup")) ? undefined : "mixed"],
        ["StandardOutput", streamOf(get("stdout_logfile"), directory)],
        ["StandardError", isTrue(get("redirect_stderr")) ? "inherit" : (errors ?? "journal")],
      ],
    ],
    ["Install", install ? [["WantedBy", "multi-user.target"]] : []],
  ]);
  for (const key of section.values.keys())
    if (!taken.has(key)) note(key, `${key}= is not carried over: ${reasons[key] ?? "not a key that is known"}`);
  if (retries !== undefined)
    note(
      "startretries",
      "startretries= became StartLimitBurst=, which counts starts in ten seconds and waits RestartSec= between them",
    );
  const text = lines.replaceAll(number, "%i");
  if (count === 1) return [{ name: `${unitBase(name)}.service`, text }];
  const instances = Array.from({ length: count }, (_, index) => `${unitBase(name)}@${index}.service`);
  const target = unitText(`[${section.name}] of ${section.file}`, [
    [
      "Unit",
      [
        ["Description", literal(name)],
        ["Wants", instances.join(" ")],
        ["PartOf", own === undefined ? undefined : `${unitBase(own)}.target`],
      ],
    ],
    [
      "Install",
      own === undefined && (autostart === undefined || isTrue(autostart)) ? [["WantedBy", "multi-user.target"]] : [],
    ],
  ]);
  return [
    { name: `${unitBase(name)}@.service`, text },
    { name: `${unitBase(name)}.target`, text: target },
  ];
}

function commandOf(
  text: string | undefined,
  directory: string | undefined,
  { file }: ConfSection,
  note: (message: string) => void,
): string[] | undefined {
  const words = shellWords(text ?? "");
  if (words === undefined || words.length === 0) {
    note(
      text === undefined ? "A program without command=: the unit runs /bin/false" : `command= cannot be read: ${text}`,
    );
    return undefined;
  }
  const [path = "", ...rest] = words;
  if (path.startsWith("/") || !path.includes("/")) return words;
  const absolute = resolve(directory ?? dirname(resolve(file)), path);
  if (directory === undefined) note(`command= is relative to wherever supervisord was started; taken as ${absolute}`);
  return [absolute, ...rest];
}

function restartOf(text: string | undefined): string {
  if (text === undefined || text === "unexpected") return "on-failure";
  return isTrue(text) ? "always" : "no";
}

function signalOf(text: string | undefined): string | undefined {
  return text === undefined || text === "TERM"
    ? undefined
    : /^\d+$/.test(text)
      ? text
      : `SIG${text.replace(/^SIG/, "")}`;
}

/** A log file is appended to; supervisord's own choice and its own streams are the journal. */
function streamOf(text: string | undefined, directory: string | undefined): string | undefined {
  if (
    text === undefined ||
    /^(AUTO|syslog)$/i.test(text) ||
    /^\/(dev\/(stdout|stderr|fd\/[12])|proc\/self\/fd\/[12])$/.test(text)
  )
    return undefined;
  if (/^none$/i.test(text) || text === "/dev/null") return "null";
  return `append:${literal(resolve(directory ?? "/", text))}`;
}
