/**
 * stewardctl. This file and what it imports is bundled alone and small, because scripts ask is-active all the time; anything
 * else is the second bundle, which full.ts begins.
 */
import { Manager } from "./bus/manager.ts";
import { type CommandLine, parseCommandLine } from "./command-line.ts";
import type { Run } from "./context.ts";
import { Output, writeAll } from "./output.ts";
import { isGlob } from "./unit-name.ts";
import { isActive, isFailed } from "./verbs/state-query.ts";

const quick: { readonly [verb: string]: Run } = { "is-active": isActive, "is-failed": isFailed };

async function run(line: CommandLine): Promise<number> {
  const verb = Object.hasOwn(quick, line.verb) ? quick[line.verb] : undefined;
  const { verb: name, args, options, problem } = line;
  const simple = problem === undefined && options.help !== true && args.length > 0 && !args.some(isGlob);
  if (verb === undefined || !simple) return (await import("./full.ts")).run(line);
  const context = { verb: name, options, manager: new Manager(options), out: new Output() };
  try {
    return await verb(context, args);
  } finally {
    context.out.flush();
  }
}

/** Failures say their exit code, D-Bus errors are told; anything else is a mistake of ours and shows where. */
function explain(error: unknown): number {
  const {
    code,
    message = String(error),
    stack,
    exitCode,
    errorName,
  } = error as Partial<Error & { code: string; exitCode: number; errorName: string }>;
  const denied = errorName === "org.freedesktop.DBus.Error.AccessDenied" ? "Access denied" : message;
  const known = code === "CTL_FAILURE" || code === "DBUS_ERROR";
  const text = known ? denied : `stewardctl: ${stack ?? message}`;
  if (text !== "") writeAll(2, `${text}\n`);
  return exitCode ?? 1;
}

run(parseCommandLine(process.argv.slice(2))).then(
  (code) => process.exit(code),
  (error: unknown) => process.exit(explain(error)),
);
