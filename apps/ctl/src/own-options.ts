/** Options of verbs that are programs of their own beside systemctl: analyze, escape, import, replay, run, simulate, verify. */
import { type Options, parseArguments } from "./command-line.ts";
import { type Context, program } from "./context.ts";
import { Failure } from "./failure.ts";
import type { OptionRow } from "./option-table.ts";

export interface OwnArguments {
  /** The verb's own options over those that stood before it. */
  readonly options: Options;
  readonly words: readonly string[];
}

/** Reads a verb's own options; undefined where help was asked for and printed. */
export function ownArguments(
  context: Context,
  args: readonly string[],
  table: readonly OptionRow[],
  usage: string,
  stops: "any" | readonly string[] = [],
): OwnArguments | undefined {
  const { words, options, problem } = parseArguments(args, table, stops);
  if (problem !== undefined) throw new Failure(`${program} ${context.verb}: ${problem}`);
  if (options.help === true) {
    context.out.line(`${program} ${context.verb} ${usage}\n`);
    for (const row of table) context.out.line(`  ${optionText(row).padEnd(26)} ${row.help}`);
    return undefined;
  }
  return { words, options: { ...context.options, ...options } };
}

function optionText({ name, short, kind }: OptionRow): string {
  const value = kind === "flag" ? "" : kind === "optional" ? "[=VALUE]" : "=VALUE";
  return `${short === undefined ? "   " : `-${short} `}--${name}${value}`;
}

/** A boolean option that may stand alone (systemd's parse_boolean); undefined where it was not given. */
export function booleanOption(options: Options, key: string): boolean | undefined {
  const value = options[key];
  if (value === undefined) return undefined;
  if (value === true || value === "" || /^(1|yes|y|true|t|on)$/i.test(String(value))) return true;
  if (/^(0|no|n|false|f|off)$/i.test(String(value))) return false;
  throw new Failure(`Failed to parse --${key}= argument "${String(value)}": Invalid argument`);
}
