/** logs: journalctl's selections and formats, for this manager's journal (journalctl(1)). */
import {
  entryPrinter,
  findBoot,
  grepPattern,
  Journal,
  type JournalEntry,
  listBoots,
  newEntries,
  priorityRange,
  type Query,
  queryEntries,
  type Selection,
  watchDirectories,
} from "@steward/journal";
import { parseTimestamp } from "@steward/time";
import { scopeOf } from "../bus/socket-path.ts";
import { listOption, type Options, textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { writeAll } from "../output.ts";
import { nowUsec } from "../print/clock.ts";
import { matchesPattern } from "../print/pattern.ts";
import { hasColours, highlight, terminalColumns } from "../print/terminal.ts";
import { localZone, Times } from "../print/times.ts";
import { isGlob, mangleUnitName } from "../unit-name.ts";
import { currentBootId, journalDirectories } from "./journal-places.ts";
import { linesOption, outputModeOption } from "./status-logs.ts";

const FOLLOW_LINES = 10;

export async function logs(context: Context, args: readonly string[]): Promise<number> {
  const { options } = context;
  const files = listOption(options, "file");
  const directories = journalDirectories(options);
  const journal = files.length > 0 ? Journal.openFiles(files) : Journal.openDirectories(directories);
  try {
    for (const [path, problem] of journal.problems) context.out.error(`${path}: ${problem}`);
    if (options["list-boots"] === true) return printBoots(context, journal);
    const query = readQuery(options, journal, args);
    if (isFollowing(options)) return await follow(context, journal, query, directories);
    return await print(context, journal, query);
  } finally {
    journal.close();
  }
}

/** -f is --follow here, as in journalctl; systemctl's is --force. */
function isFollowing(options: Options): boolean {
  return options.follow === true || options.force === true;
}

function readQuery(options: Options, journal: Journal, args: readonly string[]): Query {
  const lines = linesOf(options);
  const since = readMoment(options, "since");
  const until = readMoment(options, "until");
  const pattern = textOption(options, "grep");
  const sensitive = textOption(options, "case-sensitive");
  const grep =
    pattern === undefined
      ? undefined
      : grepPattern(pattern, sensitive === undefined ? undefined : sensitive !== "no" && sensitive !== "false");
  if (pattern !== undefined && grep === undefined) throw new Failure(`Bad pattern "${pattern}"`);
  const [cursor, afterCursor] = [textOption(options, "cursor"), textOption(options, "after-cursor")];
  return {
    selection: readSelection(options, journal, args),
    ...(lines !== undefined && { lines }),
    ...(since !== undefined && { sinceUsec: since }),
    ...(until !== undefined && { untilUsec: until }),
    ...(cursor !== undefined && { cursor }),
    ...(afterCursor !== undefined && { afterCursor }),
    ...(options.reverse === true && { reverse: true }),
    ...(grep !== undefined && { grep }),
  };
}

function linesOf(options: Options): number | undefined {
  if (options["no-tail"] === true) return undefined;
  const fallback = isFollowing(options)
    ? FOLLOW_LINES
    : options["pager-end"] === true
      ? 1000
      : Number.POSITIVE_INFINITY;
  const lines = linesOption(options, fallback);
  return Number.isFinite(lines) ? lines : undefined;
}

function readMoment(options: Options, key: string): number | undefined {
  const text = textOption(options, key);
  if (text === undefined) return undefined;
  const moment = parseTimestamp(text, { nowUsec: nowUsec(), zone: localZone() });
  if (moment === undefined) throw new Failure(`Failed to parse timestamp: ${text}`);
  return moment;
}

/** Arguments are units, or NAME=value matches (`+` between them for alternatives). */
function readSelection(options: Options, journal: Journal, args: readonly string[]): Selection {
  const matches: string[][] = [[]];
  const names = [...listOption(options, "unit")];
  for (const arg of args) {
    if (arg === "+") matches.push([]);
    else if (/^[A-Z0-9_]+=/.test(arg)) matches.at(-1)!.push(arg);
    else names.push(arg);
  }
  const uid = process.getuid?.() ?? 0;
  const own = scopeOf(options, uid) === "user";
  const units = expand(journal, names, own ? "_SYSTEMD_USER_UNIT" : "_SYSTEMD_UNIT", own ? "USER_UNIT" : "UNIT");
  const userUnits = expand(journal, listOption(options, "user-unit"), "_SYSTEMD_USER_UNIT", "USER_UNIT");
  const terms = matches.filter((group) => group.length > 0);
  const priorities = readPriorities(options);
  return {
    ...(own ? { userUnits: [...units, ...userUnits] } : { units, userUnits }),
    uid,
    ...bootOf(options, journal),
    ...(priorities !== undefined && { priorities }),
    // -t is --type in systemctl, and --identifier in journalctl.
    identifiers: [...listOption(options, "identifier"), ...listOption(options, "type")],
    facilities: listOption(options, "facility").map(facilityNumber),
    ...(options.dmesg === true && { kernel: true }),
    ...(terms.length > 0 && { matches: terms }),
  };
}

/** Names with suffix; patterns are looked up among the units that the journal knows. */
function expand(journal: Journal, names: readonly string[], ...fields: readonly string[]): string[] {
  const mangled = names.map((name) => mangleUnitName(name));
  const globs = mangled.filter(isGlob);
  const plain = mangled.filter((name) => !isGlob(name));
  if (globs.length === 0) return plain;
  const known = new Set(fields.flatMap((field) => journal.values(field).map((value) => value.toString("utf8"))));
  const found = [...known].filter((name) => matchesPattern(name, globs));
  if (found.length + plain.length === 0) throw new Failure(`No units match ${globs.join(", ")}.`);
  return [...plain, ...found];
}

function bootOf(options: Options, journal: Journal): { bootId?: string } {
  const text = textOption(options, "boot") ?? (options.dmesg === true ? "" : undefined);
  if (text === undefined || text === "all") return {};
  const bootId = findBoot(journal, text, currentBootId());
  if (bootId === undefined) throw new Failure(`No journal boot entry found for the specified boot (${text || "0"}).`);
  return { bootId };
}

/** -p is --property in systemctl, and --priority in journalctl. */
function readPriorities(options: Options): number[] | undefined {
  const text = textOption(options, "priority") ?? listOption(options, "property")[0];
  if (text === undefined) return undefined;
  const range = priorityRange(text);
  if (range === undefined) throw new Failure(`Unknown log level ${text}`);
  return range;
}

const facilities =
  "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp 12 13 14 15 local0 local1 local2 local3 local4 local5 local6 local7".split(
    " ",
  );

function facilityNumber(text: string): number {
  const index = /^\d+$/.test(text) ? Number(text) : facilities.indexOf(text);
  if (index < 0 || index > 23) throw new Failure(`Bad --facility= argument "${text}".`);
  return index;
}

function printerFor(options: Options, query: Query): (entry: JournalEntry) => Buffer | undefined {
  const columns = options.full === true ? undefined : terminalColumns();
  const outputFields = listOption(options, "output-fields");
  return entryPrinter({
    mode: outputModeOption(options),
    colour: hasColours(),
    utc: options.utc === true,
    hostname: options["no-hostname"] !== true,
    all: options.all === true,
    quiet: options.quiet === true,
    ...(columns !== undefined && { columns }),
    ...(outputFields.length > 0 && { outputFields }),
    ...(query.grep !== undefined && { grep: query.grep }),
  });
}

async function print({ options }: Context, journal: Journal, query: Query): Promise<number> {
  const format = printerFor(options, query);
  const paged = process.stdout.isTTY && options["no-pager"] !== true;
  const sink = new Sink(paged);
  let last: JournalEntry | undefined;
  for (const entry of queryEntries(journal, query)) {
    const bytes = format(entry);
    if (bytes !== undefined) sink.write(bytes);
    last = entry;
  }
  if (last === undefined && options.quiet !== true && isText(options)) sink.write(Buffer.from("-- No entries --\n"));
  if (last !== undefined && options["show-cursor"] === true) sink.write(Buffer.from(`-- cursor: ${last.cursor}\n`));
  await sink.end();
  return last === undefined && query.grep !== undefined ? 1 : 0;
}

function isText(options: Options): boolean {
  return !["export", "json", "json-pretty", "json-sse", "json-seq", "cat"].includes(
    textOption(options, "output") ?? "short",
  );
}

/** Gathers bytes and writes them in large pieces, or to the pager at the end. */
class Sink {
  private parts: Buffer[] = [];
  private size = 0;
  private readonly paged: boolean;

  constructor(paged: boolean) {
    this.paged = paged;
  }

  write(bytes: Buffer): void {
    this.parts.push(bytes);
    this.size += bytes.length;
    if (!this.paged && this.size > 65_536) this.flush();
  }

  flush(): void {
    writeAll(1, Buffer.concat(this.parts));
    this.parts = [];
    this.size = 0;
  }

  async end(): Promise<void> {
    if (!this.paged) return this.flush();
    const { page } = await import("../print/pager.ts");
    await page(Buffer.concat(this.parts).toString("utf8"));
  }
}

/** Prints the last lines, and then what comes, until it is interrupted. */
async function follow(
  { options }: Context,
  journal: Journal,
  query: Query,
  directories: readonly string[],
): Promise<number> {
  const format = printerFor(options, query);
  const show = (entries: Iterable<JournalEntry>): void => {
    const bytes = [...entries].flatMap((entry) => format(entry) ?? []);
    if (bytes.length > 0) writeAll(1, Buffer.concat(bytes));
  };
  const { reverse: _, ...forwards } = query;
  show(queryEntries(journal, forwards));
  return new Promise((resolve) => {
    const stop = watchDirectories(directories, () => {
      journal.refresh();
      show(newEntries(journal, forwards));
    });
    const end = (): void => {
      stop();
      resolve(0);
    };
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
}

function printBoots({ options, out }: Context, journal: Journal): number {
  const times = new Times(options);
  const boots = listBoots(journal);
  const json = options.output === "json";
  const rows = boots.map((boot, index) => ({ index: index - boots.length + 1, ...boot }));
  if (json) {
    out.line(
      JSON.stringify(
        rows.map(({ index, bootId, firstRealtimeUsec, lastRealtimeUsec }) => ({
          index,
          boot_id: bootId,
          first_entry: firstRealtimeUsec,
          last_entry: lastRealtimeUsec,
        })),
      ),
    );
    return 0;
  }
  out.line(highlight("IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY"));
  for (const { index, bootId, firstRealtimeUsec, lastRealtimeUsec } of rows) {
    out.line(
      `${String(index).padStart(3)} ${bootId} ${times.absolute(firstRealtimeUsec)} ${times.absolute(lastRealtimeUsec)}`,
    );
  }
  return 0;
}
