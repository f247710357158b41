/** The whole program: every verb, found by a table, each in a file that is loaded when it is called. */
import { Manager } from "./bus/manager.ts";
import type { CommandLine } from "./command-line.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { Output } from "./output.ts";
import { findVerb } from "./verb-table.ts";

/** What a completion script asks with. */
const completionFlag = "--get-yargs-completions";

/** Runs a command line; gives the exit code. */
export async function run(line: CommandLine): Promise<number> {
  const { options } = line;
  if (process.argv.includes(completionFlag)) return (await import("./help.ts")).complete();
  if (line.problem !== undefined) return (await import("./help.ts")).explainMistake(line);
  if (options.help === true || options.version === true || line.verb === "help" || line.verb === "completion") {
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
