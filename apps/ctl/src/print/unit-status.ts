/** The lines of `status` for one unit, from its properties (systemctl(1), status). */
import { formatTimespan } from "@steward/time";
import { nextElapse } from "../verbs/next-elapse.ts";
import type { Facts } from "../verbs/unit-facts.ts";
import { formatBytes } from "./bytes.ts";
import { EXITED, endings, exitStatusName, isCleanEnding } from "./exit-status-names.ts";
import { signalName } from "./signals.ts";
import { fileStatePaint, presetMatters, stateDot, statePaint } from "./states.ts";
import { grey, highlightCyan, highlightRed, highlightYellow } from "./terminal.ts";
import type { Times } from "./times.ts";

/** A unit that triggers this one, or is triggered, with its state. */
export interface Neighbour {
  readonly name: string;
  readonly state: string;
}

export interface StatusInput {
  readonly facts: Facts;
  readonly times: Times;
  readonly triggeredBy: readonly Neighbour[];
  readonly triggers: readonly Neighbour[];
  /** The name of a running process's command; undefined when it is not known. */
  readonly commandOf: (pid: number) => string | undefined;
}

const INDENT = " ".repeat(13);

/** A line with its title set right, `    Loaded: …`. */
function titled(title: string, text: string): string {
  return `${title.padStart(11)}: ${text}`;
}

/** A title with several lines, the later ones below the first. */
function many(title: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => (index === 0 ? titled(title, text) : `${INDENT}${text}`));
}

/** All lines from the dot down to the CPU time. */
export function unitStatusLines(input: StatusInput): string[] {
  const { facts } = input;
  return [
    headLine(facts),
    ...optional("Follow", facts.text("Following"), (unit) => `unit currently follows state of ${unit}`),
    loadedLine(facts),
    ...(facts.flag("Transient") ? [titled("Transient", "yes")] : []),
    ...dropInLines(facts),
    ...activeLines(input),
    ...many(
      "TriggeredBy",
      input.triggeredBy.map(({ name, state }) => `${stateDot(state)} ${name}`),
    ),
    ...timerLines(input),
    ...many(
      "Triggers",
      input.triggers.map(({ name, state }) => `${statePaint(state)("●")} ${name}`),
    ),
    ...conditionLines(input),
    ...optional("Device", facts.text("SysFSPath")),
    ...optional("Where", facts.text("Where")),
    ...optional("What", facts.text("What")),
    ...many("Docs", facts.list("Documentation")),
    ...many(
      "Listen",
      facts.rows("Listen").map(([kind, address]) => `${String(address)} (${String(kind)})`),
    ),
    ...acceptLines(facts),
    ...processLines(facts),
    ...mainPidLines(input),
    ...optional("Status", facts.text("StatusText"), (text) => `"${highlightCyan(text)}"`),
    ...(facts.number("StatusErrno") > 0 ? [titled("Error", String(facts.number("StatusErrno")))] : []),
    ...resourceLines(facts),
  ];
}

function optional(title: string, text: string | undefined, format = (value: string): string => value): string[] {
  return text === undefined ? [] : [titled(title, format(text))];
}

function headLine(facts: Facts): string {
  const id = facts.text("Id") ?? "n/a";
  const description = facts.text("Description");
  return `${stateDot(facts.text("ActiveState") ?? "")} ${id}${description === undefined || description === id ? "" : ` - ${description}`}`;
}

function loadedLine(facts: Facts): string {
  const load = facts.text("LoadState") ?? "n/a";
  const paint = ["error", "not-found", "bad-setting"].includes(load) ? highlightRed : (text: string): string => text;
  const [, message] = facts.list("LoadError");
  const path = facts.text("SourcePath") ?? facts.text("FragmentPath");
  const state = facts.text("UnitFileState");
  const preset = facts.text("UnitFilePreset");
  if (message !== undefined && message !== "") return titled("Loaded", `${paint(load)} (Reason: ${message})`);
  if (path === undefined) return titled("Loaded", paint(load));
  if (state === undefined) return titled("Loaded", `${paint(load)} (${path})`);
  const advice = preset !== undefined && presetMatters(state) ? `; preset: ${fileStatePaint(preset)(preset)}` : "";
  return titled("Loaded", `${paint(load)} (${path}; ${fileStatePaint(state)(state)}${advice})`);
}

/** Each directory of drop-ins, and below it its files. */
function dropInLines(facts: Facts): string[] {
  const byDirectory = new Map<string, string[]>();
  for (const path of facts.list("DropInPaths")) {
    const slash = path.lastIndexOf("/");
    const names = byDirectory.get(path.slice(0, slash)) ?? [];
    byDirectory.set(path.slice(0, slash), [...names, path.slice(slash + 1)]);
  }
  return many(
    "Drop-In",
    [...byDirectory].flatMap(([directory, names]) => [directory, `└─${names.join(", ")}`]),
  );
}

/** The moment since which a unit is in its state. */
function stateChange(facts: Facts): number {
  const state = facts.text("ActiveState");
  if (state === "active" || state === "reloading") return facts.moment("ActiveEnterTimestamp");
  if (state === "inactive" || state === "failed") return facts.moment("InactiveEnterTimestamp");
  return facts.moment(state === "activating" ? "InactiveExitTimestamp" : "ActiveExitTimestamp");
}

function activeLines({ facts, times }: StatusInput): string[] {
  const state = facts.text("ActiveState") ?? "n/a";
  const sub = facts.text("SubState");
  const result = facts.text("Result");
  const words = sub === undefined || sub === state ? state : `${state} (${sub})`;
  const why = result === undefined || result === "success" ? "" : ` (Result: ${result})`;
  const since = stateChange(facts);
  if (since === 0) return [titled("Active", `${statePaint(state)(words)}${why}`)];
  const lines = [titled("Active", `${statePaint(state)(words)}${why} since ${times.both(since)}`)];
  const limit = facts.amount("RuntimeMaxUSec");
  if (state === "active" && limit !== undefined) lines.push(titled("Until", times.both(since + Number(limit))));
  const [entered, left] = [facts.moment("ActiveEnterTimestamp"), facts.moment("ActiveExitTimestamp")];
  const over = (state === "inactive" || state === "failed") && !(facts.text("Id") ?? "").endsWith(".target");
  if (over && entered > 0 && left >= entered) lines.push(titled("Duration", formatTimespan(left - entered, 1000)));
  return lines;
}

function timerLines({ facts, times }: StatusInput): string[] {
  if (!(facts.text("Id") ?? "").endsWith(".timer")) return [];
  const next = nextElapse(facts.amount("NextElapseUSecRealtime"), facts.amount("NextElapseUSecMonotonic"));
  return [titled("Trigger", next === 0 ? "n/a" : times.both(next))];
}

type Condition = [name: string, trigger: boolean, negate: boolean, parameter: string, state: number];

function conditionLines({ facts, times }: StatusInput): string[] {
  const describe = ([name, trigger, negate, parameter]: Condition): string =>
    `${name}=${trigger ? "|" : ""}${negate ? "!" : ""}${parameter} was not met`;
  const unmet = (name: string): Condition[] => (facts.rows(name) as Condition[]).filter((row) => row[4] < 0);
  const lines: string[] = [];
  const tried = facts.moment("ConditionTimestamp");
  if (!facts.flag("ConditionResult") && tried > 0) {
    const rows = unmet("Conditions");
    lines.push(titled("Condition", `start ${highlightYellow("condition failed")} at ${times.both(tried)}`));
    lines.push(...rows.map((row, index) => `${INDENT}${index === rows.length - 1 ? "└─" : "├─"} ${describe(row)}`));
  }
  const asserted = facts.moment("AssertTimestamp");
  if (!facts.flag("AssertResult") && asserted > 0) {
    lines.push(titled("Assert", `start ${highlightRed("assertion failed")} at ${times.both(asserted)}`));
    const [first] = unmet("Asserts");
    if (first !== undefined) lines.push(`${INDENT}${describe(first)}`);
  }
  return lines;
}

function acceptLines(facts: Facts): string[] {
  if (!facts.flag("Accept")) return [];
  const refused = facts.number("NRefused");
  return [
    titled(
      "Accepted",
      `${facts.number("NAccepted")}; Connected: ${facts.number("NConnections")};${refused > 0 ? `  Refused: ${refused}` : ""}`,
    ),
  ];
}

const execNames = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
];

/** How a process ended: `code=exited, status=1/FAILURE`. */
function ending(code: number, status: number): string {
  const how = `code=${endings[code] ?? "n/a"}`;
  if (code !== EXITED) return `${how}, signal=${signalName(status)}`;
  const name = exitStatusName(status);
  return `${how}, status=${status}${name === undefined ? "" : `/${name}`}`;
}

/** The processes that have ended, in the order of the commands. */
function processLines(facts: Facts): string[] {
  return execNames.flatMap((name) => {
    const rows = facts.properties.has(name) ? facts.rows(name) : facts.rows(`${name}Ex`);
    return rows.flatMap(([, argv, , , , , , pid, code, status]) => {
      if (code === 0) return [];
      const end = `(${ending(Number(code), Number(status))})`;
      const text = isCleanEnding(Number(code), Number(status)) ? end : highlightRed(end);
      return [titled("Process", `${String(pid)} ${name}=${(argv as string[]).join(" ")} ${text}`)];
    });
  });
}

function mainPidLines({ facts, commandOf }: StatusInput): string[] {
  const running = facts.number("MainPID");
  const main = running || facts.number("ExecMainPID");
  const control = facts.number("ControlPID");
  const named = (pid: number): string => {
    const command = commandOf(pid);
    return command === undefined ? String(pid) : `${pid} (${command})`;
  };
  const parts: string[] = [];
  if (main > 0) {
    const code = facts.number("ExecMainCode");
    if (running > 0) parts.push(`Main PID: ${named(main)}`);
    else if (code > 0) parts.push(`Main PID: ${main} (${ending(code, facts.number("ExecMainStatus"))})`);
    else parts.push(`Main PID: ${main}`);
  }
  if (control > 0) parts.push(`${main > 0 ? "Control PID" : "Cntrl PID"}: ${named(control)}`);
  if (parts.length === 0) return [];
  return [`${main > 0 ? "   " : "  "}${parts.join("; ")}`];
}

function resourceLines(facts: Facts): string[] {
  const lines: string[] = [];
  const [inside, outside] = [facts.amount("IPIngressBytes"), facts.amount("IPEgressBytes")];
  if (inside !== undefined && outside !== undefined)
    lines.push(titled("IP", `${formatBytes(inside)} in, ${formatBytes(outside)} out`));
  const [read, written] = [facts.amount("IOReadBytes"), facts.amount("IOWriteBytes")];
  if (read !== undefined && written !== undefined)
    lines.push(titled("IO", `${formatBytes(read)} read, ${formatBytes(written)} written`));
  const tasks = facts.amount("TasksCurrent");
  const most = facts.amount("TasksMax");
  if (tasks !== undefined)
    lines.push(titled("Tasks", `${tasks}${most === undefined ? "" : grey(` (limit: ${most})`)}`));
  const memory = facts.amount("MemoryCurrent");
  if (memory !== undefined) lines.push(titled("Memory", `${formatBytes(memory)}${memoryLimits(facts)}`));
  const cpu = facts.amount("CPUUsageNSec");
  if (cpu !== undefined) lines.push(titled("CPU", formatTimespan(Number(cpu / 1000n), 1000)));
  return lines;
}

const protections = [
  ["MemoryMin", "min"],
  ["MemoryLow", "low"],
] as const;
const limits = [
  ["MemoryHigh", "high"],
  ["MemoryMax", "max"],
  ["MemorySwapMax", "swap max"],
  ["MemoryLimit", "limit"],
  ["MemoryAvailable", "available"],
] as const;

function memoryLimits(facts: Facts): string {
  const parts = [
    ...protections.flatMap(([name, word]) => {
      const value = facts.amount(name);
      return value === undefined || value === 0n ? [] : [`${word}: ${formatBytes(value)}`];
    }),
    ...limits.flatMap(([name, word]) => {
      const value = facts.amount(name);
      return value === undefined ? [] : [`${word}: ${formatBytes(value)}`];
    }),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(" ")})`;
}
