/** escape: systemd-escape(1). */
import { encodeUtf8 } from "@steward/unit-file";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { OptionRow } from "../option-table.ts";
import { writeAll } from "../output.ts";
import { ownArguments } from "../own-options.ts";
import { convert, type EscapeMode, modeProblem } from "./convert.ts";

const table: readonly OptionRow[] = [
  { name: "help", short: "h", kind: "flag", help: "Show this help" },
  { name: "suffix", kind: "value", help: "A unit type to append" },
  { name: "template", kind: "value", help: "Put the strings into this template as instances" },
  { name: "instance", kind: "flag", help: "With --unescape: only the instance" },
  { name: "unescape", short: "u", kind: "flag", help: "Undo the escaping", key: "action", value: "unescape" },
  {
    name: "mangle",
    short: "m",
    kind: "flag",
    help: "Escape only what a name cannot hold",
    key: "action",
    value: "mangle",
  },
  { name: "path", short: "p", kind: "flag", help: "The strings are paths" },
];

export async function escapeVerb(context: Context, args: readonly string[]): Promise<number> {
  const own = ownArguments(context, args, table, "[OPTION…] NAME…");
  if (own === undefined) return 0;
  const { options, words } = own;
  const action = textOption(options, "action") ?? "escape";
  const mode: EscapeMode = {
    action: action as EscapeMode["action"],
    suffix: textOption(options, "suffix"),
    template: textOption(options, "template"),
    instance: options.instance === true,
    path: options.path === true,
  };
  const wrong = modeProblem(mode, words.length);
  if (wrong !== undefined) throw new Failure(wrong);
  const done: string[] = [];
  for (const word of words) {
    const result = convert(word, mode);
    if ("problem" in result) {
      // systemd-escape writes what it has before it fails.
      writeAll(1, encodeUtf8(done.join(" ")));
      throw new Failure(result.problem);
    }
    if (result.warning !== undefined) context.out.error(result.warning);
    done.push(result.text);
  }
  writeAll(1, encodeUtf8(`${done.join(" ")}\n`));
  return 0;
}
