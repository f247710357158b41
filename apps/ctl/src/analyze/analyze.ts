/** analyze: the verbs of systemd-analyze(1) that look into files, times and conditions. Each is loaded when it is called. */
import { type Context, program, type Run } from "../context.ts";
import { Failure } from "../failure.ts";
import type { OptionRow } from "../option-table.ts";
import { ownArguments } from "../own-options.ts";

/** The options of analyze. */
export const analyzeOptions: readonly OptionRow[] = [
  { name: "help", short: "h", kind: "flag", help: "Show this help" },
  { name: "output", short: "o", kind: "value", help: "json, or json-pretty, in place of tables" },
  { name: "json", kind: "value", help: "security: pretty, short or off" },
  { name: "root", kind: "value", help: "Work on the files below this directory" },
  { name: "user", kind: "flag", help: "This user's units" },
  { name: "system", kind: "flag", help: "The system's units" },
  { name: "global", kind: "flag", help: "All users' units" },
  { name: "no-pager", kind: "flag", help: "Do not pipe output into a pager" },
  { name: "quiet", short: "q", kind: "flag", help: "No hints" },
  { name: "iterations", kind: "value", help: "calendar: how many elapses to show" },
  { name: "base-time", kind: "value", help: "calendar: relative to this time" },
  { name: "unit", kind: "value", help: "condition: those of this unit" },
  { name: "order", kind: "flag", help: "dot: only ordering" },
  { name: "require", kind: "flag", help: "dot: only requirements" },
  { name: "from-pattern", kind: "list", help: "dot: only from units of this name" },
  { name: "to-pattern", kind: "list", help: "dot: only to units of this name" },
  { name: "man", kind: "optional", help: "verify: whether man pages must be there" },
  { name: "recursive-errors", kind: "value", help: "verify: which units count: yes, no or one" },
  { name: "generators", kind: "optional", help: "verify: accepted for systemd-analyze's sake" },
  { name: "offline", kind: "value", help: "security: names are files; files are read in any case" },
  { name: "threshold", kind: "value", help: "security: fail above this exposure, out of 100" },
  { name: "security-policy", kind: "value", help: "security: a JSON file with weights and words of one's own" },
  { name: "profile", kind: "value", help: "security: with this portable profile" },
];

const verbs: { readonly [name: string]: () => Promise<Run> } = {
  calendar: async () => (await import("./times.ts")).calendar,
  timespan: async () => (await import("./times.ts")).timespan,
  timestamp: async () => (await import("./times.ts")).timestamp,
  "unit-paths": async () => (await import("./listings.ts")).unitPaths,
  "exit-status": async () => (await import("./listings.ts")).exitStatus,
  capability: async () => (await import("./listings.ts")).capability,
  "syscall-filter": async () => (await import("./listings.ts")).syscallFilter,
  "unit-files": async () => (await import("./unit-files.ts")).unitFiles,
  "cat-config": async () => (await import("./cat-config.ts")).catConfig,
  condition: async () => (await import("./condition.ts")).condition,
  verify: async () => (await import("../verify/verify.ts")).verifyFiles,
  security: async () => (await import("./security/security.ts")).security,
  dot: async () => (await import("./dot.ts")).dot,
};

/** The names of analyze's verbs. */
export const analyzeVerbs: readonly string[] = Object.keys(verbs);

export async function analyze(context: Context, args: readonly string[]): Promise<number> {
  const own = ownArguments(context, args, analyzeOptions, `[OPTION…] ${Object.keys(verbs).join("|")} [ARGUMENT…]`);
  if (own === undefined) return 0;
  const [name, ...words] = own.words;
  if (name === undefined) throw new Failure(`Too few arguments. Verbs: ${Object.keys(verbs).join(", ")}.`);
  const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (load === undefined) throw new Failure(`Unknown verb ${name} of ${program} analyze.`);
  const { json } = own.options;
  const output = json === "short" ? "json" : json === "pretty" ? "json-pretty" : own.options.output;
  const options = output === undefined ? own.options : { ...own.options, output };
  return (await load())({ ...context, verb: name, options }, words);
}
