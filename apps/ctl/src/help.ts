/** Help, mistakes and completion: the only place that loads yargs. */
import type { Value } from "@steward/ipc";
import yargs from "yargs";
import type { CommandLine } from "./command-line.ts";
import { program } from "./context.ts";
import { Failure } from "./failure.ts";
import { optionTable } from "./option-table.ts";
import { writeAll } from "./output.ts";
import { allVerbs, findVerb } from "./verb-table.ts";

const VERSION = "0.1.0";

function parser(argv: readonly string[]): ReturnType<typeof yargs> {
  let built = yargs([...argv])
    .scriptName(program)
    .usage(`${program} [OPTION…] VERB [NAME…]\n\nAsk and control steward, the service manager.`)
    .help(false)
    .version(false)
    .completion("completion", "Print a completion script for bash or zsh", (_, { _: words }) =>
      candidates(words.map(String)),
    )
    .wrap(Math.min(100, process.stdout.columns || 80))
    .epilogue(
      "Verbs, options, output and exit codes are those of systemctl(1); `logs` takes the options of journalctl(1).",
    );
  for (const [name, { help }] of allVerbs()) built = built.command(name, help);
  for (const { name, short, kind, help } of optionTable) {
    if (name.length === 1) continue;
    const alias = short === undefined ? {} : { alias: short };
    built = built.option(name, { ...alias, type: kind === "flag" ? "boolean" : "string", describe: help });
  }
  return built;
}

/** What may stand at the end of a command line: a verb, then units (file names where the verb is about files). */
async function candidates(words: readonly string[]): Promise<readonly string[]> {
  const given = words.filter((word) => word !== program);
  const verb = given[0] ?? "";
  if (given.length <= 1 && findVerb(verb) === undefined) return allVerbs().map(([name]) => name);
  const { Manager } = await import("./bus/manager.ts");
  const manager = new Manager(process.argv.includes("--user") ? { user: true } : {});
  try {
    const isFileVerb = /^(enable|disable|reenable|preset|mask|unmask|is-enabled|revert|link|add-)/.test(verb);
    if (isFileVerb)
      return names((await manager.call("ListUnitFiles"))[0], ([path]) => path.slice(path.lastIndexOf("/") + 1));
    return names((await manager.call("ListUnits"))[0], ([name]) => name);
  } catch {
    return [];
  } finally {
    manager.close();
  }
}

function names(rows: Value | undefined, pick: (row: readonly [string]) => string): string[] {
  return (rows as unknown as readonly (readonly [string])[]).map(pick);
}

/** Answers a completion script. */
export async function complete(): Promise<number> {
  await parser(process.argv.slice(2)).parseAsync();
  return 0;
}

/** --help, --version and completion. */
export async function showHelp(line: CommandLine): Promise<number> {
  if (line.options.version === true) {
    writeAll(1, `${program} ${VERSION}\n`);
    return 0;
  }
  if (line.verb === "completion") {
    await parser(["completion", ...line.args]).parseAsync();
    return 0;
  }
  writeAll(1, `${await parser([]).getHelp()}\n`);
  return 0;
}

/** An option that is not understood. */
export function explainMistake({ problem }: CommandLine): number {
  throw new Failure(`${program}: ${problem}`);
}

/** A verb that does not exist, with the nearest that does. */
export function unknownVerb(verb: string): number {
  const near = allVerbs()
    .map(([name]) => ({ name, distance: editDistance(verb, name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint = near !== undefined && near.distance <= 2 ? `\nDid you mean "${near.name}"?` : "";
  throw new Failure(`Unknown command verb ${verb}.${hint}`);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
