/** stewardctl. Common verbs are found by a table and load only what they need. */
import { DBusError } from "@steward/ipc";
import { errorText, Manager } from "./bus/manager.ts";
import { parseCommandLine } from "./command-line.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { Output, writeAll } from "./output.ts";
import { findVerb } from "./verb-table.ts";

async function run(argv: readonly string[]): Promise<number> {
  const line = parseCommandLine(argv);
  const { options } = line;
  if (line.problem !== undefined) return (await import("./help.ts")).explainMistake(line);
  if (options["help"] === true || options["version"] === true || line.verb === "help" || line.verb === "completion") {
    return (await import("./help.ts")).showHelp(line);
  }
  const name = line.verb === "" ? "list-units" : line.verb;
  const verb = findVerb(name);
  if (verb === undefined) return (await import("./help.ts")).unknownVerb(name);
  if (line.args.length < (verb.min ?? 0)) throw new Failure("Too few arguments.");
  if (line.args.length > (verb.max ?? Number.POSITIVE_INFINITY)) throw new Failure("Too many arguments.");
  const context: Context = { verb: name, options, manager: new Manager(options), out: new Output() };
  try {
    const code = await (await verb.load())(context, line.args);
    if (verb.paged && process.stdout.isTTY && options["no-pager"] !== true) {
      await (await import("./print/pager.ts")).page(context.out.take());
    }
    return code;
  } finally {
    context.out.flush();
    context.manager.close();
  }
}

function explain(error: unknown): number {
  if (error instanceof Failure) {
    if (error.message !== "") writeAll(2, `${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof DBusError) {
    writeAll(2, `${errorText(error)}\n`);
    return 1;
  }
  writeAll(2, `stewardctl: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

run(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => process.exit(explain(error)),
);
