/** replay: runs what a real daemon recorded through this build's core again, and says where it goes another way. */
import { Replay, type ReplayDifference, type ValueDifference } from "@steward/state-machine";
import { scopeOf } from "../bus/socket-path.ts";
import type { Options } from "../command-line.ts";
import type { Context } from "../context.ts";
import type { OptionRow } from "../option-table.ts";
import { ownArguments } from "../own-options.ts";
import { highlight, highlightGreen, highlightRed, highlightYellow } from "../print/terminal.ts";
import { printJson, wantsJson } from "../verbs/filters.ts";
import { filesOf, type RecordFile, readRecord, usualRecord } from "./record-files.ts";
import { DefinitionSupply } from "./supply.ts";

const table: readonly OptionRow[] = [
  { name: "help", short: "h", kind: "flag", help: "Show this help" },
  { name: "output", short: "o", kind: "value", help: "json, or json-pretty, in place of text" },
  { name: "root", kind: "value", help: "Take the unit files below this directory, where the record has none" },
  { name: "user", kind: "flag", help: "The record of this user's manager" },
  { name: "system", kind: "flag", help: "The record of the system's manager" },
];

interface Stretch {
  readonly file: string;
  readonly steps: number;
  /** The last line was torn. */
  readonly torn: boolean;
  /** Where it goes another way. */
  readonly line?: number;
  readonly difference?: ReplayDifference;
  /** It begins with another state than the file before ends with. */
  readonly begins?: ValueDifference;
}

export async function replay(context: Context, args: readonly string[]): Promise<number> {
  const own = ownArguments(context, args, table, "[OPTION…] [RECORD…]");
  if (own === undefined) return 0;
  const { options } = own;
  const names = own.words.length > 0 ? own.words : [usualRecord(scopeOf(options, process.getuid?.() ?? 0))];
  const files = names.flatMap((name) => (own.words.length > 1 ? [name] : filesOf(name)));
  const { stretches, supply } = replayFiles(files, options);
  const same = stretches.every(({ difference, begins }) => difference === undefined && begins === undefined);
  const inner = { ...context, options };
  if (wantsJson(inner))
    printJson(inner, {
      same,
      files: stretches,
      fromDisk: [...supply.fromDisk].sort(),
      changed: [...supply.changed].sort(),
    });
  else print(context, stretches, supply);
  return same ? 0 : 1;
}

function replayFiles(
  paths: readonly string[],
  options: Options,
): { stretches: readonly Stretch[]; supply: DefinitionSupply } {
  const supply = new DefinitionSupply(options);
  const stretches: Stretch[] = [];
  let before: { readonly instance: string; readonly replay: Replay } | undefined;
  for (const path of paths) {
    const file = readRecord(path);
    const { snapshot } = file;
    const begins = before?.instance === snapshot.instance ? before.replay.compare(snapshot.core) : undefined;
    const again = new Replay(snapshot.core, snapshot.definitions ?? [], (load) => supply.supply(load));
    const stretch = replayOne(file, again);
    stretches.push(begins === undefined ? stretch : { ...stretch, begins });
    // What went another way once goes on to; the first place is what there is to say.
    if (stretch.difference !== undefined) break;
    before = { instance: snapshot.instance, replay: again };
  }
  return { stretches, supply };
}

function replayOne({ path, steps, torn }: RecordFile, again: Replay): Stretch {
  for (const { line, step } of steps) {
    const difference = again.step(step);
    if (difference !== undefined) return { file: path, steps: again.steps, torn, line, difference };
  }
  return { file: path, steps: again.steps, torn };
}

const shorten = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
const valueText = (value: unknown): string => (value === undefined ? "nothing" : shorten(JSON.stringify(value)));

/** An event with everything that it says, but for the clocks and definitions. */
function eventText({ event }: ReplayDifference): string {
  const words = Object.entries(event)
    .filter(([key, value]) => !["kind", "now", "units", "builtin", "searchPath"].includes(key) && value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === "object" ? JSON.stringify(value) : value}`);
  return shorten([event.kind, ...words].join(" "));
}

function print({ out }: Context, stretches: readonly Stretch[], { fromDisk, changed }: DefinitionSupply): void {
  for (const { file, steps, torn, line, difference, begins } of stretches) {
    if (begins !== undefined)
      out.line(
        `${file}:1: ${highlightYellow("begins with another state than the file before ends with")}: ${begins.path}: recorded ${valueText(begins.recorded)}, replayed ${valueText(begins.replayed)}`,
      );
    if (difference === undefined) {
      out.line(
        `${file}: ${steps} steps, ${highlightGreen("the same states")}${torn ? " (the last line is torn)" : ""}`,
      );
      continue;
    }
    out.line(`${file}:${line}: ${highlightRed("goes another way")} at step ${difference.step + 1}`);
    out.line(`  event     ${highlight(eventText(difference))}`);
    out.line(`  differs   ${difference.what}${difference.path === "" ? "" : `: ${difference.path}`}`);
    out.line(`  recorded  ${valueText(difference.recorded)}`);
    out.line(`  replayed  ${valueText(difference.replayed)}`);
  }
  if (fromDisk.size === 0) return;
  out.line(`${fromDisk.size} units were read from the disk; only a record of stewardd --record=full has its own.`);
  for (const path of changed) out.line(`${highlightYellow("changed since")}: ${path}`);
}
