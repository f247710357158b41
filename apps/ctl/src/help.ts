/** Help and mistakes: the only place that loads yargs. */
import yargs from "yargs";
import type { CommandLine } from "./command-line.ts";
import { program } from "./context.ts";
import { Failure } from "./failure.ts";
import { optionTable } from "./option-table.ts";
import { writeAll } from "./output.ts";
import { allVerbs } from "./verb-table.ts";

const VERSION = "0.1.0";

function parser(argv: readonly string[]): ReturnType<typeof yargs> {
  let built = yargs([...argv])
    .scriptName(program)
    .usage(`${program} [OPTION…] VERB [NAME…]\n\nAsk and control steward, the service manager.`)
    .help(false)
    .version(false)
    .command("completion", "Print a completion script for bash, zsh or fish")
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

/** --help and --version. */
export async function showHelp(line: CommandLine): Promise<number> {
  if (line.options.version === true) {
    writeAll(1, `${program} ${VERSION}\n`);
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
