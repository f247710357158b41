import { formatTimespan } from "@steward/time";
import type { End, Program } from "../program.ts";
import type { Scenario, ScenarioAction } from "../scenario.ts";
import { jobVerbs } from "./parse-action.ts";
import { allButKill } from "./parse-program.ts";
import { signalWord } from "./words.ts";

/** A time span in one word. */
const time = (usec: number): string => (usec === 0 ? "0" : formatTimespan(usec, 1).replaceAll(" ", ""));
const word = (text: string): string => (/[\s(),#]/.test(text) || text === "" ? `"${text}"` : text);
const fields = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => word(`${name}=${value}`)).join(" ");
const signals = (numbers: readonly number[]): string => numbers.map(signalWord).join(" ");

const fileWords = { make: "create", modify: "write", remove: "remove" } as const;

function endText({ code, status }: End): string {
  if (code === "exited") return `exits ${status}`;
  return `${code === "killed" ? "dies" : "dumps"} ${signalWord(status)}`;
}

const child = (program: Program): string => {
  const text = programText(program);
  return text === "" ? "" : ` (${text})`;
};

/** A program's clauses; empty for one that runs until it is signalled. */
function programText(program: Program): string {
  const parts: string[] = [];
  if (program.spawnDelayUsec !== undefined) parts.push(`takes ${time(program.spawnDelayUsec)} to spawn`);
  if (program.execFails !== undefined) parts.push(`fails to execute ${program.execFails.status}`);
  if (program.cannotSpawn !== undefined) parts.push(`cannot be spawned "${program.cannotSpawn}"`);
  for (const { atUsec, fields: pairs } of program.notify ?? [])
    parts.push(`notifies ${fields(pairs)} after ${time(atUsec)}`);
  if (program.ownsNameUsec !== undefined) parts.push(`owns its name after ${time(program.ownsNameUsec)}`);
  if (program.letsInUsec !== undefined) parts.push(`lets in after ${time(program.letsInUsec)}`);
  for (const { atUsec, program: forked, writesPidFile } of program.forks ?? [])
    parts.push(
      `forks after ${time(atUsec)}${child(forked)}${writesPidFile === undefined ? "" : ` writing ${word(writesPidFile)}`}`,
    );
  if (program.ignores?.length === allButKill.length) parts.push("hangs");
  else if (program.ignores !== undefined && program.ignores.length > 0)
    parts.push(`ignores ${signals(program.ignores)}`);
  for (const [signal, status] of Object.entries(program.handles ?? {}))
    parts.push(`handles ${signalWord(Number(signal))} with ${status}`);
  if (program.dyingUsec !== undefined) parts.push(`takes ${time(program.dyingUsec)} to die`);
  if (program.killedUsec !== undefined) parts.push(`takes ${time(program.killedUsec)} to be killed`);
  if (program.cpuUsec !== undefined) parts.push(`uses ${time(program.cpuUsec)} cpu`);
  if (program.runsUsec !== undefined) parts.push(`runs ${time(program.runsUsec)}`);
  if (program.end !== undefined && program.runsUsec !== undefined) parts.push(endText(program.end));
  return parts.join(", ");
}

function jobText(action: Extract<ScenarioAction, { kind: "job" }>): string {
  const { job, unit, mode, reloadIfPossible } = action;
  const verb = Object.entries(jobVerbs).find(
    ([, known]) => known.job === job && known.reloadIfPossible === reloadIfPossible,
  )?.[0];
  return `${verb ?? job} ${unit}${mode === "replace" ? "" : ` --job-mode=${mode}`}`;
}

/** An action in the words of a scenario. */
export function formatAction(action: ScenarioAction): string {
  switch (action.kind) {
    case "job":
      return jobText(action);
    case "kill":
      return `kill ${action.unit} --signal=${signalWord(action.signal)} --kill-whom=${action.whom}`;
    case "resetFailed":
      return action.unit === undefined ? "reset-failed" : `reset-failed ${action.unit}`;
    case "cancel":
      return `cancel ${action.unit}`;
    case "clearJobs":
      return "cancel";
    case "daemonReload":
      return "daemon-reload";
    case "nextSpawn":
      return `${action.unit} ${programText(action.fault)}`;
    case "clock":
      return `clock ${action.byUsec < 0 ? "back" : "forward"} ${time(Math.abs(action.byUsec))}`;
    case "suspend":
      return `suspend ${time(action.usec)}`;
    case "elapse":
      return `${action.unit} elapses`;
    case "condition":
      return `${action.unit} conditions ${action.holds ? "hold" : "fail"}`;
    case "connect":
      return `connect ${action.unit}`;
    case "file":
      return `${fileWords[action.what]} ${word(action.path)}`;
    case "mount":
      return `${action.there ? "mount" : "unmount"} ${action.unit}`;
    case "scope":
      return `scope ${action.unit}${action.programs.map((program) => ` (${programText(program) || "runs forever"})`).join("")}`;
    case "freeze":
      return `${action.frozen ? "freeze" : "thaw"} ${action.unit}`;
    case "clean":
      return `clean ${action.unit}`;
    case "oomKill":
      return `${action.unit} oom`;
    case "managerDies":
      return action.afterEffects === 0 ? "manager dies" : `manager dies after ${action.afterEffects} effects`;
    case "process":
      return `${action.unit} ${actText(action.does)}`;
  }
}

function actText(does: Extract<ScenarioAction, { kind: "process" }>["does"]): string {
  switch (does.kind) {
    case "ends":
      return endText(does.end);
    case "hangs":
      return "hangs";
    case "ignores":
      return `ignores ${signals(does.signals)}`;
    case "notifies":
      return `notifies ${fields(does.fields)}`;
    case "forks":
      return `forks${child(does.program)}`;
  }
}

/** A scenario as its file: what parseScenario reads back. */
export function formatScenario(scenario: Scenario): string {
  const lines: string[] = scenario.directories.map((directory) => `units ${word(directory)}`);
  for (const [name, text] of Object.entries(scenario.units))
    lines.push(`unit ${name}`, ...text.split("\n").flatMap((line) => (line === "" ? [] : [`  ${line}`])), "end", "");
  for (const [key, program] of Object.entries(scenario.programs)) {
    const text = programText(program);
    lines.push(`program ${key} ${text === "" ? "runs forever" : text}`);
  }
  for (const unit of scenario.unmet) lines.push(`unmet ${unit}`);
  if (lines.at(-1) !== "") lines.push("");
  for (const { atUsec, action } of scenario.steps) lines.push(`at ${time(atUsec)} ${formatAction(action)}`);
  if (scenario.untilUsec !== undefined) lines.push(`until ${time(scenario.untilUsec)}`);
  return `${lines.join("\n")}\n`;
}
