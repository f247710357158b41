import type { JobMode, JobType } from "@steward/graph";
import type { ScenarioAction } from "../scenario.ts";
import { parseCannot, parseChild, parseEnd, parseFields, parseSignals } from "./parse-program.ts";
import { LineError, type Words } from "./words.ts";

/** systemctl's verbs, and the job that each asks for. */
export const jobVerbs: Readonly<Record<string, { readonly job: JobType; readonly reloadIfPossible?: true }>> = {
  start: { job: "start" },
  stop: { job: "stop" },
  restart: { job: "restart" },
  "try-restart": { job: "try-restart" },
  reload: { job: "reload" },
  "reload-or-start": { job: "reload-or-start" },
  "reload-or-restart": { job: "restart", reloadIfPossible: true },
  "try-reload-or-restart": { job: "try-restart", reloadIfPossible: true },
};

const modes: readonly JobMode[] = [
  "replace",
  "fail",
  "replace-irreversibly",
  "isolate",
  "flush",
  "ignore-dependencies",
  "ignore-requirements",
  "triggering",
  "restart-dependencies",
];

const others = [
  "isolate",
  "kill",
  "reset-failed",
  "cancel",
  "daemon-reload",
  "freeze",
  "thaw",
  "clean",
  "scope",
  "mount",
  "unmount",
  "connect",
  "create",
  "write",
  "remove",
  "clock",
  "suspend",
  "manager",
] as const;
const fileVerbs = { create: "make", write: "modify", remove: "remove" } as const;
/** What stands first in an action, besides a unit. */
const actionWords: readonly string[] = [...Object.keys(jobVerbs), ...others];

const acts = [
  "exits",
  "dies",
  "dumps",
  "hangs",
  "ignores",
  "notifies",
  "forks",
  "cannot",
  "takes",
  "elapses",
  "conditions",
  "oom",
] as const;

/** `--NAME=VALUE`, with the column of the value. */
function option(words: Words, name: string): { readonly value: string; readonly column: number } | undefined {
  const word = words.peek();
  if (word === undefined || !word.startsWith(`--${name}=`)) return undefined;
  const column = words.column + name.length + 3;
  words.take(word);
  return { value: word.slice(name.length + 3), column };
}

function parseMode(words: Words, otherwise: JobMode): JobMode {
  const given = option(words, "job-mode");
  if (given === undefined) return otherwise;
  if (!modes.includes(given.value as JobMode))
    throw new LineError(
      given.column,
      `"${given.value}" is no job mode. Expected one of ${modes.join(", ")} (systemctl(1), --job-mode=).`,
    );
  return given.value as JobMode;
}

function parseKill(words: Words): ScenarioAction {
  const unit = words.unit();
  let whom: "main" | "control" | "all" = "all";
  let signal = 15;
  while (!words.isEmpty) {
    const kill = option(words, "kill-whom");
    if (kill !== undefined) {
      if (kill.value !== "main" && kill.value !== "control" && kill.value !== "all")
        throw new LineError(
          kill.column,
          `"${kill.value}" is nobody. Expected main, control or all (systemctl(1), --kill-whom=).`,
        );
      whom = kill.value;
      continue;
    }
    if (!words.take("--signal")) {
      const given = option(words, "signal");
      if (given === undefined) words.fail("Expected --signal=SIGNAL or --kill-whom=main, control or all");
      signal = words.signalOf(given.value, given.column);
    } else signal = words.signal();
  }
  return { kind: "kill", unit, whom, signal };
}

/** What happens to a unit: `UNIT exits 1`. */
function parseUnitAct(words: Words): ScenarioAction {
  const unit = words.unit();
  const act = words.choose(acts);
  switch (act) {
    case "exits":
    case "dies":
    case "dumps":
      return { kind: "process", unit, does: { kind: "ends", end: parseEnd(words, act) } };
    case "hangs":
      return { kind: "process", unit, does: { kind: "hangs" } };
    case "ignores":
      return { kind: "process", unit, does: { kind: "ignores", signals: parseSignals(words) } };
    case "notifies":
      return { kind: "process", unit, does: { kind: "notifies", fields: parseFields(words) } };
    case "forks":
      return { kind: "process", unit, does: { kind: "forks", program: parseChild(words) } };
    case "cannot":
      return { kind: "nextSpawn", unit, fault: { cannotSpawn: parseCannot(words) } };
    case "takes": {
      const spawnDelayUsec = words.time();
      words.need("to");
      words.need("spawn");
      return { kind: "nextSpawn", unit, fault: { spawnDelayUsec } };
    }
    case "elapses":
      return { kind: "elapse", unit };
    case "conditions":
      return { kind: "condition", unit, holds: words.choose(["hold", "fail"]) === "hold" };
    case "oom":
      return { kind: "oomKill", unit };
  }
}

/** `scope UNIT (CLAUSES)…`: one bracket for each process; none is one that runs. */
function parseScope(words: Words): ScenarioAction {
  const unit = words.unit();
  const programs = [parseChild(words)];
  while (words.peek() === "(") programs.push(parseChild(words));
  return { kind: "scope", unit, programs };
}

/** What somebody does, or what befalls the machine: the rest of an `at` line. */
export function parseAction(words: Words): ScenarioAction {
  const first = words.peek();
  if (first === undefined) words.fail(`Expected ${actionWords.join(", ")}, or the name of a unit`);
  const verb = Object.hasOwn(jobVerbs, first) ? jobVerbs[first] : undefined;
  if (verb !== undefined) {
    words.take(first);
    return { kind: "job", unit: words.unit(), mode: parseMode(words, "replace"), ...verb };
  }
  if (first.includes(".") && !others.includes(first as "isolate")) return parseUnitAct(words);
  switch (words.choose([...others, ...(Object.keys(jobVerbs) as "isolate"[])])) {
    case "isolate":
      return { kind: "job", job: "start", unit: words.unit(), mode: parseMode(words, "isolate") };
    case "kill":
      return parseKill(words);
    case "reset-failed":
      return words.isEmpty ? { kind: "resetFailed" } : { kind: "resetFailed", unit: words.unit() };
    case "cancel":
      return words.isEmpty ? { kind: "clearJobs" } : { kind: "cancel", unit: words.unit() };
    case "daemon-reload":
      return { kind: "daemonReload" };
    case "freeze":
      return { kind: "freeze", unit: words.unit(), frozen: true };
    case "thaw":
      return { kind: "freeze", unit: words.unit(), frozen: false };
    case "clean":
      return { kind: "clean", unit: words.unit() };
    case "mount":
      return { kind: "mount", unit: words.unit(), there: true };
    case "unmount":
      return { kind: "mount", unit: words.unit(), there: false };
    case "scope":
      return parseScope(words);
    case "connect":
      return { kind: "connect", unit: words.unit() };
    case "create":
    case "write":
    case "remove":
      return { kind: "file", what: fileVerbs[first as keyof typeof fileVerbs], path: words.path() };
    case "clock": {
      const sign = words.choose(["forward", "back"]) === "back" ? -1 : 1;
      return { kind: "clock", byUsec: sign * words.time() };
    }
    case "suspend":
      return { kind: "suspend", usec: words.time() };
    case "manager": {
      words.need("dies");
      if (!words.take("after")) return { kind: "managerDies", afterEffects: 0 };
      const afterEffects = words.number("a number of effects", 1_000_000);
      words.need("effects");
      return { kind: "managerDies", afterEffects };
    }
  }
}
