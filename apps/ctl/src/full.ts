/** The whole program: every verb, found by a table, each in a file that is loaded when it is called. */
import { Manager } from "./bus/manager.ts";
import type { CommandLine } from "./command-line.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { Output } from "./output.ts";
import { findVerb } from "./verb-table.ts";

/** Runs a command line; gives the exit code. */
export async function run(line: CommandLine): Promise<number> {
  const { options } = line;
  // What is completed may be half a command line: it is not read as one.
  const at = process.argv.indexOf("completion", 2);
  if (at === 2) return (await import("./completion/completion.ts")).completion(process.argv.slice(3));
  if (line.problem !== undefined) return (await import("./help.ts")).explainMistake(line);
  if (options.help === true || options.version === true || line.verb === "help") {
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
