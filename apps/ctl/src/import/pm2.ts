/** A pm2 ecosystem file (JSON) to unit files. */
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { escapeName } from "@steward/unit-file";
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

type App = Readonly<Record<string, unknown>>;

const interpreters: readonly (readonly [RegExp, string])[] = [
  [/\.(js|mjs|cjs)$/, "node"],
  [/\.py$/, "python3"],
  [/\.(sh|bash)$/, "bash"],
  [/\.rb$/, "ruby"],
  [/\.pl$/, "perl"],
  [/\.php$/, "php"],
];

/** Keys without a counterpart, with the reason. */
const reasons: Readonly<Record<string, string>> = {
  watch: "nothing watches files; use a path unit",
  ignore_watch: "nothing watches files; use a path unit",
  exec_mode: "processes do not share a port; use a socket unit",
  cron_restart: "use a timer unit",
  wait_ready: "use Type=notify",
  listen_timeout: "use TimeoutStartSec= with Type=notify",
  exp_backoff_restart_delay: "the delay does not grow",
  log_date_format: "the journal keeps times",
  merge_logs: "the journal keeps all instances",
  combine_logs: "the journal keeps all instances",
  pid_file: "the manager knows its processes",
  source_map_support: "give node --enable-source-maps",
};

export function importPm2(text: string, file: string): Imported {
  const notes: Note[] = [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { units: [], notes: [{ file, line: 0, message: `Not JSON: ${(error as Error).message}` }] };
  }
  const { apps } = parsed as { apps?: unknown };
  const list = Array.isArray(parsed) ? parsed : Array.isArray(apps) ? apps : [apps ?? parsed];
  const lineOf = (key: string, name: string): number => {
    const start = Math.max(0, text.indexOf(`"${name}"`));
    const at = text.indexOf(`"${key}"`, start);
    const found = at >= 0 ? at : text.indexOf(`"${key}"`);
    return found < 0 ? 0 : text.slice(0, found).split("\n").length;
  };
  const units = list.flatMap((app: unknown) =>
    typeof app === "object" && app !== null ? importApp(app as App, file, lineOf, notes) : [],
  );
  if (typeof parsed === "object" && parsed !== null && "deploy" in parsed)
    notes.push({
      file,
      line: lineOf("deploy", "deploy"),
      message: "deploy is not carried over: units run what is there",
    });
  return { units, notes };
}

function importApp(
  app: App,
  file: string,
  lineOf: (key: string, name: string) => number,
  notes: Note[],
): ImportedUnit[] {
  const taken = new Set(["name", "script", "args", "interpreter", "interpreter_args", "node_args", "instances", "env"]);
  const get = (...keys: readonly string[]): string | undefined => {
    for (const key of keys) taken.add(key);
    const found = keys.map((key) => app[key]).find((value) => value !== undefined);
    return found === undefined ? undefined : String(found);
  };
  const script = String(app.script ?? "");
  const name = String(app.name ?? script.replace(/^.*\//, "").replace(/\.[^.]*$/, ""));
  const say = (key: string, message: string): void => {
    notes.push({ file, line: lineOf(key, String(app.name ?? script)), message });
  };
  if (script === "") {
    say("name", `${name || "an app"} has no script and is left out`);
    return [];
  }
  const cwd = resolve(dirname(resolve(file)), get("cwd") ?? ".");
  const count = app.instances === "max" ? availableParallelism() : Number(app.instances ?? 1) || availableParallelism();
  const milliseconds = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : /^\d+$/.test(text) ? `${text}ms` : text;
  const memory = get("max_memory_restart");
  const maxRestarts = get("max_restarts");
  const minUptime = get("min_uptime");
  const log = (text: string | undefined): string | undefined =>
    text === undefined || text === ""
      ? undefined
      : text === "/dev/null" || text === "NULL"
        ? "null"
        : `append:${literal(resolve(cwd, text))}`;
  const environment = Object.entries((app.env ?? {}) as Readonly<Record<string, unknown>>);
  const text = unitText(`${name} of ${file}`, [
    [
      "Unit",
      [
        ["Description", literal(name)],
        ["After", "network.target"],
        ["PartOf", count > 1 ? `${escapeName(name).replaceAll("\\x2d", "-")}.target` : undefined],
        ["StartLimitBurst", maxRestarts],
        ["StartLimitIntervalSec", milliseconds(minUptime)],
      ],
    ],
    [
      "Service",
      [
        ["ExecStart", commandOf(app, script, cwd).map(commandWord).join(" ")],
        ["WorkingDirectory", literal(cwd)],
        ["User", get("user", "uid")],
        ["Group", get("gid")],
        ...environment.map(([key, value]) => ["Environment", assignment(key, String(value))] as const),
        ["Environment", count > 1 ? "NODE_APP_INSTANCE=%i" : undefined],
        ["Restart", get("autorestart") === "false" ? "no" : "always"],
        ["RestartSec", milliseconds(get("restart_delay"))],
        ["RestartPreventExitStatus", get("stop_exit_codes")?.replaceAll(",", " ")],
        ["KillSignal", "SIGINT"],
        ["TimeoutStopSec", milliseconds(get("kill_timeout") ?? "1600")],
        ["KillMode", get("treekill") === "false" ? "process" : undefined],
        ["MemoryMax", memory],
        ["StandardOutput", log(get("out_file", "output", "log_file"))],
        ["StandardError", log(get("error_file", "error")) ?? "journal"],
      ],
    ],
    ["Install", count > 1 ? [] : [["WantedBy", "multi-user.target"]]],
  ]);
  if (memory !== undefined)
    say(
      "max_memory_restart",
      "max_memory_restart became MemoryMax=: the kernel ends what takes more, in place of a restart",
    );
  for (const key of Object.keys(app))
    if (!taken.has(key))
      say(
        key,
        `${key} is not carried over: ${reasons[key] ?? (key.startsWith("env_") ? "one unit has one environment; use drop-ins" : "no counterpart")}`,
      );
  const base = escapeName(name).replaceAll("\\x2d", "-");
  if (count === 1) return [{ name: `${base}.service`, text }];
  const wants = Array.from({ length: count }, (_, index) => `${base}@${index}.service`).join(" ");
  const target = unitText(`${name} of ${file}`, [
    [
      "Unit",
      [
        ["Description", literal(name)],
        ["Wants", wants],
      ],
    ],
    ["Install", [["WantedBy", "multi-user.target"]]],
  ]);
  return [
    { name: `${base}@.service`, text },
    { name: `${base}.target`, text: target },
  ];
}

function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === undefined ? [] : (shellWords(String(value)) ?? [String(value)]);
}

/** The interpreter follows from the script's suffix unless it is given; "none" runs the script itself. */
function commandOf(app: App, script: string, cwd: string): readonly string[] {
  const given =
    app.interpreter === undefined ? interpreters.find(([suffix]) => suffix.test(script))?.[1] : String(app.interpreter);
  const path = script.includes("/") || given !== undefined ? resolve(cwd, script) : script;
  const args = wordsOf(app.args);
  if (given === undefined || given === "none") return [path, ...args];
  return [given, ...wordsOf(app.interpreter_args ?? app.node_args), path, ...args];
}
