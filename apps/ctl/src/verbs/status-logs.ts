/** The last log lines below a unit's status. */
import {
  entryPrinter,
  Journal,
  type JournalEntry,
  type OutputMode,
  outputModes,
  queryEntries,
  type Selection,
} from "@steward/journal";
import { scopeOf } from "../bus/socket-path.ts";
import { listOption, type Options, textOption } from "../command-line.ts";
import { Failure } from "../failure.ts";
import { hasColours, terminalColumns } from "../print/terminal.ts";
import { currentBootId, journalDirectories } from "./journal-places.ts";

const DEFAULT_LINES = 10;

/** How many lines `--lines=` asks for. */
export function linesOption(options: Options, fallback = DEFAULT_LINES): number {
  const text = textOption(options, "lines");
  if (text === undefined) return fallback;
  if (text === "all") return Number.POSITIVE_INFINITY;
  if (!/^\+?\d+$/.test(text)) throw new Failure(`Failed to parse lines '${text}'`);
  return Number(text);
}

/** The log format that `--output=` names, short by default. */
export function outputModeOption(options: Options): OutputMode {
  const text = textOption(options, "output") ?? "short";
  if (!outputModes.includes(text as OutputMode)) throw new Failure(`Unknown output '${text}'.`);
  return text as OutputMode;
}

/** Entries of a unit in this boot since a moment of the monotonic clock, the last `lines` of them. */
export function unitEntries(
  journal: Journal,
  unit: string,
  options: Options,
  sinceMonotonicUsec: number,
): JournalEntry[] {
  const lines = linesOption(options);
  if (lines === 0) return [];
  const uid = process.getuid?.() ?? 0;
  const user = scopeOf(options, uid) === "user";
  const units: Selection = user ? { userUnits: [unit], uid } : { units: [unit] };
  const query = { selection: { ...units, bootId: currentBootId() }, ...(Number.isFinite(lines) && { lines }) };
  return [...queryEntries(journal, query)].filter(({ place }) => place.monotonicUsec >= sinceMonotonicUsec);
}

/** What stands below a status: an empty line and the entries; nothing where there are none. */
export function statusLogs(unit: string, options: Options, sinceMonotonicUsec: number): string {
  const journal = Journal.openDirectories(journalDirectories(options));
  try {
    const columns = options.full === true ? undefined : terminalColumns();
    const print = entryPrinter({
      mode: outputModeOption(options),
      colour: hasColours(),
      quiet: true,
      ...(columns !== undefined && { columns }),
      outputFields: fields(options),
    } as Parameters<typeof entryPrinter>[0]);
    const entries = unitEntries(journal, unit, options, sinceMonotonicUsec);
    const notice = entries.length > 0 || linesOption(options) > 0 ? rotated(journal, sinceMonotonicUsec) : "";
    const text = entries.map((entry) => print(entry)?.toString("utf8") ?? "").join("");
    return text === "" && notice === "" ? "" : `\n${text}${notice}`;
  } finally {
    journal.close();
  }
}

function fields(options: Options): readonly string[] | undefined {
  const list = listOption(options, "output-fields");
  return list.length > 0 ? list : undefined;
}

/** Says so when the journal's oldest entry of this boot is younger than the unit's start. */
function rotated(journal: Journal, sinceMonotonicUsec: number): string {
  if (sinceMonotonicUsec === 0 || journal.files.length === 0) return "";
  const [first] = queryEntries(journal, { selection: { bootId: currentBootId() } });
  if (first === undefined || first.place.monotonicUsec <= sinceMonotonicUsec) return "";
  return "Notice: journal has been rotated since unit was started, output may be incomplete.\n";
}
